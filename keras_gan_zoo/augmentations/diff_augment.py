"""DiffAugment: changes of colors, shifts and holes, always on.

Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training",
https://arxiv.org/abs/2006.10738.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import noise
from keras_gan_zoo.augmentations import transforms
from keras_gan_zoo.augmentations.augmentation import Augmentation


@keras.saving.register_keras_serializable("keras_gan_zoo")
class DiffAugment(Augmentation):
    """Changes all images that the discriminator sees, each in its own way.

    Zhao et al. 2020, https://arxiv.org/abs/2006.10738, section 3. A
    discriminator that sees few images learns them by heart, and its gradient
    then says nothing to the generator. It can't if it never sees the same image
    twice. In this order, with numbers drawn for each image:

    - color: brightness, `x + U[-0.5, 0.5]`; saturation,
      `U[0, 2] * (x - gray) + gray`, with the mean of a pixel's channels for
      `gray`; contrast, `U[0.5, 1.5] * (x - mean) + mean`, with the mean of the
      whole image. Nothing is clipped: values may leave [-1, 1].
    - translation: by whole pixels, up to `translation` of a side in each
      direction; zeros come in.
    - cutout: a rectangle with sides of `cutout` of the image's is set to zero.
      Its center is anywhere in the image, so it may stick out.

    Zero is the middle of the range, so images must be in [-1, 1], not [0, 1].
    The paper's policy for CIFAR is without color, `DiffAugment(color=False)`,
    that for a hundred images is with all.

    Args:
        color: Boolean. Of images with 2 or 4 channels, the last is alpha, which
            keeps its values; translation and cutout are of all channels.
        translation: Float in [0, 1], largest shift relative to a side; 0 for
            none.
        cutout: Float in [0, 1], relative to a side; 0 for none.
    """

    def __init__(self, color=True, translation=0.125, cutout=0.5):
        super().__init__()
        transforms.require_share("translation", translation)
        transforms.require_share("cutout", cutout)
        self.color = bool(color)
        self.translation = translation
        self.cutout = cutout

    def augment(self, samples, seed):
        """Returns changed images, of the same shape and type.

        Args:
            samples: Tensor of shape `(batch, height, width, channels)`, in
                [-1, 1], of any floating-point type.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`.

        Raises:
            ValueError: If samples aren't images.
        """
        samples = transforms.as_images(samples)
        # One draw for all, as each is sixty operations of a graph.
        units = noise.uniform([tf.shape(samples)[0], 7], seed)
        units = tf.unstack(units, axis=1)
        if self.color:
            samples = _recolored(samples, *units[:3])
        if self.translation:
            shifts = transforms.whole_shifts(
                samples, units[3:5], self.translation
            )
            samples = transforms.translate(samples, *shifts)
        if self.cutout:
            samples = _with_hole(samples, units[5:], self.cutout)
        return samples

    def get_config(self):
        return {
            "color": self.color,
            "translation": self.translation,
            "cutout": self.cutout,
        }


def _recolored(images, shifts, saturations, contrasts):
    """Changes colors by numbers of U[0, 1), each of shape `(batch,)`."""

    def change(colors):
        colors = transforms.brightness(colors, shifts - 0.5)
        colors = transforms.saturation(colors, 2.0 * saturations)
        return transforms.contrast(colors, 0.5 + contrasts)

    return transforms.on_colors(change, images)


def _with_hole(images, units, share):
    firsts, lengths = [], []
    for size, unit in zip(images.shape[1:3], units):
        length = transforms.rounded(size * share)
        # The middle of an odd length is a pixel, that of an even one a gap.
        middles = size if length % 2 else size + 1
        firsts.append(transforms.below(middles, unit) - length // 2)
        lengths.append(length)
    return transforms.cut_out(images, *firsts, *lengths)
