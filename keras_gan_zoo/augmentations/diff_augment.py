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
        colors, shifts, holes = noise.split(seed, 3)
        if self.color:
            samples = _recolored(samples, colors)
        if self.translation:
            samples = transforms.translate(
                samples,
                *transforms.whole_shifts(samples, shifts, self.translation)
            )
        if self.cutout:
            samples = _with_holes(samples, holes, self.cutout)
        return samples

    def get_config(self):
        return {
            "color": self.color,
            "translation": self.translation,
            "cutout": self.cutout,
        }


def _recolored(images, seed):
    seeds = noise.split(seed, 3)
    number = [tf.shape(images)[0]]
    shifts = noise.uniform(number, seeds[0], -0.5, 0.5)
    saturations = noise.uniform(number, seeds[1], 0.0, 2.0)
    contrasts = noise.uniform(number, seeds[2], 0.5, 1.5)

    def change(colors):
        colors = transforms.brightness(colors, shifts)
        colors = transforms.saturation(colors, saturations)
        return transforms.contrast(colors, contrasts)

    return transforms.on_colors(change, images)


def _with_holes(images, seed, share):
    firsts, lengths = [], []
    for axis, part in zip((1, 2), noise.split(seed)):
        size = images.shape[axis]
        length = transforms.rounded(size * share)
        # The middle of an odd length is a pixel, that of an even one a gap.
        middles = size if length % 2 else size + 1
        middle = noise.integers([tf.shape(images)[0]], part, middles)
        firsts.append(middle - length // 2)
        lengths.append(length)
    return transforms.cut_out(images, *firsts, *lengths)
