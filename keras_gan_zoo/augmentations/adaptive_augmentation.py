"""Adaptive augmentation (ADA): as strong as the discriminator overfits.

Karras et al. 2020, "Training Generative Adversarial Networks with Limited
Data", https://arxiv.org/abs/2006.06676.
"""

import keras
import tensorflow as tf

from keras_gan_zoo import noise, replicas
from keras_gan_zoo.augmentations import transforms
from keras_gan_zoo.augmentations.augmentation import Augmentation
from keras_gan_zoo.integers import check_integer


@keras.saving.register_keras_serializable("keras_gan_zoo")
class AdaptiveAugmentation(Augmentation):
    """Makes each change of an image with a probability `p` that adapts.

    Karras et al. 2020, https://arxiv.org/abs/2006.06676, sections 2 and 3. How
    much augmentation is good depends on the data, and too much of it leaks into
    what the generator draws. The measure is how sure the discriminator is of
    real images:

        r = mean of sign(D(x)) over real images of the last `interval` moves.

    Without overfitting it is near 0, and 1 where the discriminator knows all of
    them. After each `interval` moves, `p` rises by (the number of those
    images) / `ramp_images` if `r` is above `target`, and falls by as much if it
    is below. It stays in [0, 1], and is a weight, so that training resumes
    with it.

    Of the paper's changes there are the two of its first group that move whole
    pixels of any image. Each is made or not by itself, for each image by
    itself, with probability `p`:

    - flip: the image is mirrored left to right, or not, with equal chances;
    - translation: by whole pixels, up to `translation` of a side in each
      direction; what comes in is the image mirrored at its border.

    Turns by 90 degrees and the groups of geometric and color changes aren't
    here yet. At `p = 0`, images pass to the last bit as they are. Changes that
    aren't always made don't leak as long as `p` is well below 1; the paper
    calls it safe up to 0.8.

    The scores must be logits, or others whose sign tells real from generated.
    Those of a Wasserstein critic aren't: only their differences mean anything.

    Args:
        target: Float in (-1, 1), value of `r` to be held.
        interval: Positive integer, number of moves of the discriminator after
            which `p` changes.
        ramp_images: Positive integer, number of real images in which `p` goes
            from 0 to 1, if it always rises.
        initial_p: Float in [0, 1].
        flip: Boolean. `False` for images that have a left and a right, such as
            digits: the generator would draw mirrored ones where `p` gets high.
        translation: Float in [0, 1], largest shift relative to a side; 0 for
            none.

    Attributes:
        p: Weight, scalar, float32.
    """

    def __init__(
        self,
        target=0.6,
        interval=4,
        ramp_images=500_000,
        initial_p=0.0,
        flip=True,
        translation=0.125,
    ):
        super().__init__()
        if not -1 < target < 1:
            raise ValueError(
                "`target` is a mean of signs, so it must be between -1 and 1. "
                f"Received: target={target}. The paper's is 0.6."
            )
        if not 0 <= initial_p <= 1:
            raise ValueError(
                "`initial_p` is a probability, so it must be in [0, 1]. "
                f"Received: initial_p={initial_p}. The paper's is 0."
            )
        transforms.require_share("translation", translation)
        self.target = target
        self.interval = check_integer("interval", interval, 1)
        self.ramp_images = check_integer("ramp_images", ramp_images, 1)
        self.initial_p = initial_p
        self.flip = bool(flip)
        self.translation = translation
        self.p = self.add_state("p", initial_p)
        self.moves = self.add_state("moves", 0, "int64")
        # Of the moves since p changed.
        self.sum_of_signs = self.add_state("sum_of_signs")
        self.images = self.add_state("images")

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
        units = noise.uniform([tf.shape(samples)[0], 5], seed)
        flip, side, shift, *places = tf.unstack(units, axis=1)
        p = self.p.value
        if self.flip:
            samples = transforms.flip(samples, (flip < p) & (side < 0.5))
        if self.translation:
            shifts = transforms.whole_shifts(samples, places, self.translation)
            # Where it isn't made, it is one by no pixels.
            shifts = [tf.where(shift < p, pixels, 0) for pixels in shifts]
            samples = transforms.translate(samples, *shifts, reflect=True)
        return samples

    def observe(self, real_scores):
        """Moves `p`, after each `interval` moves of the discriminator.

        Args:
            real_scores: Tensor of shape `(batch, ...)`, or a list of such, each
                of which counts the same.
        """
        scores = tf.nest.flatten(real_scores)
        signs = [
            tf.reduce_mean(tf.sign(tf.cast(each, tf.float32)))
            for each in scores
        ]
        mean = replicas.mean(tf.reduce_mean(signs))
        batch = tf.cast(tf.shape(scores[0])[0] * replicas.count(), tf.float32)
        sum_of_signs = self.sum_of_signs.value + batch * mean
        images = self.images.value + batch
        moves = self.moves.value + 1
        direction = tf.sign(sum_of_signs / images - self.target)
        p = self.p.value + direction * images / self.ramp_images
        due = tf.equal(moves % self.interval, 0)
        self.p.assign(
            tf.where(due, tf.clip_by_value(p, 0.0, 1.0), self.p.value)
        )
        self.sum_of_signs.assign(tf.where(due, 0.0, sum_of_signs))
        self.images.assign(tf.where(due, 0.0, images))
        self.moves.assign(moves)

    def get_config(self):
        return {
            "target": self.target,
            "interval": self.interval,
            "ramp_images": self.ramp_images,
            "initial_p": self.initial_p,
            "flip": self.flip,
            "translation": self.translation,
        }
