"""Runs that can be repeated bit by bit."""

import os


def set_determinism(seed, threads=None):
    """Makes two runs of one program give the same bits.

    It seeds all generators, asks TensorFlow for operations that are
    deterministic, and fixes the number of threads that an operation uses. A sum
    is split between them, so on a CPU the last bits depend on their number, and
    on oneDNN being on or off, and not on how many cores there are or what
    else they do. XLA makes other bits: Keras warns of `jit_compile=True` and
    compiles without.

    Call it before TensorFlow does anything: before data, networks and
    strategies are made.

    Args:
        seed: Integer.
        threads: Integer, at least 1; `None` for as many as there are cores for
            this process.

    Returns:
        The number of threads, to be passed where the run is repeated.

    Raises:
        ValueError: If `threads` is below 1.
        RuntimeError: If TensorFlow has started with another number of threads.
    """
    # Not above: what this package offers at its top imports nothing heavy.
    import keras
    import tensorflow as tf

    if threads is None:
        threads = _visible_cores()
    if threads < 1:
        raise ValueError(
            f"`threads` must be at least 1, or None. Received: {threads}."
        )
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError as error:
        found = tf.config.threading.get_intra_op_parallelism_threads()
        raise RuntimeError(
            "The number of threads can't be changed once TensorFlow has "
            f"started. Expected: {threads}. Received: {found} (0 stands for "
            "TensorFlow's own choice). Call `set_determinism` first, before "
            "data and networks are made."
        ) from error
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    return threads


def _visible_cores():
    if hasattr(os, "sched_getaffinity"):  # It isn't on macOS and Windows.
        return len(os.sched_getaffinity(0))
    return os.cpu_count()
