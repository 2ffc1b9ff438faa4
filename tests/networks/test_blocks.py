import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import networks
from keras_gan_zoo.networks import _blocks


@pytest.mark.parametrize("image_shape", [(28, 28), (28, 0, 1), (28, 28.0, 1)])
def test_check_image_shape_refuses(image_shape):
    with pytest.raises(ValueError, match=r"three positive integers.*\(28, "):
        _blocks.check_image_shape(image_shape)


@pytest.mark.parametrize(
    "build",
    [
        lambda shape: networks.dcgan_generator(2, shape),
        networks.dcgan_discriminator,
        lambda shape: networks.resnet_generator(2, shape),
        networks.resnet_discriminator,
        lambda shape: networks.began_generator(2, shape),
        networks.began_discriminator,
        networks.ebgan_discriminator,
        lambda shape: networks.infogan_generator(2, shape),
        networks.infogan_discriminator,
        lambda shape: networks.conditional_dcgan_generator(2, shape, 3),
        lambda shape: networks.conditional_dcgan_discriminator(shape, 3),
        lambda shape: networks.cgan_generator(2, shape, 3),
        lambda shape: networks.cgan_discriminator(shape, 3),
        lambda shape: networks.acgan_generator(2, shape, 3),
        lambda shape: networks.acgan_discriminator(shape, 3),
        lambda shape: networks.residual_classifier(shape, 3),
    ],
)
def test_image_networks_refuse_other_shapes(build):
    with pytest.raises(ValueError, match="A grey image has one channel"):
        build((28, 28))


def test_halved_sizes_are_those_of_strided_convolutions():
    sizes = [(28, 17), (14, 9), (7, 5), (4, 3)]
    assert _blocks.halved_sizes((28, 17, 1), 3) == sizes
    x = keras.Input((28, 17, 1))
    for size in sizes[1:]:
        x = keras.layers.Conv2D(1, 5, strides=2, padding="same")(x)
        assert x.shape[1:3] == size


@pytest.mark.parametrize("side, most", [(2, 1), (3, 2), (28, 5), (32, 5)])
def test_halved_sizes_end_at_one_pixel(side, most):
    assert _blocks.halved_sizes((side, 64, 1), most)[-1][0] == 1
    assert _blocks.halved_sizes((side, 64, 1), most)[-2][0] == 2
    message = (
        f"{most + 1} widths, image_shape=.*1 to {most} widths for this image, "
        f"or, for {most + 1}, sides of {2**most + 1} pixels"
    )
    with pytest.raises(ValueError, match=message):
        _blocks.halved_sizes((side, 64, 1), most + 1)
    _blocks.halved_sizes((2**most + 1, 64, 1), most + 1)


def test_halved_sizes_need_a_stage():
    with pytest.raises(ValueError, match="0 widths.*for 1, sides of 2 pixels"):
        _blocks.halved_sizes((28, 28, 1), 0)


@pytest.mark.parametrize(
    "side, start, doublings",
    [(28, 7, 2), (32, 4, 3), (48, 6, 3), (64, 4, 4), (96, 6, 4), (128, 4, 5)],
)
def test_doubling_start_from_four(side, start, doublings):
    expected = ((start, start), doublings)
    assert _blocks.doubling_start((side, side, 3), 4) == expected


@pytest.mark.parametrize(
    "side, start, doublings",
    [(28, 7, 2), (32, 8, 2), (48, 6, 3), (64, 8, 3), (96, 6, 4), (128, 8, 4)],
)
def test_doubling_start_from_six(side, start, doublings):
    expected = ((start, start), doublings)
    assert _blocks.doubling_start((side, side, 3), 6) == expected


@pytest.mark.parametrize(
    "side, smallest, nearest",
    [
        (30, 4, "28 and 32"),
        (29, 4, "28"),
        (100, 4, "96"),
        (104, 4, "96 and 112"),
        (2, 4, "4"),
        (30, 6, "28 and 32"),
        (1, 6, "6"),
    ],
)
def test_impossible_sides_name_the_nearest_possible(side, smallest, nearest):
    message = f"The nearest possible to {side}: {nearest}. Resize or pad"
    with pytest.raises(ValueError, match=message):
        _blocks.doubling_start((32, side, 3), smallest)
    for possible in nearest.split(" and "):
        _blocks.doubling_start((int(possible), int(possible), 3), smallest)


@pytest.mark.parametrize(
    "build",
    [
        lambda shape: networks.resnet_generator(2, shape),
        networks.resnet_discriminator,
        lambda shape: networks.began_generator(2, shape),
        networks.began_discriminator,
    ],
)
def test_networks_refuse_impossible_sides(build):
    with pytest.raises(ValueError, match=r"\(30, 30, 3\).* 28 and 32"):
        build((30, 30, 3))


def test_both_sides_are_doubled_equally_often():
    with pytest.raises(
        ValueError, match="height is doubled 3 .* width 4 times"
    ):
        _blocks.doubling_start((32, 64, 3), 4)


@pytest.mark.parametrize("size", [(8, 8), (7, 8), (8, 7), (7, 7)])
def test_enlarge_crops_the_end(size):
    features = np.random.normal(size=(2, 4, 4, 3)).astype("float32")
    inputs = keras.Input((4, 4, 3))
    model = keras.Model(inputs, _blocks.enlarge(inputs, 2, size, 5))
    whole = model.layers[1](features)
    cropped = whole[:, : size[0], : size[1]]
    np.testing.assert_array_equal(model(features), cropped)


@pytest.mark.parametrize("strides", [(1, 1), (1, 2), (2, 1)])
def test_he_initializer_has_its_variance(strides):
    fans = [16 * 25 / strides[0] ** 2, 48 * 25 / strides[1] ** 2]
    kernel = _blocks.he_initializer(5, 16, 48, strides)((5, 5, 16, 48))
    deviation = math.sqrt(4 / sum(fans))
    np.testing.assert_allclose(np.std(kernel), deviation, rtol=0.05)
    limit = math.sqrt(3) * deviation
    np.testing.assert_allclose(np.abs(kernel).max(), limit, rtol=0.01)


@pytest.mark.parametrize("size, outputs", [(3, 3), ((4, 5), 3)])
def test_join_puts_labels_next_to_features(size, outputs):
    labels = np.array([2, 0])
    shape = (*size, 3) if isinstance(size, tuple) else (size,)
    features = keras.Input(shape)
    condition = keras.Input((3,))
    model = keras.Model(
        [features, condition], _blocks.join(features, condition)
    )
    values = np.random.normal(size=(2, *shape)).astype("float32")
    joined = model([values, np.eye(3, dtype="float32")[labels]]).numpy()
    np.testing.assert_array_equal(joined[..., :outputs], values)
    for sample, label in zip(joined, labels):
        for plane in range(3):
            expected = float(plane == label)
            assert (sample[..., outputs + plane] == expected).all()


def test_labels_out_of_range_are_of_no_class():
    vectors = _blocks.one_hot(np.array([1, 3, -1]), 3)
    np.testing.assert_array_equal(vectors, [[0, 1, 0], [0, 0, 0], [0, 0, 0]])


def test_moving_statistics_follow_within_a_hundred_steps():
    generator = networks.dcgan_generator(4, (8, 8, 1), (8, 16))
    latents = np.random.normal(size=(64, 4)).astype("float32")
    for _ in range(100):
        images = generator(latents, training=True)
    # Variances begin at one, these are near 0.001: 0.9^100 is less, 0.99^100
    # is not.
    difference = generator(latents, training=False) - images
    assert np.abs(difference).mean() < 0.05 * np.std(images)


def test_statistics_of_replicas_are_those_of_the_global_batch(two_replicas):
    strategy = two_replicas
    batch = np.random.normal(size=(4, 3)).astype("float32")
    batch[2:] += 5.0
    with strategy.scope():
        layer = _blocks.batch_normalization()
        layer.build((None, 3))
    values = strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(
            batch[2 * context.replica_id_in_sync_group :][:2]
        )
    )
    outputs = strategy.run(
        tf.function(lambda x: layer(x, training=True)), (values,)
    )
    outputs = np.concatenate([part.numpy() for part in outputs.values])
    expected = (batch - batch.mean(0)) / np.sqrt(batch.var(0) + 1e-5)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        layer.moving_mean.numpy(), 0.1 * batch.mean(0), rtol=1e-4
    )
