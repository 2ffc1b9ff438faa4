"""Spectral normalization: a layer whose kernel has spectral norm one."""

import keras


@keras.saving.register_keras_serializable("keras_gan_zoo")
class SpectralNormalization(keras.layers.Wrapper):
    """Divides a layer's kernel by its largest singular value, at call time.

    Miyato et al. 2018, "Spectral Normalization for Generative Adversarial
    Networks", https://arxiv.org/abs/1802.05957, algorithm 1. The wrapped
    layer is then Lipschitz with a constant of about one, which keeps a
    discriminator from growing steeper without end.

    The kernel `W` is stored, saved and trained as it is. A call estimates its
    largest singular value by one step of the power iteration from a stored
    vector `u`,

        v = normalized(W u),  u = normalized(W^T v),  sigma = v^T W u,

    and runs the layer with `W / sigma`. The gradient flows through `W` in
    `sigma`, not through `u` and `v`, so it is orthogonal to `W`: only the
    direction of the kernel is learned, its size has no effect. The new `u` is
    kept by calls with `training=True`; others leave it alone.

    `keras.layers.SpectralNormalization` is another method: it overwrites the
    kernel with the normalized one in each training call, and its gradient
    treats the norm as a constant.

    Args:
        layer: A layer with a `kernel` whose last axis holds the outputs, such
            as `Dense` or `Conv2D`, or a `Conv2DTranspose`. Its own `dtype`
            decides about mixed precision; the norm is always in float32.

    Call arguments:
        inputs: Inputs of the layer.
        training: Boolean, whether the vector `u` moves.
    """

    def __init__(self, layer, **kwargs):
        # The wrapper is not in mixed precision itself: it reads its variables
        # in float32 and hands on its inputs as they are, which the layer
        # inside casts as it always does.
        super().__init__(layer, dtype="float32", autocast=False, **kwargs)

    def build(self, input_shape=None):
        super().build(input_shape)
        if not hasattr(self.layer, "kernel"):
            raise ValueError(
                "Spectral normalization needs a layer with a kernel, such as "
                f"`Dense` or `Conv2D`. Received: layer={self.layer}. Call it "
                "without the wrapper."
            )
        self.u = self.add_weight(
            shape=(self._kernel_as_matrix().shape[1], 1),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            name="u",
        )

    def call(self, inputs, training=False):
        matrix = self._kernel_as_matrix()
        constant = keras.ops.stop_gradient(matrix)
        v = _normalized(keras.ops.matmul(constant, self.u))
        u = _normalized(keras.ops.matmul(keras.ops.transpose(constant), v))
        if training:
            self.u.assign(u)
        sigma = keras.ops.sum(v * keras.ops.matmul(matrix, u))
        # The scope lends the layer another kernel. It also hides what an outer
        # scope may have lent, so the other variables are handed on.
        kernel = self.layer.kernel
        values = [(other, other.value) for other in self.layer.variables]
        values.append((kernel, kernel.value / sigma))
        with keras.StatelessScope(values):
            return self.layer(inputs)

    def get_config(self):
        config = super().get_config()
        del config["dtype"]
        return config

    def _kernel_as_matrix(self):
        """Returns the kernel as `(inputs, outputs)`."""
        kernel = keras.ops.convert_to_tensor(self.layer.kernel)
        if isinstance(self.layer, keras.layers.Conv2DTranspose):
            kernel = keras.ops.swapaxes(kernel, -1, -2)
        return keras.ops.reshape(kernel, (-1, kernel.shape[-1]))


def _normalized(vector):
    # With the epsilon of the authors' code.
    return vector / (keras.ops.norm(vector) + 1e-12)
