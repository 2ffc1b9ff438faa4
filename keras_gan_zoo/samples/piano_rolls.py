"""Piano rolls."""

import keras

from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.samples.sequences import Sequences


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PianoRolls(Sequences):
    """Piano rolls of shape `(length, pitches)`, loudness in [0, 1].

    They are served as they are, and as MIDI files: a note sounds while its
    loudness is at least one half. In pictures time goes to the right and
    pitches go up.

    Args:
        lowest_pitch: Integer, the MIDI number of the first pitch, by default
            that of the lowest key of a piano. 60 is the middle C.
        steps_per_second: Integer.
    """

    name = "piano_rolls"
    axes = ("batch", "length", "pitches")
    limits = (0.0, 1.0)
    remedy = "Divide velocities by 127, and end the generator in a sigmoid."
    suffix = "mid"

    def __init__(self, lowest_pitch=21, steps_per_second=8):
        self.lowest_pitch = check_integer("lowest_pitch", lowest_pitch, 0)
        self.steps_per_second = check_integer(
            "steps_per_second", steps_per_second, 1
        )

    def require(self, samples):
        super().require(samples)
        pitches = samples.shape[-1] or 0  # Which a graph may not know.
        highest = self.lowest_pitch + pitches - 1
        if highest > 127:
            raise ValueError(
                "MIDI has pitches from 0 to 127. Received: "
                f"{pitches} pitches from {self.lowest_pitch} to "
                f"{highest}. Give a lower `lowest_pitch`, or fewer pitches."
            )

    def get_config(self):
        return {
            "lowest_pitch": self.lowest_pitch,
            "steps_per_second": self.steps_per_second,
        }
