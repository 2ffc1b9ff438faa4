"""The optimizers of several players, where Keras expects one."""

import keras


class PlayerOptimizers:
    """What callbacks find as `model.optimizer`: every player's optimizer.

    Keras's learning-rate callbacks act on each of `optimizers`; code that looks
    for a single learning rate gets an error rather than an optimizer that takes
    no steps. `keras.optimizers.MultiOptimizer` can't serve: it refuses loss
    scaling, and networks that serve two players.

    Args:
        optimizers: List of `keras.optimizers.Optimizer`.
        iterations: Variable that counts training steps.
    """

    built = True
    name = "players"

    def __init__(self, optimizers, iterations):
        self.optimizers = optimizers
        self.iterations = iterations

    @property
    def variables(self):
        return [v for optimizer in self.optimizers for v in optimizer.variables]

    @property
    def learning_rate(self):
        raise AttributeError(
            "An adversarial model has one learning rate for each player. Use "
            "`model.optimizer.optimizers`, or `model.generator_optimizer` and "
            "its like."
        )

    def get_config(self):
        """Returns the configurations of the optimizers by their names."""
        return {o.name: o.get_config() for o in self.optimizers}


def trainable_variables(networks):
    return [v for network in networks for v in network.trainable_variables]


def in_float16(networks):
    layers = [layer for net in networks for layer in net._flatten_layers()]
    return any(layer.compute_dtype == "float16" for layer in layers)


def with_loss_scale(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)
