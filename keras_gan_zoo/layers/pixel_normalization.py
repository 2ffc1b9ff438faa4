"""Pixel normalization: feature vectors of one length."""

import keras


@keras.saving.register_keras_serializable("keras_gan_zoo")
class PixelNormalization(keras.layers.Layer):
    """Divides the features of each pixel by their root mean square.

    Karras et al. 2018, "Progressive Growing of GANs for Improved Quality,
    Stability, and Variation", https://arxiv.org/abs/1710.10196, section 4.2:

        x / sqrt(mean of x^2 over channels + epsilon),

    where each pixel of each sample is normalized by itself. It keeps features
    of a generator from growing without end, and it stands before the mapping
    network of StyleGAN, where it puts latents on a sphere. Nothing is
    learned. In mixed precision, the mean is in float32.

    Args:
        epsilon: Float, keeps features of zero at zero.

    Input and output shape:
        `(batch, ..., channels)`.
    """

    def __init__(self, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        if not epsilon > 0:
            raise ValueError(
                "`epsilon` is added below the line, so it must be positive, or "
                f"zeros would be divided by zero. Received: epsilon={epsilon}. "
                "The paper's is 1e-8."
            )
        self.epsilon = epsilon

    def call(self, inputs):
        dtype = keras.backend.result_type(inputs.dtype, "float32")
        features = keras.ops.cast(inputs, dtype)
        square = keras.ops.mean(features**2, axis=-1, keepdims=True)
        outputs = features * keras.ops.rsqrt(square + self.epsilon)
        return keras.ops.cast(outputs, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
