"""Records what TensorFlow Addons 0.23.0 computes, for the tests to hold to.

TensorFlow Addons reached its end of life in May 2024 and does not import under
TensorFlow 2.16 or later, so no test can call it. Instead this script saves its
inputs, weights and outputs in one file, and `test_tensorflow_addons.py`
compares them with what this library and Keras 3 compute.

It needs an environment of its own:

    python3.11 -m venv addons
    addons/bin/pip install -r tests/golden/requirements.txt
    addons/bin/python tests/golden/make_golden.py

All random numbers are drawn by numpy from seeds that are functions of the
names of the cases, so the script writes the same numbers each time, and a new
case does not change the others. Arrays are named `<case>/<array>`.
"""

import os
import pathlib
import warnings
import zlib

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # The golden numbers are of a CPU.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # The farewell of the package.
    import tensorflow_addons as tfa  # noqa: E402

OUTPUT = pathlib.Path(__file__).with_name("tensorflow_addons_0.23.0.npz")
STEPS = 5

arrays = {
    "versions": np.array(
        [f"tensorflow-addons {tfa.__version__}", f"tensorflow {tf.__version__}"]
    )
}


def normal(name, *shape):
    """Returns standard normal numbers that depend on `name` only."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    return generator.standard_normal(shape).astype("float32")


def save(case, **named_arrays):
    for name, array in named_arrays.items():
        arrays[f"{case}/{name}"] = np.asarray(array)


def maxout():
    cases = {
        "maxout/dense_one_unit": ((3, 8), 1, -1),
        "maxout/dense_two_units": ((3, 8), 2, -1),
        "maxout/dense_four_units": ((3, 8), 4, -1),
        "maxout/dense_all_units": ((3, 8), 8, -1),
        "maxout/image_channels": ((2, 3, 4, 6), 3, -1),
        "maxout/image_rows": ((2, 6, 4, 3), 2, 1),
        "maxout/image_columns": ((2, 3, 4, 6), 2, -2),
    }
    for case, (shape, units, axis) in cases.items():
        inputs = normal(case, *shape)
        layer = tfa.layers.Maxout(units, axis=axis)
        save(
            case,
            inputs=inputs,
            num_units=units,
            axis=axis,
            outputs=layer(inputs),
        )


def spectral_normalization():
    keras_layers = tf.keras.layers
    for iterations in (1, 3):
        for kind, layer, shape in (
            ("dense", keras_layers.Dense(4), (3, 6)),
            ("conv2d", keras_layers.Conv2D(4, 3, padding="same"), (2, 5, 5, 3)),
            (
                "conv2d_transpose",
                keras_layers.Conv2DTranspose(4, 3),
                (2, 3, 3, 5),
            ),
        ):
            case = f"spectral_normalization/{kind}_{iterations}"
            inputs = normal(f"{case}/inputs", *shape)
            wrapper = tfa.layers.SpectralNormalization(
                layer, power_iterations=iterations
            )
            wrapper.build(shape)
            kernel = normal(f"{case}/kernel", *layer.kernel.shape)
            layer.kernel.assign(kernel)
            layer.bias.assign(normal(f"{case}/bias", 4))
            wrapper.u.assign(normal(f"{case}/u", *wrapper.u.shape))
            save(
                case,
                inputs=inputs,
                kernel=kernel,
                bias=layer.bias,
                vector_u=wrapper.u,
                outputs_before_training=wrapper(inputs, training=False),
            )
            # Three passes without an optimizer step between them.
            for step in range(3):
                with tf.GradientTape() as tape:
                    outputs = wrapper(inputs, training=True)
                    loss = tf.reduce_sum(outputs**2)
                save(
                    f"{case}/pass_{step}",
                    outputs=outputs,
                    vector_u=wrapper.u,
                    kernel=layer.kernel,
                    kernel_gradient=tape.gradient(loss, layer.kernel),
                )
            save(case, outputs_after_training=wrapper(inputs, training=False))


def weight_normalization():
    for data_init in (False, True):
        for kind, layer, shape in (
            ("dense", tf.keras.layers.Dense(4), (8, 6)),
            (
                "conv2d",
                tf.keras.layers.Conv2D(4, 3, padding="same"),
                (4, 5, 5, 3),
            ),
        ):
            suffix = "data_init" if data_init else "norm_init"
            case = f"weight_normalization/{kind}_{suffix}"
            layer.build(shape)
            kernel = normal(f"{case}/kernel", *layer.kernel.shape)
            bias = normal(f"{case}/bias", 4)
            layer.set_weights([kernel, bias])
            wrapper = tfa.layers.WeightNormalization(layer, data_init=data_init)
            inputs = normal(f"{case}/inputs", *shape)
            first_outputs = wrapper(inputs)
            save(
                case,
                inputs=inputs,
                kernel=kernel,
                first_outputs=first_outputs,
                first_g=wrapper.g,
                first_bias=layer.bias,
            )
            # As after training, when g is no longer the norm of the kernel.
            wrapper.g.assign(normal(f"{case}/g", 4))
            save(case, g=wrapper.g, outputs=wrapper(inputs))


def normalizations():
    cases = {
        "instance_normalization/default": (
            tfa.layers.InstanceNormalization(),
            (2, 5, 4, 6),
        ),
        "instance_normalization/epsilon": (
            tfa.layers.InstanceNormalization(epsilon=1e-5),
            (2, 5, 4, 6),
        ),
        "instance_normalization/axis_1": (
            tfa.layers.InstanceNormalization(axis=1),
            (2, 6, 5, 4),
        ),
        "instance_normalization/not_affine": (
            tfa.layers.InstanceNormalization(center=False, scale=False),
            (2, 5, 4, 6),
        ),
        "group_normalization/default": (
            tfa.layers.GroupNormalization(),
            (2, 3, 3, 64),
        ),
        "group_normalization/three_groups": (
            tfa.layers.GroupNormalization(groups=3),
            (2, 5, 4, 6),
        ),
        "group_normalization/one_group": (
            tfa.layers.GroupNormalization(groups=1),
            (2, 5, 4, 6),
        ),
        "group_normalization/axis_1": (
            tfa.layers.GroupNormalization(groups=2, axis=1),
            (2, 6, 5, 4),
        ),
        "filter_response_normalization/default": (
            tfa.layers.FilterResponseNormalization(),
            (2, 5, 4, 6),
        ),
    }
    for case, (layer, shape) in cases.items():
        # Neither centered nor of variance one, and for the epsilons small.
        inputs = 0.05 * normal(f"{case}/inputs", *shape) + 0.1
        layer.build(shape)
        for weight in layer.weights:
            weight.assign(normal(f"{case}/{weight.name}", *weight.shape))
            save(case, **{weight.name.split(":")[0]: weight})
        save(case, inputs=inputs, outputs=layer(inputs))


def pooling():
    cases = {
        "adaptive_average_pooling_2d": tfa.layers.AdaptiveAveragePooling2D,
        "adaptive_max_pooling_2d": tfa.layers.AdaptiveMaxPooling2D,
    }
    for case, layer in cases.items():
        inputs = normal(case, 2, 6, 8, 3)
        for size in ((1, 1), (2, 4), (3, 2), (6, 8)):
            name = f"{case}/{size[0]}x{size[1]}"
            save(name, inputs=inputs, outputs=layer(size)(inputs))


def activations():
    # The thresholds of the shrinking functions are among the numbers.
    inputs = np.concatenate(
        [
            np.array([-0.5, 0.5, 0.0, -8.0, 8.0], "float32"),
            2 * normal("activations", 40),
        ]
    )
    save(
        "activations",
        inputs=inputs,
        gelu=tfa.activations.gelu(inputs),
        gelu_exact=tfa.activations.gelu(inputs, approximate=False),
        hardshrink=tfa.activations.hardshrink(inputs),
        mish=tfa.activations.mish(inputs),
        rrelu=tfa.activations.rrelu(inputs, training=False),
        softshrink=tfa.activations.softshrink(inputs),
        tanhshrink=tfa.activations.tanhshrink(inputs),
        gelu_layer=tfa.layers.GELU()(inputs),
    )


def optimizers():
    """Some steps down given gradients, so that no network is needed."""
    sgd = tf.keras.optimizers.legacy.SGD
    cases = {
        "optimizers/adam_w": tfa.optimizers.AdamW(
            weight_decay=0.01, learning_rate=0.1, beta_1=0.5
        ),
        "optimizers/sgd_w": tfa.optimizers.SGDW(
            weight_decay=0.01, learning_rate=0.1, momentum=0.9
        ),
        "optimizers/lamb": tfa.optimizers.LAMB(learning_rate=0.1),
        "optimizers/lamb_weight_decay": tfa.optimizers.LAMB(
            learning_rate=0.1, weight_decay=0.01
        ),
        "optimizers/moving_average": tfa.optimizers.MovingAverage(
            sgd(0.1), average_decay=0.9
        ),
    }
    for case, optimizer in cases.items():
        kernel = tf.Variable(normal(f"{case}/kernel", 3, 2), name="kernel")
        bias = tf.Variable(normal(f"{case}/bias", 2), name="bias")
        save(case, kernel=kernel, bias=bias)
        for step in range(STEPS):
            kernel_gradient = normal(f"{case}/kernel_gradient_{step}", 3, 2)
            bias_gradient = normal(f"{case}/bias_gradient_{step}", 2)
            optimizer.apply_gradients(
                [(kernel_gradient, kernel), (bias_gradient, bias)]
            )
            save(
                f"{case}/step_{step}",
                kernel_gradient=kernel_gradient,
                bias_gradient=bias_gradient,
                kernel=kernel,
                bias=bias,
            )
            if case == "optimizers/moving_average":
                save(
                    f"{case}/step_{step}",
                    kernel_average=optimizer.get_slot(kernel, "average"),
                    bias_average=optimizer.get_slot(bias, "average"),
                )


def images():
    batch = normal("images", 2, 9, 8, 3)
    save("images", inputs=batch)
    for padding in ("CONSTANT", "REFLECT"):
        save(
            f"images/gaussian_filter2d_{padding.lower()}",
            outputs=tfa.image.gaussian_filter2d(
                batch, filter_shape=(5, 5), sigma=1.2, padding=padding
            ),
        )
    save(
        "images/gaussian_filter2d_two_sigmas",
        outputs=tfa.image.gaussian_filter2d(
            batch, filter_shape=(5, 5), sigma=(0.6, 1.5), padding="CONSTANT"
        ),
    )
    for interpolation in ("nearest", "bilinear"):
        for fill_mode in ("constant", "reflect", "wrap", "nearest"):
            options = {"interpolation": interpolation, "fill_mode": fill_mode}
            suffix = f"{interpolation}_{fill_mode}"
            save(
                f"images/translate_{suffix}",
                outputs=tfa.image.translate(
                    batch, [[2.0, -1.0], [0.5, 1.25]], **options
                ),
            )
            save(
                f"images/rotate_{suffix}",
                outputs=tfa.image.rotate(batch, [0.4, -1.1], **options),
            )
            save(
                f"images/transform_{suffix}",
                outputs=tfa.image.transform(
                    batch,
                    [0.9, 0.2, -0.5, -0.1, 1.1, 0.3, 0.01, -0.02],
                    **options,
                ),
            )
    save(
        "images/random_cutout",
        outputs=tfa.image.random_cutout(tf.ones((64, 8, 8, 3)), (4, 4), seed=1),
    )


def main():
    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(0)
    maxout()
    spectral_normalization()
    weight_normalization()
    normalizations()
    pooling()
    activations()
    optimizers()
    images()
    np.savez_compressed(OUTPUT, **arrays)
    print(f"{len(arrays)} arrays, {OUTPUT.stat().st_size} bytes: {OUTPUT.name}")


if __name__ == "__main__":
    main()
