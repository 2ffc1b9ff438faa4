"""Runs a training script as it is, and takes samples of its generator.

    python -m benchmarks.quality_worker FOLDER GENERATOR ... --script SCRIPT ...

Whenever the script calls a `tf.function`, as it does for a step, the process's
CPU time is checked. When it is time, its `GENERATOR`, the name of one of its
globals, makes images, which are kept in `FOLDER` as bytes; meanwhile the clock
stops. The process ends with the last samples, so tell the script to train for
longer than that.

A script that asks Keras for MNIST or Fashion-MNIST gets Fashion-MNIST.
"""

import argparse
import functools
import os
import pathlib
import runpy
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from keras_gan_zoo.files import written_aside  # noqa: E402
from keras_gan_zoo.images import to_uint8  # noqa: E402


class Samples:
    """Takes samples when the process has used so much CPU time.

    Args:
        folder: Path, where `<CPU seconds>.npy` are written: bytes of shape
            `(number, 28, 28, 1)`.
        name: String, the generator's among the script's globals: a model of
            this package, or a Keras model of latents from the normal
            distribution whose images are in [-1, 1].
        marks: List of floats, seconds of CPU time, growing.
        number: Integer, images at each mark.
    """

    def __init__(self, folder, name, marks, number):
        self.folder = folder
        self.name = name
        self.marks = list(marks)
        self.number = number
        self._taking = 0.0  # Seconds that samples took, not training.
        self._are_taken = False

    def watch(self):
        """Looks at the clock before every `tf.function` from now on.

        A signal would find a script anywhere, within TensorFlow too: one died
        of a corrupted heap at the second of its signal.
        """
        function = type(tf.function(lambda: None))
        call = function.__call__

        @functools.wraps(call)
        def watched(*args, **kwargs):
            if tf.executing_eagerly() and not self._are_taken:
                self._look()
            return call(*args, **kwargs)

        function.__call__ = watched

    def _look(self):
        start = time.process_time()
        used = start - self._taking
        if used < self.marks[0]:
            return
        self.marks = [mark for mark in self.marks if mark > used]
        script = vars(sys.modules["__main__"])
        if self.name in script:
            self._are_taken = True
            images = as_bytes(script[self.name], self.number)
            self._are_taken = False
            with written_aside(self.folder / f"{used}.npy") as aside:
                with open(aside, "wb") as file:
                    np.save(file, images)
        elif not self.marks:
            raise RuntimeError(
                f"The script has no {self.name!r} among its globals after "
                f"{used:.0f} s of CPU time."
            )
        print(f"{used:.0f} s of CPU time", file=sys.stderr, flush=True)
        if not self.marks:
            # Not by an exception, which a script might catch.
            os._exit(0)
        self._taking += time.process_time() - start


def as_bytes(generator, number, batch_size=500):
    """Returns samples of a model of this package, or of a Keras model.

    Returns:
        Array of bytes, of shape `(number, height, width, channels)`.
    """
    rng = np.random.default_rng(0)
    parts = []
    for start in range(0, number, batch_size):
        size = min(batch_size, number - start)
        if hasattr(generator, "generate"):
            images = generator.generate(size, seed=start)
        else:
            shape = (size, *generator.input_shape[1:])
            latents = rng.standard_normal(shape, "float32")
            images = generator(latents, training=False)
        parts.append(to_uint8(images))
    return np.concatenate(parts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("generator")
    parser.add_argument("--marks", type=float, nargs="+", required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cores", type=int, nargs="+", required=True)
    parser.add_argument("--script", nargs=argparse.REMAINDER, required=True)
    options = parser.parse_args()
    os.sched_setaffinity(0, options.cores)
    folder = options.folder.resolve()
    script, *arguments = options.script
    path = pathlib.Path(script).resolve()
    samples = Samples(folder, options.generator, options.marks, options.number)
    samples.watch()
    _give_fashion_mnist(options.seed)
    os.chdir(folder)  # Scripts write pictures where they are.
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.parent))
    runpy.run_path(str(path), run_name="__main__")
    raise RuntimeError(f"{script} ended before its time.")


def _give_fashion_mnist(seed):
    import keras

    from keras_gan_zoo import datasets

    def load_data():
        images, labels = datasets.image_arrays("fashion_mnist")
        return (images[..., 0], labels), (images[:0, ..., 0], labels[:0])

    keras.utils.set_random_seed(seed)
    for name in "mnist", "fashion_mnist":
        vars(getattr(keras.datasets, name))["load_data"] = load_data


if __name__ == "__main__":
    main()
