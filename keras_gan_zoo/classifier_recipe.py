"""What the recipes of classifiers share: the training and its report."""

from keras_gan_zoo import recipe  # isort: split

import hashlib
import os
import time

import keras
import tensorflow as tf

from keras_gan_zoo import datasets, networks
from keras_gan_zoo.metrics.features import classifiers

# That of the shipped weights. It changes speed more than accuracy.
_POLICY = "mixed_bfloat16"


def train(description, name, dataset, epochs, width, flips, shift):
    """Trains a classifier as the command line says, and writes its weights.

    The learning rate rises to 0.15 for a fifth of the updates and falls to
    zero along a cosine. There is no label smoothing, which would flatten the
    probabilities that the Inception Score is made of, and no epoch is chosen:
    the weights are the last ones, and the test images are used once.

    Args:
        description: String, the recipe's docstring.
        name: String, the classifier's name.
        dataset: String, the data set it is for.
        epochs: Integer, by default.
        width: Integer, of `networks.residual_classifier`.
        flips: Whether half of the images are mirrored.
        shift: Integer, the most pixels that an image is moved by.
    """
    args = recipe.arguments(
        description,
        dataset=dataset,
        quick={
            "epochs": epochs,
            "steps_per_epoch": 390 if dataset == "cifar10" else 468,
            "batch_size": 128,
        },
    )
    batches = recipe.read_data(args, args.batch_size, labels=True).map(
        lambda images, labels: (vary(images, flips, shift), labels)
    )
    image_shape = tuple(batches.element_spec[0].shape[1:])
    num_classes = len(datasets.class_names(args.dataset))
    network = networks.residual_classifier(
        image_shape, num_classes, width, dtype=_POLICY
    )
    network.compile(
        optimizer=_optimizer(args.epochs * args.steps_per_epoch),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        # On a CPU, XLA has slower convolutions than TensorFlow without it.
        jit_compile=False,
    )
    print(
        f"{name}: {network.count_params():,} parameters, {args.epochs} epochs "
        f"of {args.steps_per_epoch} batches of {args.batch_size} of "
        f"{args.dataset}, {_POLICY}, {os.cpu_count()} CPU cores"
    )
    start = time.perf_counter()
    network.fit(
        batches.prefetch(tf.data.AUTOTUNE),
        epochs=args.epochs,
        steps_per_epoch=args.steps_per_epoch,
        shuffle=False,
        callbacks=[
            keras.callbacks.CSVLogger(f"{args.output}/training/log.csv")
        ],
        verbose=2,
    )
    print(f"Trained in {(time.perf_counter() - start) / 60:.1f} minutes")
    # In float32, as it is used, and without the optimizer, which would be half
    # of the file: what is written, and reported.
    trained, network = network, networks.residual_classifier(
        image_shape, num_classes, width, dtype="float32"
    )
    network.set_weights(trained.get_weights())
    path = f"{args.output}/{classifiers.file_name(name)}"
    network.save_weights(path)

    # The other data sets have no test images: the embedded ones, folders.
    tested = args.dataset in ("cifar10", "fashion_mnist", "mnist")
    images = datasets.by_name(
        args.dataset,
        100 if tested else args.batch_size,
        labels=True,
        split="test" if tested else "train",
        data_dir=args.data_dir,
        image_size=args.image_size,
    )
    network.compile(
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    accuracy = network.evaluate(images, verbose=0, return_dict=True)["accuracy"]
    print(
        f"Accuracy on the {'test' if tested else 'training'} images of "
        f"{args.dataset}: {accuracy:.2%}"
    )
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    print(
        f"Wrote {path}, SHA-256 {digest}. To ship it, copy it to "
        "keras_gan_zoo/metrics/features/weights, and set its SHA-256 in "
        "keras_gan_zoo/metrics/features/classifiers.py."
    )


def vary(images, flips, shift):
    """Moves each image of a batch by some pixels, and mirrors half of them.

    What an image leaves behind is filled with its mirror image.

    Args:
        images: Tensor `(batch, height, width, channels)` of a static shape.
        flips: Whether to mirror, left to right.
        shift: Integer, the most pixels to each side.

    Returns:
        Tensor of the same shape.
    """
    batch, height, width, _ = images.shape
    if flips:
        images = tf.image.random_flip_left_right(images)
    around = [shift, shift]
    images = tf.pad(images, [[0, 0], around, around, [0, 0]], "SYMMETRIC")
    for axis, side in ((1, height), (2, width)):
        start = tf.random.uniform((batch, 1), 0, 2 * shift + 1, tf.int32)
        indices = start + tf.range(side)
        images = tf.gather(images, indices, axis=axis, batch_dims=1)
    return tf.ensure_shape(images, (batch, height, width, None))


def _optimizer(num_updates):
    warmup = num_updates // 5
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, num_updates - warmup, warmup_target=0.15, warmup_steps=warmup
    )
    # Keras takes the decay by the learning rate off the weights themselves: as
    # a penalty's gradient, with this momentum, it would be a tenth of this.
    optimizer = keras.optimizers.SGD(
        schedule, momentum=0.9, nesterov=True, weight_decay=5e-3
    )
    optimizer.exclude_from_weight_decay(var_names=["beta", "bias", "gamma"])
    return optimizer
