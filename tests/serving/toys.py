"""Models without weights, of signatures that generators don't have."""

import tensorflow as tf


def half_plus_three(folder):
    """Writes the model of TensorFlow Serving's examples."""
    write(folder, lambda x: {"y": x / 2.0 + 3.0}, x=tf.TensorSpec((None,)))


def documented(folder):
    """Writes a model with the inputs of that documentation's predict API."""
    write(
        folder,
        lambda tag, signal, sensor: {
            "tag": tag,
            "tag_bytes": tag,
            "sum": tf.reduce_sum(signal, 1),
            "sensor": sensor,
        },
        tag=tf.TensorSpec((None,), tf.string),
        signal=tf.TensorSpec((None, 5), tf.int64),
        sensor=tf.TensorSpec((None, 2, 2)),
    )


def write(folder, function, **inputs):
    """Writes a function of tensors, as the default signature."""
    specs = [
        tf.TensorSpec(spec.shape, spec.dtype, name)
        for name, spec in inputs.items()
    ]
    module = tf.Module()
    module.serve = tf.function(function, input_signature=specs, autograph=False)
    tf.saved_model.save(module, folder, {"serving_default": module.serve})
