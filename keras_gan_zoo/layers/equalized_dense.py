"""A dense layer whose weights all learn at one speed."""

import math

import keras


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EqualizedDense(keras.layers.Dense):
    """`keras.layers.Dense` with He's constant applied at each call.

    Karras et al. 2018, "Progressive Growing of GANs for Improved Quality,
    Stability, and Variation", https://arxiv.org/abs/1710.10196, section 4.1.

    Usually He's constant is the deviation that a kernel is drawn with. Here the
    kernel is drawn from N(0, 1), and a call multiplies it by the constant,

        outputs = inputs @ (W * gain / sqrt(fan_in)) + b.

    At the start both give the same outputs. But Adam moves each weight by about
    the learning rate, whatever the size of its gradient. Stored weights of
    one size therefore change at one relative speed in all layers, wide and
    narrow.

    With a `learning_rate_factor` the kernel is drawn from
    `N(0, 1 / learning_rate_factor^2)`, and a call multiplies kernel and bias by
    the factor. The outputs at the start are the same, and under Adam, what the
    layer computes moves as if the learning rate were multiplied by the
    factor. The mapping network of StyleGAN has 0.01: Karras et al. 2019,
    https://arxiv.org/abs/1812.04948, appendix C.

    Args:
        units: Positive integer, number of outputs.
        gain: Positive float. `sqrt(2)` keeps the variance of features through
            (leaky) rectifiers; use 1 for a layer without activation.
        learning_rate_factor: Positive float.
        **kwargs: As of `keras.layers.Dense`, but `kernel_initializer`. The bias
            that `bias_initializer` makes is the stored one, which a call
            multiplies by `learning_rate_factor`.

    Input shape:
        `(batch, ..., channels)`.

    Output shape:
        `(batch, ..., units)`.
    """

    def __init__(
        self, units, gain=math.sqrt(2.0), learning_rate_factor=1.0, **kwargs
    ):
        require_positive("gain", gain)
        require_positive("learning_rate_factor", learning_rate_factor)
        normal = keras.initializers.RandomNormal(
            stddev=1.0 / learning_rate_factor
        )
        super().__init__(units, kernel_initializer=normal, **kwargs)
        self.gain = gain
        self.learning_rate_factor = learning_rate_factor

    def call(self, inputs, training=None):
        scale = self.gain / math.sqrt(self.kernel.shape[0])
        kernel = self.kernel * (scale * self.learning_rate_factor)
        outputs = keras.ops.matmul(inputs, kernel)
        if self.use_bias:
            bias = self.bias * self.learning_rate_factor
            outputs = keras.ops.add(outputs, bias)  # Fused, unlike a "+".
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self):
        config = super().get_config()
        del config["kernel_initializer"]
        return {
            **config,
            "gain": self.gain,
            "learning_rate_factor": self.learning_rate_factor,
        }


def require_positive(name, value):
    """Raises a `ValueError` unless a number is positive and finite."""
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(
            f"`{name}` multiplies weights, so it must be positive and finite. "
            f"Received: {name}={value}. Leave it out for the usual value."
        )
