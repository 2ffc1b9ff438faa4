"""Networks as other runtimes than TensorFlow can compute them."""

import contextlib

import keras
import tensorflow as tf

_HALVES = ("bfloat16", "float16")
_UP_SAMPLING = (
    keras.layers.UpSampling1D,
    keras.layers.UpSampling2D,
    keras.layers.UpSampling3D,
)


@contextlib.contextmanager
def portable(model):
    """Has a model compute what is traced within by operations that all have.

    Layers of half precision compute in float32, which their weights have in
    mixed precision anyway: runtimes lack the products of halves, or mix up
    the types. Up-sampling says its sizes in numbers, which converters lose
    otherwise, and without which they have no convolution.

    The model is as before when it ends; what was traced before it began, such
    as a step of training, never changes.

    Args:
        model: `keras.Model`.

    Raises:
        ValueError: If its weights have half precision.
    """
    policies, up_samplings = {}, []
    layers = [*model._flatten_layers()]  # Of layers within layers, too.
    for layer in layers:
        if layer.variable_dtype in _HALVES:
            raise ValueError(
                "The weights of a model must be float32 to be converted, as in "
                "mixed precision they are. Received: the layer "
                f"{layer.name!r} with weights in {layer.variable_dtype}. Build "
                f"the networks in 'mixed_{layer.variable_dtype}'."
            )
    try:
        for layer in layers:
            if layer.compute_dtype in _HALVES:
                policies[layer] = layer.dtype_policy
                layer.dtype_policy = keras.DTypePolicy("float32")
            if isinstance(layer, _UP_SAMPLING):
                layer.call = _with_sizes(layer.call)
                up_samplings.append(layer)
        yield
    finally:
        for layer, policy in policies.items():
            layer.dtype_policy = policy
        for layer in up_samplings:
            del layer.call


def _with_sizes(call):
    def call_with_sizes(inputs):
        outputs = call(inputs)
        if outputs.shape.as_list().count(None) > 1:  # They are free.
            return outputs
        return tf.reshape(outputs, [size or -1 for size in outputs.shape])

    return call_with_sizes
