"""A convolution whose weights all learn at one speed."""

import math

import keras

from keras_gan_zoo.layers.equalized_dense import require_positive


@keras.saving.register_keras_serializable("keras_gan_zoo")
class EqualizedConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with He's constant applied at each call.

    The kernel is drawn from N(0, 1), and a call multiplies it by
    `gain / sqrt(fan_in)`, where `fan_in` is the number of inputs that an output
    is summed from: height and width of the kernel times channels (of a group).
    `EqualizedDense` tells what this and `learning_rate_factor` are for.

    Karras et al. 2018, "Progressive Growing of GANs for Improved Quality,
    Stability, and Variation", https://arxiv.org/abs/1710.10196, section 4.1.

    Args:
        filters: Positive integer, number of outputs at each position.
        kernel_size: Integer, or pair of integers, height and width.
        gain: Positive float. `sqrt(2)` keeps the variance of features through
            (leaky) rectifiers; use 1 for a layer without activation.
        learning_rate_factor: Positive float.
        **kwargs: As of `keras.layers.Conv2D`, but `kernel_initializer`. The
            bias that `bias_initializer` makes is the stored one, which a call
            multiplies by `learning_rate_factor`.

    Input and output shapes:
        As of `keras.layers.Conv2D`: `(batch, height, width, channels)` and
        `(batch, new_height, new_width, filters)`.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        gain=math.sqrt(2.0),
        learning_rate_factor=1.0,
        **kwargs,
    ):
        require_positive("gain", gain)
        require_positive("learning_rate_factor", learning_rate_factor)
        normal = keras.initializers.RandomNormal(
            stddev=1.0 / learning_rate_factor
        )
        super().__init__(
            filters, kernel_size, kernel_initializer=normal, **kwargs
        )
        self.gain = gain
        self.learning_rate_factor = learning_rate_factor

    def call(self, inputs):
        scale = self.gain / math.sqrt(math.prod(self.kernel.shape[:-1]))
        kernel = self.kernel * (scale * self.learning_rate_factor)
        outputs = self.convolution_op(inputs, kernel)
        if self.use_bias:
            last = self.data_format == "channels_last"
            shape = (1, 1, 1, -1) if last else (1, -1, 1, 1)
            bias = self.bias * self.learning_rate_factor
            bias = keras.ops.reshape(bias, shape)
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
