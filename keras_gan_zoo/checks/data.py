"""Checks of data: their form, their labels, the size of their batches."""

import keras
import numpy as np
import tensorflow as tf

# What `keras.Model.fit` takes for arrays if it isn't told.
KERAS_BATCH_SIZE = 32


def first_batch(x, y=None, batch_size=None):
    """Returns the first batch of what `fit` is given.

    Args:
        x: `tf.data.Dataset`, array, dictionary of arrays or `PyDataset`.
        y: Array of labels or `None`.
        batch_size: Integer or `None`, for arrays.

    Returns:
        What `train_step` will get, or `None` where looking would use it up.

    Raises:
        ValueError: If there is none, or `x` is no data.
    """
    if x is None:
        raise ValueError(
            "Expected data: a dataset or an array. Received: x=None. Pass "
            "samples, or samples and labels."
        )
    if isinstance(x, tf.data.Dataset):
        for batch in x.take(1):
            return batch
        raise ValueError(
            "The dataset is empty. Expected at least one batch. If it was "
            "batched with `drop_remainder=True`, the batch size may exceed "
            "the number of samples."
        )
    if isinstance(x, keras.utils.PyDataset):
        return x[0]
    if are_arrays(x):
        if not len(keras.tree.flatten(x)[0]):
            raise ValueError(
                "Expected at least one sample. Received: arrays of shapes "
                f"{[tuple(array.shape) for array in keras.tree.flatten(x)]}. "
                "Look at how they were read or selected."
            )
        size = batch_size or KERAS_BATCH_SIZE
        return keras.tree.map_structure(
            lambda array: array[:size], x if y is None else (x, y)
        )
    if _is_loader(x):
        return next(iter(x), None)
    return None  # A generator or a distributed dataset.


def may_end_in_partial_batch(x, batch_size=None):
    """Tells whether the last batch of an epoch can be a smaller one.

    Args:
        x: `tf.data.Dataset`, array or dictionary of arrays.
        batch_size: Integer or `None`, for arrays.
    """
    if isinstance(x, tf.data.Dataset):
        shapes = [spec.shape for spec in tf.nest.flatten(x.element_spec)]
        return any(shape.rank is None or not shape[0] for shape in shapes)
    if are_arrays(x):
        number = len(keras.tree.flatten(x)[0])
        return number % (batch_size or KERAS_BATCH_SIZE) != 0
    return False


def batch_sizes(x, batch_size, batch):
    """Returns the sizes that the batches of an epoch can have, a set.

    Args:
        x: Data as `fit` takes them.
        batch_size: Integer or `None`, for arrays.
        batch: The first batch of them, or `None`.

    Returns:
        Set of integers, with `None` if there may be any other.
    """
    if batch is None:
        return set()
    sizes = {len(keras.tree.flatten(batch)[0])}
    if are_arrays(x):
        number = len(keras.tree.flatten(x)[0])
        sizes.add(number % (batch_size or KERAS_BATCH_SIZE) or min(sizes))
    elif isinstance(x, keras.utils.PyDataset) and x.num_batches:
        sizes.add(len(keras.tree.flatten(x[x.num_batches - 1])[0]))
    elif may_end_in_partial_batch(x) and x.cardinality() > 0:
        sizes.add(None)
    return sizes


def check_length(x, steps, name):
    """Raises a `ValueError` if an epoch of the data would never end.

    Args:
        x: Data as `fit` takes them.
        steps: Integer or `None`.
        name: String, the argument that is `steps`.
    """
    endless = isinstance(x, keras.utils.PyDataset) and x.num_batches is None
    if isinstance(x, tf.data.Dataset):
        endless = x.cardinality() == tf.data.INFINITE_CARDINALITY
    if endless and steps is None:
        raise ValueError(
            f"Endless data need `{name}`, or the epoch would never end. "
            f"Received: {type(x).__name__} without an end, {name}=None. Pass "
            f"the number of steps, such as `{name}=1000`."
        )


def samples_and_labels(data):
    """Returns `(samples, labels)` of what a dataset yields.

    Args:
        data: Samples; a tuple of samples and labels; or a dictionary with
            the key "image" and perhaps "label", as tensorflow-datasets has it.

    Returns:
        Two tensors. The labels are `None` where there are none.
    """
    samples, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
    if weights is not None:
        raise ValueError(
            "A game weighs all samples alike. Received: batches of (samples, "
            "labels, weights), or `sample_weight` or `class_weight`. Leave "
            "the weights out, and let samples that should count more come "
            "more often, with `tf.data.Dataset.sample_from_datasets`."
        )
    if isinstance(samples, dict):
        if "image" not in samples:
            raise ValueError(
                "A dataset of dictionaries must have the key 'image', as "
                "those of tensorflow-datasets. Received the keys "
                f"{sorted(samples)}. Map it to samples or to "
                "(samples, labels)."
            )
        if labels is not None and "label" in samples:
            raise ValueError(
                "Labels must come once. Received: labels, and a dictionary "
                "with the key 'label'. Leave one of them out."
            )
        samples, labels = samples["image"], samples.get("label", labels)
    return samples, labels if labels is None else _of_one_form(labels)


def with_known_shape(samples, network):
    """Returns samples with what their dataset doesn't tell of their shape.

    Args:
        samples: Tensor, perhaps of unknown rank or sides.
        network: Keras model that takes the samples.
    """
    expected = first_input_shape(network)
    if not tf.is_symbolic_tensor(samples) or expected is None:
        return samples
    if samples.shape.rank is None or None in samples.shape[1:]:
        return tf.ensure_shape(samples, (None, *expected[1:]))
    return samples


def first_input_shape(network):
    """Returns the shape of a network's first input, or `None`."""
    shape = getattr(network, "input_shape", None)
    return shape[0] if isinstance(shape, list) else shape


def require_labels(samples, labels):
    """Raises a `ValueError` unless there is an array of a label a sample.

    Args:
        samples: Array or structure of arrays.
        labels: What was passed beside them.
    """
    arrays = keras.tree.flatten(labels)
    if not are_arrays(labels) or not all(array.ndim for array in arrays):
        advice = "Pass an array of integers."
        if str(labels).isdecimal():
            advice = (
                f"If it is the size of batches, pass `batch_size={labels}`."
            )
        raise ValueError(
            "Labels of an array of samples must be an array. Received: "
            f"y={labels!r:.60}. {advice}"
        )
    numbers = [len(array) for array in keras.tree.flatten((samples, labels))]
    if len({*numbers}) > 1:
        raise ValueError(
            "Expected one label for each sample. Received: arrays of "
            f"{' and '.join(map(str, numbers))} entries. Look at how they "
            "were read or selected."
        )


def check_labels(labels, num_classes):
    """Raises a `ValueError` unless labels are integers below `num_classes`.

    Args:
        labels: Array of shape `(batch,)` or `(batch, 1)`.
        num_classes: Integer.

    Returns:
        The labels, a numpy array of int32, of shape `(batch,)`.
    """
    labels = _of_one_form(np.asarray(keras.ops.convert_to_numpy(labels)))
    received = f"Received: dtype {labels.dtype}, shape {labels.shape}."
    if labels.ndim != 1:
        raise ValueError(
            f"Labels must be integers of shape (batch,). {received} Undo a "
            "one-hot encoding by `np.argmax(labels, axis=-1)`."
        )
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"Labels must be integers of shape (batch,). {received} Cast them "
            'by `labels.astype("int32")`, or number the classes from 0.'
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            f"Labels must be from 0 to {num_classes - 1}, since "
            f"num_classes={num_classes}. Received: labels from "
            f"{labels.min()} to {labels.max()}. Number the classes from 0, or "
            "build the networks and the model for more."
        )
    return labels.astype("int32")


def are_arrays(x):
    """Tells whether `x` is an array or a structure of arrays."""
    arrays = keras.tree.flatten(x)
    return bool(arrays) and all(
        isinstance(array, (np.ndarray, tf.Tensor)) for array in arrays
    )


def _is_loader(x):
    """Tells whether `x` gives batches anew each time, as PyTorch's loaders."""
    if isinstance(x, (str, list, tuple, dict)) or hasattr(x, "element_spec"):
        return False
    return hasattr(x, "__iter__") and not hasattr(x, "__next__")


def _of_one_form(labels):
    """Returns labels `(batch,)` of such, or of a column `(batch, 1)`.

    Integers are of 32 or 64 bits, as all operations take them.
    """
    if getattr(labels.shape, "rank", 0) is None:
        labels = tf.reshape(labels, [-1])  # `fit` has looked at a batch.
    elif len(labels.shape) == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    kind = np.dtype(getattr(labels.dtype, "as_numpy_dtype", labels.dtype))
    if kind.kind not in "iu" or kind in (np.int32, np.int64):
        return labels
    if tf.is_tensor(labels):
        return tf.cast(labels, tf.int64)
    return labels.astype("int64")
