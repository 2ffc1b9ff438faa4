"""The optimizer of the first GANs, which Keras lacks, and optimizers' names."""

import re

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RisingMomentumSGD(keras.optimizers.SGD):
    """Gradient descent whose momentum rises linearly to a final value.

    Goodfellow et al. 2014 and Mirza and Osindero 2014 train with it.

    Args:
        learning_rate: Float or schedule.
        momentum: Float in [0, 1], at the first step.
        final_momentum: Float in [0, 1], after `rise_steps` steps.
        rise_steps: Integer, at least 1.
        **kwargs: Further arguments of `keras.optimizers.Optimizer`.
    """

    def __init__(
        self,
        learning_rate=0.1,
        momentum=0.5,
        final_momentum=0.7,
        rise_steps=100_000,
        name="rising_momentum_sgd",
        **kwargs,
    ):
        # Named here, so that asking for it is an error and not ignored.
        super().__init__(
            learning_rate, momentum, nesterov=False, name=name, **kwargs
        )
        self.final_momentum = final_momentum
        self.rise_steps = rise_steps

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        if not self.momentums:  # Keras has none for a momentum of 0.
            self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        risen = ops.minimum(
            ops.cast(self.iterations, "float32") / self.rise_steps, 1.0
        )
        momentum = self.momentum + risen * (self.final_momentum - self.momentum)
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(
            velocity,
            ops.cast(momentum, variable.dtype) * velocity
            - ops.cast(learning_rate, variable.dtype)
            * ops.cast(gradient, variable.dtype),
        )
        self.assign_add(variable, velocity)

    def get_config(self):
        config = super().get_config()
        del config["nesterov"]
        return {
            **config,
            "final_momentum": self.final_momentum,
            "rise_steps": self.rise_steps,
        }


def name_after(player, optimizer):
    """Names an optimizer after its player, unless its user has named it.

    Callbacks log the rate of each optimizer under its name, and Keras numbers
    optimizers as they come.

    Args:
        player: String.
        optimizer: `keras.optimizers.Optimizer`.
    """
    given_by_keras = type(optimizer).__name__.lower()
    name = re.sub(r"_\d+$", "", optimizer.name).replace("_", "").lower()
    if name == given_by_keras:
        optimizer.name = player
    if hasattr(optimizer, "inner_optimizer"):
        name_after(player, optimizer.inner_optimizer)
