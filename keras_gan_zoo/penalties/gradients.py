"""Penalties on slopes of the discriminator, as objects."""

import keras

from keras_gan_zoo.penalties import functions
from keras_gan_zoo.penalties.penalty import Penalty

_register = keras.saving.register_keras_serializable("keras_gan_zoo")


@_register
class R1(Penalty):
    """`weight / 2 * E ||grad D(x)||^2` at real samples: Mescheder et al. 2018.

    The weight is `gamma` in that paper and its successors. `D` is the raw
    score.
    """

    label = "r1"

    def value(self, trial, prepared, seed):
        norm = functions.squared_gradient_norm(trial.judge, trial.real)
        return 0.5 * norm


@_register
class R2(Penalty):
    """`weight / 2 * E ||grad D(x)||^2` at generated samples: the same paper."""

    label = "r2"

    def value(self, trial, prepared, seed):
        norm = functions.squared_gradient_norm(trial.judge_fake, trial.fake)
        return 0.5 * norm


@_register
class ApproximateR1(Penalty):
    """`weight / 2 * E ((D(x + s n) - D(x)) / s)^2` at real samples.

    It goes to `R1` as `s` goes to zero, and needs no second derivative, which
    bilinear resizing, for one, doesn't have: Lin et al. 2025.

    Args:
        weight: Float, `gamma` of the exact penalty. Where others write
            `lambda E (D(x) - D(x + s n))^2`, it is `2 lambda s^2`.
        every: See `Penalty`.
        scale: Float above 0, size `s` of the step, in units of the samples.
            In half precision it has to be 0.01 or more.
    """

    label = "approximate_r1"
    needs_critic = False

    def __init__(self, weight=1.0, every=1, scale=0.01):
        super().__init__(weight, every)
        if not scale > 0:
            raise ValueError(
                f"`scale` must be above 0. Received: scale={scale}."
            )
        self.scale = scale

    def value(self, trial, prepared, seed):
        return 0.5 * functions.squared_slope(
            trial.judge, trial.real, seed, self.scale
        )

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


@_register
class ApproximateR2(ApproximateR1):
    """The same as `ApproximateR1`, at generated samples."""

    label = "approximate_r2"

    def value(self, trial, prepared, seed):
        return 0.5 * functions.squared_slope(
            trial.judge_fake, trial.fake, seed, self.scale
        )


@_register
class GradientPenalty(Penalty):
    """`E (||grad D(y)|| - 1)^2` between real and fake: Gulrajani et al. 2017.

    See `gradient_penalty`. Conditions are those of the real samples, which
    `ConditionalGAN` gives to the generated ones, too.
    """

    label = "gradient_penalty"

    def __init__(self, weight=10.0, every=1):
        super().__init__(weight, every)

    def value(self, trial, prepared, seed):
        return functions.gradient_penalty(
            trial.judge, trial.real, trial.fake, seed
        )


@_register
class DRAGANPenalty(Penalty):
    """`E (||grad D(y)|| - 1)^2` around real samples: Kodali et al. 2017.

    See `dragan_penalty`.

    Args:
        weight: Float, `lambda` in the paper.
        every: See `Penalty`.
        noise_scale: Float, size of the noise in standard deviations of the
            batch.
    """

    label = "gradient_penalty"

    def __init__(self, weight=10.0, every=1, noise_scale=0.5):
        super().__init__(weight, every)
        self.noise_scale = noise_scale

    def prepare(self, trial, seed):
        return functions.standard_deviation(trial.real)

    def value(self, trial, prepared, seed):
        return functions.dragan_penalty(
            trial.judge, trial.real, seed, self.noise_scale, prepared
        )

    def get_config(self):
        return {**super().get_config(), "noise_scale": self.noise_scale}
