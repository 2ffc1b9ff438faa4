"""What every test needs: few threads, few messages, fixed seeds."""

import os
import signal

# A shell that runs the tests in the background lets them, and the processes
# that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Before TensorFlow is imported, which reads it once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

# `pytest -n 2` runs two processes. One thread each for an operation leaves
# them both a core, and makes sums independent of the machine.
tf.config.threading.set_intra_op_parallelism_threads(1)

# Two devices for the tests of `tf.distribute`; all others use the first.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


@pytest.fixture(autouse=True)
def seeds():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def two_replicas():
    """Returns a strategy of two replicas on this machine's CPU."""
    return tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"],
        # Only one strategy of a process may use TensorFlow's default.
        cross_device_ops=tf.distribute.ReductionToOneDevice(),
    )
