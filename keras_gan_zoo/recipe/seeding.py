"""Seeds, and runs that can be repeated."""

import keras
import tensorflow as tf

from keras_gan_zoo import set_determinism


def set_seed(args, seed):
    """Seeds all generators, and keeps what the flags say of determinism.

    Args:
        args: Namespace of `deterministic` and `threads`; the latter is set if
            the run is to be deterministic.
        seed: Integer.
    """
    if args.deterministic:
        args.threads = set_determinism(seed, args.threads)
        return
    if args.threads is not None:
        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    keras.utils.set_random_seed(seed)
