"""R25: what `set_determinism` sets, in processes where nothing is set yet."""

import subprocess
import sys

import pytest

import keras_gan_zoo


def run(code):
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_it_seeds_fixes_the_threads_and_turns_xla_off():
    run("""if True:
        import random, warnings
        import numpy as np
        import keras_gan_zoo
        assert keras_gan_zoo.set_determinism(3, threads=2) == 2
        import keras
        import tensorflow as tf
        threading = tf.config.threading
        assert threading.get_intra_op_parallelism_threads() == 2
        draws = []
        for seed in (3, 3, 4):  # It may be called again.
            keras_gan_zoo.set_determinism(seed, threads=2)
            numbers = tf.random.normal((3,)), np.random.normal(size=3)
            draws.append([random.random(), *map(float, np.ravel(numbers))])
        assert draws[0] == draws[1]
        assert not set(draws[0]) & set(draws[2])
        model = keras.Sequential([keras.layers.Dense(1)])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.compile(jit_compile=True)
        assert "jit_compile" in str(caught[0].message)
        assert model.jit_compile is False
    """)


def test_by_default_it_takes_the_cores_of_the_process():
    run("""if True:
        import os
        import keras_gan_zoo
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
            assert keras_gan_zoo.set_determinism(0) == 1
        else:
            assert keras_gan_zoo.set_determinism(0) == os.cpu_count()
    """)


def test_it_comes_first():
    run("""if True:
        import tensorflow as tf
        import keras_gan_zoo
        tf.constant(0.0)
        try:
            keras_gan_zoo.set_determinism(0, threads=3)
        except RuntimeError as error:
            message = str(error)
        assert "Call `set_determinism` first" in message
        assert "Expected: 3. Received: 0" in message
    """)


def test_no_threads_are_refused():
    with pytest.raises(ValueError, match="at least 1, or None. Received: 0"):
        keras_gan_zoo.set_determinism(0, threads=0)
