"""Trained models that a command is given as a file."""

from keras_gan_zoo import saved_files


def load_model(path):
    """Returns the model of a `.keras` file, not compiled.

    Args:
        path: `pathlib.Path`.

    Raises:
        ValueError: If there is none, or one of classes that the package
            doesn't have.
        OSError: If it can't be opened.
    """
    if not path.is_file():
        raise ValueError(
            "Expected a .keras file, as `model.save()` writes it. Received: "
            f"{str(path)!r}, which isn't there."
        )
    saved_files.require_archive(path)

    import keras

    import keras_gan_zoo.models  # noqa: F401  For Keras to find the classes.

    advice = "If it is of classes of your own, export it in Python."
    with saved_files.reading(path, "a model of keras_gan_zoo", advice):
        return keras.saving.load_model(path, compile=False)
