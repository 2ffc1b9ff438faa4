"""Volumes."""

import keras
import numpy as np

from keras_gan_zoo.drawings import solids
from keras_gan_zoo.samples.kind import Kind

_SIZE = 128  # Of a picture of one solid, in pixels.


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Volumes(Kind):
    """Volumes of shape `(depth, height, width, 1)`, occupancies in [0, 1].

    0 is empty and 1 is solid, as a generator that ends in a sigmoid has it
    (3D-GAN, Wu et al., 2016). They are served as they are, and as NPZ files
    with one array, `volumes`. Pictures show cubes where the occupancy is at
    least `threshold`, seen from above: the first slice is in front on the left,
    the first row of each slice at the top, as in an image.

    Args:
        threshold: Float in (0, 1]. Wu et al. show what is above 0.1, and of it
            the largest piece; here nothing is taken away.
    """

    name = "volumes"
    axes = ("batch", "depth", "height", "width", "1")
    limits = (0.0, 1.0)
    remedy = (
        "Scale them by `volumes * 0.5 + 0.5` if they are in [-1, 1], and end "
        "the generator in a sigmoid."
    )
    picture_rows = 4
    picture_columns = 4

    def __init__(self, threshold=0.5):
        if not 0.0 < threshold <= 1.0:
            raise ValueError(
                "`threshold` must be in (0, 1]. Received: "
                f"threshold={threshold!r}."
            )
        self.threshold = threshold

    def require(self, samples):
        super().require(samples)
        if samples.shape[-1] != 1:
            raise ValueError(
                "Expected volumes of one channel, the occupancy. Received: "
                f"shape {tuple(samples.shape)}. Reshape them to (batch, depth, "
                "height, width, 1), or say by `kind=` what else they are."
            )

    def cells(self, samples):
        occupied = self.drawable(samples)[..., 0] >= self.threshold
        return np.stack([solids.solid(each, _SIZE) for each in occupied])

    def get_config(self):
        return {"threshold": self.threshold}
