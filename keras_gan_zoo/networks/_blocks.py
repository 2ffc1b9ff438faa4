"""What several architectures share: sizes, initializers, first and last layers.

Private to `keras_gan_zoo.networks`.
"""

import math
import operator

import keras

from keras_gan_zoo.layers import BatchNormalization


def check_image_shape(image_shape):
    """Raises a `ValueError` if `image_shape` isn't `(height, width, channels)`.

    Returns:
        The shape as a tuple of Python's integers.
    """
    try:
        # Accepts what counts exactly: numpy integers too.
        shape = tuple(operator.index(size) for size in image_shape)
    except TypeError:
        shape = ()
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(
            "An image shape is (height, width, channels), three positive "
            f"integers. Received: image_shape={image_shape}. A grey image has "
            "one channel, as in (28, 28, 1)."
        )
    return shape


def halved_sizes(image_shape, stages):
    """Sizes of the feature maps of strided 'same' convolutions.

    Args:
        image_shape: Tuple `(height, width, channels)`.
        stages: Integer, number of convolutions of stride 2.

    Returns:
        `stages + 1` pairs `(height, width)`, from the image inwards. An odd
        side is rounded up: 28, 14, 7, 4.
    """
    height, width, _ = check_image_shape(image_shape)
    # A side of n pixels is down to one pixel after ceil(log2(n)) stages.
    most_stages = (min(height, width) - 1).bit_length()
    if not 1 <= stages <= most_stages:
        smallest_side = 2 ** (stages - 1) + 1 if stages else 2
        raise ValueError(
            "Each width is a stage that halves the image, which needs at "
            "least one width and at least two pixels to halve. Received: "
            f"{stages} widths, image_shape={tuple(image_shape)}. Use 1 to "
            f"{most_stages} widths for this image, or, for {max(stages, 1)}, "
            f"sides of {smallest_side} pixels or more."
        )
    sizes = [(height, width)]
    for _ in range(stages):
        height, width = math.ceil(height / 2), math.ceil(width / 2)
        sizes.append((height, width))
    return sizes


def doubling_start(image_shape, smallest):
    """Where a generator starts that doubles its feature maps, uncropped.

    Each side is halved while it is even and the half is at least `smallest`,
    and must end below `2 * smallest`.

    Args:
        image_shape: Tuple `(height, width, channels)`.
        smallest: Integer, the smallest side to start from.

    Returns:
        `((height, width), doublings)`: the size of the first feature map and
        how often it is doubled.
    """
    height, width, _ = check_image_shape(image_shape)
    for side in (height, width):
        if not _can_start(side, smallest):
            raise ValueError(
                f"A side must be {smallest} to {2 * smallest - 1} pixels, "
                "doubled some number of times. Received: "
                f"image_shape={tuple(image_shape)}. The nearest possible to "
                f"{side}: {_nearest_sides(side, smallest)}. Resize or pad the "
                "images."
            )
    start_height, doublings = _halve(height, smallest)
    start_width, width_doublings = _halve(width, smallest)
    if doublings != width_doublings:
        raise ValueError(
            "Both sides must be doubled equally often from "
            f"{smallest} to {2 * smallest - 1} pixels. Received: "
            f"image_shape={tuple(image_shape)}, of which the height is "
            f"doubled {doublings} times and the width {width_doublings} "
            "times. Crop or pad the images to a ratio nearer to 1."
        )
    return (start_height, start_width), doublings


def _halve(side, smallest):
    halvings = 0
    while side % 2 == 0 and side // 2 >= smallest:
        side //= 2
        halvings += 1
    return side, halvings


def _can_start(side, smallest):
    return smallest <= _halve(side, smallest)[0] < 2 * smallest


def _nearest_sides(side, smallest):
    distance = 1
    while True:
        sides = [side - distance, side + distance]
        possible = [str(n) for n in sides if _can_start(n, smallest)]
        if possible:
            return " and ".join(possible)
        distance += 1


# Keras returns the same numbers each time one initializer is called, so the
# functions below make a new one for each kernel.


def normal_initializer():
    """`N(0, 0.02)`, Radford et al. 2016, section 4."""
    return keras.initializers.RandomNormal(stddev=0.02)


def he_initializer(kernel_size, inputs, outputs, strides=(1, 1)):
    """Uniform of variance `4 / (fan_in + fan_out)`.

    The mean of He's two variances, `2 / fan_in` forwards and `2 / fan_out`
    backwards, as the code of Gulrajani et al. 2017 takes it
    (`tflib/ops/conv2d.py`, `deconv2d.py`). Their fans count strides, which
    those of Keras do not.

    Args:
        kernel_size: Integer.
        inputs: Integer, number of channels.
        outputs: Integer, number of channels.
        strides: Pair of integers, by which a convolution's outputs and a
            transposed convolution's inputs are thinned out: `(1, 2)` for the
            former, `(2, 1)` for the latter.
    """
    fan_in = inputs * kernel_size**2 / strides[0] ** 2
    fan_out = outputs * kernel_size**2 / strides[1] ** 2
    limit = math.sqrt(3 * 4 / (fan_in + fan_out))
    return keras.initializers.RandomUniform(-limit, limit)


def batch_normalization(gain_stddev=0.0, affine=True, dtype=None):
    """Returns a layer of batch normalization fit for GANs.

    Moving variances begin at one, hundreds of times the variance of features
    behind kernels of N(0, 0.02). With a momentum of 0.9 they are right after a
    hundred steps; with 0.99, the default of Keras, after a thousand, and until
    then samples look broken in inference although training goes well. The
    epsilon is 1e-5: the default, 1e-3, is not small against such variances.

    The statistics are of the global batch under a `tf.distribute` strategy.

    Args:
        gain_stddev: Float, the standard deviation of the first gains, whose
            mean is one.
        affine: Boolean, whether there are gains and biases.
        dtype: As of any layer; `None` for the global policy.
    """
    return BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.RandomNormal(1.0, gain_stddev),
        scale=affine,
        center=affine,
        synchronized=True,
        dtype=dtype,
    )


def instance_normalization():
    """Returns a layer that normalizes each channel of each image by itself.

    It is what batch normalization does in batches of one image. With the first
    gains of the authors of pix2pix and CycleGAN, from N(1, 0.02).
    """
    return keras.layers.GroupNormalization(
        groups=-1,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02),
    )


def enlarge(features, filters, size, kernel_size, **options):
    """Transposed convolution of stride 2, cropped to `size`.

    What a strided 'same' convolution has rounded up, 7 to 4, comes back as 8:
    the last row and column are cut off.

    Args:
        features: Feature maps `(batch, height, width, channels)`.
        filters: Integer, channels of the result.
        size: Pair `(height, width)` of the result, each side twice that of
            `features`, or one less.
        kernel_size: Integer.
        **options: Further arguments of `keras.layers.Conv2DTranspose`.
    """
    features = keras.layers.Conv2DTranspose(
        filters, kernel_size, strides=2, padding="same", **options
    )(features)
    bottom = features.shape[1] - size[0]
    right = features.shape[2] - size[1]
    if bottom or right:
        crop = keras.layers.Cropping2D(((0, bottom), (0, right)))
        features = crop(features)
    return features


def leaky_relu(features, slope=0.2):
    return keras.layers.LeakyReLU(negative_slope=slope)(features)


def as_images(features):
    """Feature maps to images in [-1, 1], float32 also in mixed precision."""
    tanh = keras.layers.Activation("tanh", dtype="float32", name="images")
    return tanh(features)


def as_scores(features, name="scores", units=1, **options):
    """Linear layer to raw scores, float32 also in mixed precision."""
    dense = keras.layers.Dense(units, dtype="float32", name=name, **options)
    return dense(features)


def one_hot(labels, num_classes):
    """Integer labels `(batch,)` as `(batch, num_classes)`."""
    return keras.ops.one_hot(labels, num_classes)


def join(features, condition):
    """Concatenates a condition `(batch, size)` to features.

    To vectors as it is, to feature maps as planes: where the condition is the
    one-hot label k, plane k is all ones and the others are zeros.
    """
    if len(features.shape) == 4:
        height, width = features.shape[1:3]
        condition = keras.layers.RepeatVector(height * width)(condition)
        shape = (height, width, condition.shape[-1])
        condition = keras.layers.Reshape(shape)(condition)
    return keras.layers.Concatenate()([features, condition])
