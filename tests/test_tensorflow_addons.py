"""Holds our layers and Keras's to the outputs of TensorFlow Addons 0.23.0.

`tests/golden` says how the numbers were made. `docs/tensorflow_addons.md` is
the table these tests hold: one row, one test.
"""

import ast
import pathlib
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan_zoo
from keras_gan_zoo import averages, layers
from keras_gan_zoo.models.base import GAN

GOLDEN_FILE = (
    pathlib.Path(__file__).parent / "golden" / "tensorflow_addons_0.23.0.npz"
)
with np.load(GOLDEN_FILE) as file:
    GOLDEN = dict(file)

# What single precision leaves after a convolution or a few optimizer steps.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
# The same, where each number is computed by itself.
TIGHT = {"rtol": 1e-6, "atol": 1e-6}


def golden(case):
    """Returns the arrays of a case, by their names within it."""
    arrays = {
        name.removeprefix(f"{case}/"): array
        for name, array in GOLDEN.items()
        if name.startswith(f"{case}/")
    }
    if not arrays:
        raise KeyError(f"No golden arrays for the case {case!r}.")
    return arrays


def cases(prefix):
    """Returns the names of the cases whose names begin with `prefix`."""
    return sorted(
        {
            "/".join(name.split("/")[:2])
            for name in GOLDEN
            if name.startswith(f"{prefix}/")
        }
    )


def assert_close(actual, desired, tolerance):
    np.testing.assert_allclose(actual.numpy(), desired, **tolerance)


# Layers


@pytest.mark.parametrize("case", cases("maxout"))
def test_maxout(case):
    arrays = golden(case)
    axis = int(arrays["axis"])
    pieces = arrays["inputs"].shape[axis] // int(arrays["num_units"])
    outputs = layers.Maxout(pieces, axis=axis)(arrays["inputs"])
    np.testing.assert_array_equal(outputs, arrays["outputs"])


SPECTRAL_LAYERS = {
    "dense": lambda: keras.layers.Dense(4),
    "conv2d": lambda: keras.layers.Conv2D(4, 3, padding="same"),
    "conv2d_transpose": lambda: keras.layers.Conv2DTranspose(4, 3),
}


def spectral_layer(case, wrap):
    """Returns a layer wrapped by `wrap`, with the golden kernel and bias."""
    arrays = golden(case)
    kind, _, _ = case.split("/")[1].rpartition("_")
    layer = wrap(SPECTRAL_LAYERS[kind]())
    layer.build(arrays["inputs"].shape)
    layer.layer.set_weights([arrays["kernel"], arrays["bias"]])
    return layer


def spectral_passes(case):
    """Returns the arrays of the three passes, without a step between them."""
    return [golden(f"{case}/pass_{number}") for number in range(3)]


# Ours does one step of the power iteration in a pass, as the paper does.
ONE_ITERATION = [
    "spectral_normalization/dense_1",
    "spectral_normalization/conv2d_1",
]
THREE_ITERATIONS = [
    "spectral_normalization/dense_3",
    "spectral_normalization/conv2d_3",
]


@pytest.mark.parametrize("case", ONE_ITERATION + THREE_ITERATIONS)
def test_spectral_normalization(case):
    arrays = golden(case)
    layer = spectral_layer(case, layers.SpectralNormalization)
    layer.u.assign(arrays["vector_u"].T)
    for desired in spectral_passes(case):
        for _ in range(int(case[-1])):
            outputs = layer(arrays["inputs"], training=True)
        assert_close(outputs, desired["outputs"], TOLERANCE)
        assert_close(layer.u, desired["vector_u"].T, TOLERANCE)
        # TensorFlow Addons has overwritten its kernel, ours is still whole.
        np.testing.assert_array_equal(layer.layer.kernel, arrays["kernel"])
        assert np.abs(desired["kernel"] - arrays["kernel"]).max() > 0.1


@pytest.mark.parametrize("case", ONE_ITERATION)
def test_spectral_normalization_in_inference(case):
    arrays = golden(case)
    layer = spectral_layer(case, layers.SpectralNormalization)
    layer.u.assign(arrays["vector_u"].T)
    passes = spectral_passes(case)
    # Each call estimates the norm anew, one step ahead of the last training
    # pass; TensorFlow Addons takes the kernel which that pass has left.
    for desired in passes:
        outputs = layer(arrays["inputs"], training=False)
        assert_close(outputs, desired["outputs"], TOLERANCE)
        layer(arrays["inputs"], training=True)
    np.testing.assert_array_equal(
        arrays["outputs_after_training"], passes[-1]["outputs"]
    )
    outputs_before = arrays["outputs_before_training"]
    assert np.abs(outputs_before - passes[0]["outputs"]).max() > 0.1


@pytest.mark.parametrize("case", ONE_ITERATION)
def test_gradient_of_spectral_normalization(case):
    arrays = golden(case)
    layer = spectral_layer(case, layers.SpectralNormalization)
    layer.u.assign(arrays["vector_u"].T)
    matrix = arrays["kernel"].reshape(-1, 4)
    for desired in spectral_passes(case):
        v = matrix @ layer.u.numpy()
        v /= np.linalg.norm(v)
        with tf.GradientTape() as tape:
            outputs = layer(arrays["inputs"], training=True)
            loss = tf.reduce_sum(outputs**2)
        gradient = tape.gradient(loss, layer.layer.kernel.value)
        # The one of TensorFlow Addons takes the norm for a constant, and for
        # one that the kernel already has. Ours is what remains of it without
        # the part along the norm, for the kernel as it was.
        normalized, plain = desired["kernel"], desired["kernel_gradient"]
        sigma = np.sum(v * (matrix @ desired["vector_u"].T))
        norm_gradient = (v @ desired["vector_u"]).reshape(plain.shape)
        along = np.sum(plain * normalized)
        expected = (plain - along * norm_gradient) / sigma
        scale = np.abs(expected).max()
        assert_close(gradient / scale, expected / scale, TOLERANCE)
        assert abs(along) > 0.1
        # As `normalized` is the kernel up to its size.
        assert abs(np.sum(gradient.numpy() / scale * normalized)) < 1e-5


def test_transposed_convolution_is_another_matrix():
    case = "spectral_normalization/conv2d_transpose_1"
    arrays = golden(case)
    # The kernel is (height, width, outputs, inputs), and TensorFlow Addons
    # keeps the last axis apart in any layer: here a vector of the 5 inputs.
    assert arrays["vector_u"].shape == (1, 5)
    layer = spectral_layer(case, layers.SpectralNormalization)
    assert layer.u.shape == (4, 1)


@pytest.mark.parametrize("case", cases("spectral_normalization"))
def test_spectral_normalization_of_keras(case):
    arrays = golden(case)

    def wrap(layer):
        iterations = int(case[-1])
        return keras.layers.SpectralNormalization(layer, iterations)

    layer = spectral_layer(case, wrap)
    layer.vector_u.assign(arrays["vector_u"])
    for desired in spectral_passes(case):
        with tf.GradientTape() as tape:
            outputs = layer(arrays["inputs"], training=True)
            loss = tf.reduce_sum(outputs**2)
        gradient = tape.gradient(loss, layer.kernel.value)
        assert_close(outputs, desired["outputs"], TOLERANCE)
        assert_close(layer.vector_u, desired["vector_u"], TOLERANCE)
        assert_close(layer.kernel, desired["kernel"], TOLERANCE)
        scale = np.abs(desired["kernel_gradient"]).max()
        desired_gradient = desired["kernel_gradient"] / scale
        assert_close(gradient / scale, desired_gradient, TOLERANCE)


WEIGHT_NORMALIZED_LAYERS = {
    "dense": lambda: keras.layers.Dense(4),
    "conv2d": lambda: keras.layers.Conv2D(4, 3, padding="same"),
}


@pytest.mark.parametrize("case", cases("weight_normalization"))
def test_trained_weight_normalization_is_a_plain_layer(case):
    arrays = golden(case)
    kind = case.split("/")[1].split("_")[0]
    norms = np.sqrt(np.sum(arrays["kernel"].reshape(-1, 4) ** 2, axis=0))
    for g, bias, desired in [
        (arrays["first_g"], arrays["first_bias"], arrays["first_outputs"]),
        (arrays["g"], arrays["first_bias"], arrays["outputs"]),
    ]:
        layer = WEIGHT_NORMALIZED_LAYERS[kind]()
        layer.build(arrays["inputs"].shape)
        layer.set_weights([g * arrays["kernel"] / norms, bias])
        assert_close(layer(arrays["inputs"]), desired, TOLERANCE)
    if case.endswith("data_init"):
        # Not the one of the paper, which the initialization is meant to give.
        deviations = arrays["first_outputs"].reshape(-1, 4).std(0)
        np.testing.assert_allclose(deviations, 1 / norms, **TOLERANCE)


NORMALIZATIONS = {
    "instance_normalization/default": {"groups": -1},
    "instance_normalization/epsilon": {"groups": -1, "epsilon": 1e-5},
    "instance_normalization/axis_1": {"groups": -1, "axis": 1},
    "instance_normalization/not_affine": {
        "groups": -1,
        "center": False,
        "scale": False,
    },
    "group_normalization/default": {},
    "group_normalization/three_groups": {"groups": 3},
    "group_normalization/one_group": {"groups": 1},
    "group_normalization/axis_1": {"groups": 2, "axis": 1},
}


def check_group_normalization(case):
    arrays = golden(case)
    layer = keras.layers.GroupNormalization(**NORMALIZATIONS[case])
    layer.build(arrays["inputs"].shape)
    layer.set_weights([arrays[weight.name] for weight in layer.weights])
    assert_close(layer(arrays["inputs"]), arrays["outputs"], TOLERANCE)


@pytest.mark.parametrize("case", cases("instance_normalization"))
def test_instance_normalization(case):
    check_group_normalization(case)


@pytest.mark.parametrize("case", cases("group_normalization"))
def test_group_normalization(case):
    check_group_normalization(case)


def test_filter_response_normalization():
    arrays = golden("filter_response_normalization/default")
    normalized = keras.ops.rms_normalization(
        arrays["inputs"], axis=(1, 2), epsilon=1e-6
    )
    outputs = arrays["gamma"] * normalized + arrays["beta"]
    assert_close(outputs, arrays["outputs"], TOLERANCE)


@pytest.mark.parametrize("case", cases("adaptive_average_pooling_2d"))
def test_adaptive_average_pooling(case):
    arrays = golden(case)
    layer = keras.layers.AdaptiveAveragePooling2D(arrays["outputs"].shape[1:3])
    assert_close(layer(arrays["inputs"]), arrays["outputs"], TIGHT)


@pytest.mark.parametrize("case", cases("adaptive_max_pooling_2d"))
def test_adaptive_max_pooling(case):
    arrays = golden(case)
    sizes = zip(arrays["inputs"].shape[1:3], arrays["outputs"].shape[1:3])
    layer = keras.layers.MaxPooling2D([size // bins for size, bins in sizes])
    np.testing.assert_array_equal(layer(arrays["inputs"]), arrays["outputs"])


# Activations


@pytest.mark.parametrize(
    "name, activation",
    [
        ("gelu", lambda x: keras.activations.gelu(x, approximate=True)),
        ("gelu_layer", lambda x: keras.activations.gelu(x, approximate=True)),
        ("gelu_exact", keras.activations.gelu),
        ("hardshrink", keras.activations.hard_shrink),
        ("mish", keras.activations.mish),
        # In inference, with the mean of 1/8 and 1/3 as its slope.
        ("rrelu", keras.layers.LeakyReLU(negative_slope=11 / 48)),
        ("softshrink", keras.activations.soft_shrink),
        ("tanhshrink", keras.activations.tanh_shrink),
    ],
)
def test_activation(name, activation):
    arrays = golden("activations")
    assert_close(activation(arrays["inputs"]), arrays[name], TIGHT)


# Optimizers


def steps(case):
    """Yields the arrays of each step of a golden sequence."""
    arrays = golden(case)
    number = 0
    while f"step_{number}/kernel" in arrays:
        yield golden(f"{case}/step_{number}")
        number += 1


def check_optimizer(optimizer, case):
    """Returns the largest difference of the weights along the sequence."""
    arrays = golden(case)
    kernel = keras.Variable(arrays["kernel"])
    bias = keras.Variable(arrays["bias"])
    difference = 0.0
    for step in steps(case):
        gradients = [step["kernel_gradient"], step["bias_gradient"]]
        optimizer.apply(
            [tf.constant(gradient) for gradient in gradients], [kernel, bias]
        )
        for weight, desired in [(kernel, step["kernel"]), (bias, step["bias"])]:
            error = np.abs(weight.numpy() - desired).max()
            difference = max(difference, error)
    return difference


# TensorFlow Addons subtracts `weight_decay * weight`, Keras subtracts
# `learning_rate * weight_decay * weight`. All the cases had a decay of 0.01 and
# a learning rate of 0.1.
KERAS_WEIGHT_DECAY = 0.01 / 0.1


def test_adam_w():
    optimizer = keras.optimizers.AdamW(
        learning_rate=0.1, weight_decay=KERAS_WEIGHT_DECAY, beta_1=0.5
    )
    assert check_optimizer(optimizer, "optimizers/adam_w") < 1e-5


def test_sgd_w():
    optimizer = keras.optimizers.SGD(
        learning_rate=0.1, weight_decay=KERAS_WEIGHT_DECAY, momentum=0.9
    )
    assert check_optimizer(optimizer, "optimizers/sgd_w") < 1e-5


def test_lamb():
    optimizer = keras.optimizers.Lamb(learning_rate=0.1, epsilon=1e-6)
    assert check_optimizer(optimizer, "optimizers/lamb") < 1e-5


@pytest.mark.parametrize("weight_decay", [0.01, KERAS_WEIGHT_DECAY])
def test_lamb_has_another_weight_decay(weight_decay):
    optimizer = keras.optimizers.Lamb(
        learning_rate=0.1, epsilon=1e-6, weight_decay=weight_decay
    )
    case = "optimizers/lamb_weight_decay"
    assert check_optimizer(optimizer, case) > 1e-3


class GivenGradients(GAN):
    """A GAN whose generator gets the gradients that the test passes in."""

    def generator_loss(self, inputs, training=True):
        return sum(
            tf.reduce_sum(gradient * weight)
            for gradient, weight in zip(inputs, self.generator.weights)
        )


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "graph"])
def test_moving_average(compiled):
    case = "optimizers/moving_average"
    arrays = golden(case)
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    generator.set_weights([arrays["kernel"], arrays["bias"]])
    gan = GivenGradients(
        generator, discriminator, latent_dim=3, average=averages.EMA(0.9)
    )
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.1),
        discriminator_optimizer=keras.optimizers.SGD(0.1),
    )
    gan.step.assign(10**6)  # Where the decay has long risen to its value.
    update = tf.function(gan.update) if compiled else gan.update
    for step in steps(case):
        gradients = [step["kernel_gradient"], step["bias_gradient"]]
        update("generator", [tf.constant(gradient) for gradient in gradients])
        assert_close(generator.weights[0], step["kernel"], TIGHT)
        assert_close(generator.weights[1], step["bias"], TIGHT)
        kernel_average, bias_average = gan.ema_generator.weights
        assert_close(kernel_average, step["kernel_average"], TIGHT)
        assert_close(bias_average, step["bias_average"], TIGHT)


def test_average_of_a_keras_optimizer_starts_a_step_later():
    case = "optimizers/moving_average"
    start = golden(case)["kernel"]
    kernel = keras.Variable(start)
    optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    for number, step in enumerate(steps(case)):
        optimizer.apply([tf.constant(step["kernel_gradient"])], [kernel])
        if number == 0:
            first_step = step["kernel"] - start
        (average,) = optimizer._model_variables_moving_average
        # Keras begins with the weights after the first step, not before it.
        expected = step["kernel_average"] + 0.9 ** (number + 1) * first_step
        assert_close(average, expected, TIGHT)


# Images


BLUR = {"kernel_size": (5, 5), "sigma": (1.2, 1.2)}


def test_gaussian_filter_of_padded_images():
    images = golden("images")["inputs"]
    outputs = keras.ops.image.gaussian_blur(images, **BLUR)
    desired = golden("images/gaussian_filter2d_constant")["outputs"]
    assert_close(outputs, desired, TIGHT)


def test_gaussian_filter_of_reflected_images():
    images = golden("images")["inputs"]
    margins = ((0, 0), (2, 2), (2, 2), (0, 0))
    reflected = keras.ops.pad(images, margins, mode="reflect")
    outputs = keras.ops.image.gaussian_blur(reflected, **BLUR)
    desired = golden("images/gaussian_filter2d_reflect")["outputs"]
    assert_close(outputs[:, 2:-2, 2:-2], desired, TIGHT)


def test_gaussian_filter_with_two_sigmas():
    images = golden("images")["inputs"]
    desired = golden("images/gaussian_filter2d_two_sigmas")["outputs"]
    # The golden one had `sigma=(0.6, 1.5)`, height first.
    outputs = keras.ops.image.gaussian_blur(images, (5, 5), sigma=(1.5, 0.6))
    assert_close(outputs, desired, TIGHT)


interpolations = pytest.mark.parametrize(
    "interpolation", ["nearest", "bilinear"]
)
fill_modes = pytest.mark.parametrize(
    "fill_mode", ["constant", "reflect", "wrap", "nearest"]
)

# The translation and the angle of each of the two images.
TRANSLATIONS = [(2.0, -1.0), (0.5, 1.25)]
ANGLES = [0.4, -1.1]


@interpolations
@fill_modes
def test_transform(interpolation, fill_mode):
    case = f"images/transform_{interpolation}_{fill_mode}"
    outputs = keras.ops.image.affine_transform(
        golden("images")["inputs"],
        tf.constant([0.9, 0.2, -0.5, -0.1, 1.1, 0.3, 0.01, -0.02]),
        interpolation=interpolation,
        fill_mode=fill_mode,
    )
    assert_close(outputs, golden(case)["outputs"], TIGHT)


@interpolations
@fill_modes
def test_translate(interpolation, fill_mode):
    case = f"images/translate_{interpolation}_{fill_mode}"
    transforms = [[1, 0, -dx, 0, 1, -dy, 0, 0] for dx, dy in TRANSLATIONS]
    outputs = keras.ops.image.affine_transform(
        golden("images")["inputs"],
        tf.constant(transforms),
        interpolation=interpolation,
        fill_mode=fill_mode,
    )
    assert_close(outputs, golden(case)["outputs"], TIGHT)


@interpolations
@fill_modes
def test_random_translation(interpolation, fill_mode):
    case = f"images/translate_{interpolation}_{fill_mode}"
    images = golden("images")["inputs"]
    _, height, width, _ = images.shape
    for index, (dx, dy) in enumerate(TRANSLATIONS):
        layer = keras.layers.RandomTranslation(
            height_factor=(dy / height, dy / height),
            width_factor=(dx / width, dx / width),
            interpolation=interpolation,
            fill_mode=fill_mode,
        )
        outputs = layer(images[index : index + 1], training=True)
        desired = golden(case)["outputs"][index : index + 1]
        assert_close(outputs, desired, TOLERANCE)


@interpolations
@fill_modes
def test_random_rotation(interpolation, fill_mode):
    case = f"images/rotate_{interpolation}_{fill_mode}"
    images = golden("images")["inputs"]
    for index, angle in enumerate(ANGLES):
        turn = angle / (2 * np.pi)
        layer = keras.layers.RandomRotation(
            factor=(turn, turn),
            interpolation=interpolation,
            fill_mode=fill_mode,
        )
        outputs = layer(images[index : index + 1], training=True)
        desired = golden(case)["outputs"][index : index + 1]
        assert_close(outputs, desired, TOLERANCE)


def test_random_cutout():
    images = np.ones((64, 8, 8, 3), "float32")
    layer = keras.layers.RandomErasing(
        factor=(1.0, 1.0),  # Always.
        scale=(0.25, 0.25),  # Of the area: half of each side.
        fill_value=0.0,
        seed=0,
    )
    outputs = layer(images, training=True).numpy()
    for erased, first in [
        (golden("images/random_cutout")["outputs"] == 0, range(0, 4)),
        (outputs == 0, range(1, 5)),
    ]:
        np.testing.assert_array_equal(erased.sum((1, 2, 3)), 4 * 4 * 3)
        for axes in [(1, 3), (2, 3)]:
            profiles = erased.any(axes)
            np.testing.assert_array_equal(profiles.sum(1), 4)
            starts = profiles.argmax(1)
            lengths = 8 - profiles[:, ::-1].argmax(1) - starts
            np.testing.assert_array_equal(lengths, 4)
            assert set(starts) == set(first)


# The package itself


def test_golden_file():
    assert GOLDEN["versions"][0] == "tensorflow-addons 0.23.0"
    assert GOLDEN_FILE.stat().st_size < 500_000


def test_table_names_tests():
    table = pathlib.Path(__file__).parents[1] / "docs/tensorflow_addons.md"
    text = table.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named == {name for name in globals() if name.startswith("test_")}


def imported_packages(source):
    """Returns the top-level packages a source imports, by any statement.

    `importlib.import_module("name")` and `__import__("name")` count as well.
    """
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            names += [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
            ]
    return {name.split(".")[0] for name in names}


def test_nothing_imports_tensorflow_addons():
    (folder,) = keras_gan_zoo.__path__
    sources = sorted(pathlib.Path(folder).rglob("*.py"))
    assert len(sources) > 10
    for path in sources:
        packages = imported_packages(path.read_text(encoding="utf-8"))
        assert "tensorflow_addons" not in packages, path


@pytest.mark.parametrize(
    "source",
    [
        "import tensorflow_addons as tfa",
        "from tensorflow_addons.layers import Maxout",
        "def late():\n    import tensorflow_addons.layers",
        "import importlib\nimportlib.import_module('tensorflow_addons.layers')",
        "tfa = __import__('tensorflow_addons')",
    ],
)
def test_imports_of_tensorflow_addons_are_found(source):
    assert "tensorflow_addons" in imported_packages(source)
