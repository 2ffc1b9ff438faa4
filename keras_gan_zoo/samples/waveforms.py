"""Waveforms."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.drawings import sound
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.samples.kind import Kind

_WIDTH = 256  # Pixels.
_WAVEFORM = 48
_SPECTROGRAM = 80


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Waveforms(Kind):
    """Waveforms of shape `(length, channels)`, floats in [-1, 1].

    They are served as they are, and as WAV files of 16 bits. A picture shows
    the waveform, and beneath it the spectrogram from 0 to `sample_rate / 2` Hz,
    70 dB deep; of several channels, their mean.

    Args:
        sample_rate: Integer, values of a channel in a second.
    """

    name = "waveforms"
    axes = ("batch", "length", "channels")
    limits = (-1.0, 1.0)
    remedy = "Divide them by their largest magnitude, or by 32768 if 16-bit."
    suffix = "wav"
    picture_rows = 4
    picture_columns = 2

    def __init__(self, sample_rate):
        self.sample_rate = check_integer("sample_rate", sample_rate, 1)

    def files(self, shape):
        def to_wav(waveforms):
            return tf.map_fn(
                lambda one: tf.audio.encode_wav(one, self.sample_rate),
                waveforms,
                fn_output_signature=tf.string,
            )

        return {"wav": to_wav}

    def cells(self, samples):
        mono = self.drawable(samples).mean(axis=-1)
        return np.stack(
            [
                np.concatenate(
                    [
                        sound.waveform(one, _WAVEFORM, _WIDTH),
                        sound.spectrogram(one, _SPECTROGRAM, _WIDTH),
                    ]
                )
                for one in np.clip(mono, -1.0, 1.0)
            ]
        )

    def get_config(self):
        return {"sample_rate": self.sample_rate}
