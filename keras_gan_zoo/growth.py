"""When the networks of a game grow: an object that a staged model takes."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Growth:
    """How many images are seen at each size, and while the next is faded in.

    Karras et al. 2018, https://arxiv.org/abs/1710.10196, appendix A, have
    800,000 of both, the authors' code 600,000.

    Args:
        stable_images: Integer, or a list of one for each size but the last,
            from the smallest on: images of the data that are seen at a size
            before the next begins. At the last size the training stays.
        fade_images: Integer, or a list of one for each size but the first:
            images that are seen while a size is faded in.
    """

    def __init__(self, stable_images=800_000, fade_images=800_000):
        self.stable_images = _checked("stable_images", stable_images)
        self.fade_images = _checked("fade_images", fade_images)

    def at(self, images_seen, levels):
        """Tells how far networks have grown.

        Args:
            images_seen: Integer scalar, images of the data seen so far.
            levels: Integer, how often the size is doubled.

        Returns:
            Scalar, float32, from 0 to `levels`. A whole number is a stable
            size, and between two of them the larger one is faded in, in
            proportion to the images seen.
        """
        stable = _for_each("stable_images", self.stable_images, levels)
        fades = _for_each("fade_images", self.fade_images, levels)
        begins = np.cumsum(stable) + np.cumsum([0, *fades[:-1]])[:levels]
        seen = tf.cast(images_seen, tf.int64)
        done = [
            tf.cast(tf.clip_by_value(seen - begin, 0, fade), tf.float32) / fade
            for begin, fade in zip(begins, fades)
        ]
        return tf.add_n(done) if done else tf.zeros(())

    def get_config(self):
        return {
            "stable_images": self.stable_images,
            "fade_images": self.fade_images,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def require_growth(growth, levels):
    """Raises a `ValueError` unless an argument says when networks grow.

    Args:
        growth: What a caller passed.
        levels: Integer, how often the networks double their size.
    """
    if not isinstance(growth, Growth):
        raise ValueError(
            "`growth` must be an object of `keras_gan_zoo.growth.Growth`. "
            f"Received: growth={growth!r}. Pass one such as "
            "`Growth(stable_images=20_000, fade_images=20_000)`."
        )
    growth.at(0, levels)


def _checked(name, number):
    if isinstance(number, (list, tuple)):
        return [check_integer(name, one, 1) for one in number]
    return check_integer(name, number, 1)


def _for_each(name, number, levels):
    numbers = number if isinstance(number, list) else [number] * levels
    if len(numbers) != levels:
        raise ValueError(
            f"`{name}` needs one number for each of {levels} doublings. "
            f"Received: {name}={number}. Pass so many, or one for all."
        )
    return numbers
