"""What all augmentations have in common."""

from keras_gan_zoo.parts import Part


class Augmentation(Part):
    """A random change of samples, between them and the discriminator.

    A subclass writes `augment()`, and `observe()` if it changes in the course
    of training.
    """

    def augment(self, samples, seed):
        """Returns changed samples.

        It moves no weights and doesn't ask other replicas, so it may stand
        inside of `tf.cond`.

        Args:
            samples: Tensor of shape `(batch, ...)`, of any floating-point
                type.
            seed: Seed of shape `(2,)`; see `keras_gan_zoo.noise`. The same
                seed gives the same changes. All that is random is drawn by the
                functions of that module, which give each replica of a strategy
                its own rows.

        Returns:
            Tensor of the same shape and type, with first and second derivatives
            with respect to `samples`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement `augment(samples, seed)`."
        )

    def observe(self, real_scores):
        """Is told of each move of the discriminator; by default, does nothing.

        Here weights may move and replicas ask each other. So it can't be called
        inside of `tf.cond`.

        Args:
            real_scores: Scores of the real samples of the move, augmented as
                the discriminator saw them: tensor of shape `(batch, ...)`, or a
                list of such.
        """
        return None  # AutoGraph needs a statement.
