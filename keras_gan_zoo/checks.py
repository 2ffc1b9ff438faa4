"""Checks of what users pass in: what was expected, received, and the mend."""

import keras
import numpy as np
import tensorflow as tf

# Dequantization noise may carry a pixel slightly beyond 1.
_TOLERANCE = 1 / 64

# What `keras.Model.fit` takes for arrays if it isn't told.
_KERAS_BATCH_SIZE = 32


def require_built(name, network):
    """Raises a `ValueError` if `network` isn't a Keras model with weights."""
    if not isinstance(network, keras.Model):
        raise ValueError(
            f"`{name}` must be a `keras.Model`. Received: {name}={network!r}."
        )
    if not network.built:
        raise ValueError(
            f"`{name}` must be built before it is passed, so that optimizers "
            f"know its variables. Received: the unbuilt model "
            f"`{network.name}`. Call it once, as in "
            f"`{name}(keras.Input(...))`, or use the functional API."
        )


def require_latent_size(generator, expected):
    """Raises a `ValueError` if the generator takes other latents.

    Args:
        generator: Built Keras model.
        expected: Integer, size of the latents that the model will draw.
    """
    shape = getattr(generator, "input_shape", None)
    latents = shape[0] if isinstance(shape, list) else shape
    if latents is not None and latents[-1] not in (None, expected):
        raise ValueError(
            "The generator must take the latents that the model draws, of "
            f"shape (batch, {expected}). Received: a generator of latents of "
            f"shape {latents}. Set `latent_dim` to the generator's."
        )


def first_batch(x, y=None, batch_size=None):
    """Returns the first batch of what `fit` is given.

    Args:
        x: `tf.data.Dataset`, array, dictionary of arrays or `PyDataset`.
        y: Array of labels or `None`.
        batch_size: Integer or `None`, for arrays.

    Returns:
        What `train_step` will get, or `None` where looking would use it up.
    """
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
    if _is_array(x):
        size = batch_size or _KERAS_BATCH_SIZE
        return keras.tree.map_structure(
            lambda array: array[:size], x if y is None else (x, y)
        )
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
    if _is_array(x):
        number = len(keras.tree.flatten(x)[0])
        return number % (batch_size or _KERAS_BATCH_SIZE) != 0
    return False


def samples_and_labels(data):
    """Returns `(samples, labels)` of what a dataset yields.

    Args:
        data: Samples; a tuple of samples and labels; or a dictionary with
            the key "image" and perhaps "label", as tensorflow-datasets has it.

    Returns:
        Two tensors. The labels are `None` where there are none.
    """
    samples, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
    if isinstance(samples, dict):
        if "image" not in samples:
            raise ValueError(
                "A dataset of dictionaries must have the key 'image', as "
                "those of tensorflow-datasets. Received the keys "
                f"{sorted(samples)}. Map it to samples or to "
                "(samples, labels)."
            )
        return samples["image"], samples.get("label", labels)
    return samples, labels


def check_images(images, network):
    """Raises a `ValueError` unless images are floats in [-1, 1].

    Args:
        images: Batch of shape `(batch, height, width, channels)`; anything of
            another rank has no range to be checked.
        network: Keras model that takes the images, for their shape.
    """
    shape = getattr(network, "input_shape", None)
    expected = shape[0] if isinstance(shape, list) else shape
    if expected is not None and not _fits(images.shape, expected):
        raise ValueError(
            f"The discriminator takes samples of shape {expected}. "
            f"Received: a batch of shape {tuple(images.shape)}. Resize the "
            "data or build the networks for their shape."
        )
    if len(images.shape) != 4:
        return
    remedy = "Scale them by `tf.cast(images, tf.float32) / 127.5 - 1.0`."
    values = keras.ops.convert_to_numpy(images)
    low, high = values.min(), values.max()
    received = f"Received: dtype {values.dtype}, values from {low} to {high}."
    if not np.issubdtype(values.dtype, np.floating):
        raise ValueError(
            f"Images must be floats in [-1, 1]. {received} {remedy}"
        )
    if not np.isfinite([low, high]).all():
        raise ValueError(
            f"Images must be finite. {received} Remove or mend the images "
            "that hold NaN or infinity."
        )
    if low < -1 - _TOLERANCE or high > 1 + _TOLERANCE:
        raise ValueError(f"Images must be in [-1, 1]. {received} {remedy}")
    if low >= 0 and high > 0:
        raise ValueError(
            f"Images must be in [-1, 1], but these are all in [0, 1]. "
            f"{received} Scale them by `images * 2.0 - 1.0`."
        )


def check_labels(labels, num_classes):
    """Raises a `ValueError` unless labels are integers below `num_classes`.

    Args:
        labels: Array of shape `(batch,)`.
        num_classes: Integer.

    Returns:
        The labels, a numpy array of int32.
    """
    labels = np.asarray(keras.ops.convert_to_numpy(labels))
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            "Labels must be integers of shape (batch,). Received: dtype "
            f"{labels.dtype}, shape {labels.shape}. Undo a one-hot encoding "
            "by `np.argmax(labels, axis=-1)`."
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            f"Labels must be from 0 to {num_classes - 1}, since "
            f"num_classes={num_classes}. Received: labels from "
            f"{labels.min()} to {labels.max()}."
        )
    return labels.astype("int32")


def check_class_names(class_names, num_classes):
    """Raises a `ValueError` unless there is one name for each class.

    Args:
        class_names: Sequence of strings, in the order of the labels.
        num_classes: Integer.

    Returns:
        The names, a list.
    """
    names = [class_names] if isinstance(class_names, str) else [*class_names]
    if (
        len(names) != num_classes
        or not all(isinstance(name, str) for name in names)
        or len({*names}) < len(names)
    ):
        raise ValueError(
            "`class_names` must hold one string for each class, no two the "
            f"same. Expected {num_classes} names, since "
            f"num_classes={num_classes}. Received: class_names={class_names!r}."
        )
    return names


def _is_array(x):
    arrays = keras.tree.flatten(x)
    return bool(arrays) and all(
        isinstance(array, (np.ndarray, tf.Tensor)) for array in arrays
    )


def _fits(shape, expected):
    return len(shape) == len(expected) and all(
        size is None or size == number
        for size, number in zip(expected[1:], shape[1:])
    )
