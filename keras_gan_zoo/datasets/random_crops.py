"""Crops of enlarged images, at random places."""

from keras_gan_zoo.datasets.streams import fold_seed, mapped
from keras_gan_zoo.integers import check_integer

# Keeps places apart from flips and from the order of epochs.
_CROP_TAG = 0x63726F70


def random_crops(dataset, larger, size, seed=0, start_step=0):
    """Batches of images, enlarged and cropped at random places.

    It is the jitter of pix2pix and CycleGAN, which enlarge images to 286 x 286
    pixels and crop 256 x 256 of them:

        pairs = emoji_pairs(8, seed=1, start_step=0, flip=True)
        pairs = random_crops(pairs, 36, 32, seed=1)

    Args:
        dataset: `tf.data.Dataset` of batches of images, or of tuples of such.
            What has one place in the parts of a tuple is cropped alike. An
            endless stream, such as of `start_step=0`.
        larger: Integer, height and width that images are enlarged to, with
            bilinear interpolation.
        size: Integer, height and width of the crops.
        seed: Integer. Places are a function of the seed and the step.
        start_step: Integer, the step of training at which the stream begins.

    Returns:
        `tf.data.Dataset` of the crops, in the structure of `dataset`. It
        resumes as that does: its `skip()` makes nothing of what it skips.

    Raises:
        ValueError: If a size is no positive integer, or the crops are larger
            than the images.
    """
    import tensorflow as tf

    larger = check_integer("larger", larger, 1)
    size = check_integer("size", size, 1)
    if size > larger:
        raise ValueError(
            "Crops must fit into the images. Received: "
            f"larger={larger}, size={size}. Enlarge the images more."
        )

    def crops(*arguments):
        *parts, step = arguments
        seeds = tf.random.experimental.stateless_fold_in(
            fold_seed(seed, step), _CROP_TAG, alg="philox"
        )
        corners = tf.random.stateless_uniform(
            (len(parts[0]), 2), seeds, 0, larger - size + 1, tf.int32, "philox"
        )
        parts = [_crop(images, corners, larger, size) for images in parts]
        return tuple(parts) if len(parts) > 1 else parts[0]

    steps = tf.data.Dataset.counter(start_step)
    numbered = tf.data.Dataset.zip((dataset, steps)).map(_flat)
    cropped = mapped(numbered, crops)
    cropped.skip = lambda count, name=None: random_crops(
        dataset.skip(count), larger, size, seed, start_step + count
    )
    return cropped


def _flat(batch, step):
    return (*batch, step) if isinstance(batch, tuple) else (batch, step)


def _crop(images, corners, larger, size):
    """Crops each image at its own corner.

    Args:
        images: Tensor `(batch, height, width, channels)`.
        corners: Integer tensor `(batch, 2)`, the first row and column.
        larger, size: See `random_crops`.
    """
    import tensorflow as tf

    images = tf.image.resize(images, (larger, larger))

    def window(inputs):
        image, corner = inputs
        return image[corner[0] :, corner[1] :][:size, :size]

    shape = (size, size, images.shape[-1])
    return tf.map_fn(
        window,
        (images, corners),
        fn_output_signature=tf.TensorSpec(shape, images.dtype),
    )
