"""A candidate that makes images with one generator, batch after batch."""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from benchmarks import worker  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("folder", help="with gan.keras, 1/ and generator.onnx")
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    make = WAYS[options.way](options)

    def work(batches):
        for _ in range(batches):
            make()

    worker.answer(work, {})


def _generate(options):
    import keras

    worker.use_threads(options.threads)
    import keras_gan_zoo.models  # noqa: F401

    gan = keras.models.load_model(f"{options.folder}/gan.keras")
    return lambda: gan.generate(options.batch_size, seed=0).numpy()


def _predict(options):
    import keras

    worker.use_threads(options.threads)
    import keras_gan_zoo.models  # noqa: F401

    gan = keras.models.load_model(f"{options.folder}/gan.keras")
    latents = _latents(options, gan.latent_dim)
    return lambda: gan.generator.predict(
        latents, batch_size=options.batch_size, verbose=0
    )


def _signature(options):
    import tensorflow as tf

    worker.use_threads(options.threads)
    loaded = tf.saved_model.load(f"{options.folder}/1")
    sample = loaded.signatures["sample"]
    seeds = tf.range(options.batch_size, dtype=tf.int64)
    return lambda loaded=loaded: sample(seeds=seeds)["images"].numpy()


def _onnx(options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(
        f"{options.folder}/generator.onnx", settings
    )
    (spec,) = session.get_inputs()
    latents = _latents(options, spec.shape[1])
    return lambda: session.run(["images"], {spec.name: latents})


def _latents(options, latent_dim):
    rng = np.random.default_rng(0)
    return rng.standard_normal((options.batch_size, latent_dim), "float32")


WAYS = {
    "generate": _generate,
    "signature": _signature,
    "predict": _predict,
    "onnx": _onnx,
}


if __name__ == "__main__":
    main()
