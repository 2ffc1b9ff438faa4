"""Games on several machines, which are processes here."""

import numpy as np
import pytest
import tensorflow as tf

from tests import cluster
from tests.models import workers, zoo

QUICK = ["WGANGP", "DCGAN", "InfoGAN", "BEGAN"]
SCRIPT = "tests/models/workers.py"


def compare(names, folder):
    command = [SCRIPT, str(folder), *names]
    with cluster.workers(lambda index: command) as processes:
        expected = {
            name: workers.train(name, tf.distribute.get_strategy())
            for name in names
        }
        cluster.finish(processes)
    for name in names:
        first, second = (np.load(folder / f"{name}_{i}.npz") for i in (0, 1))
        assert sorted(first) == sorted(second) == sorted(expected[name])
        for key, values in expected[name].items():
            np.testing.assert_array_equal(first[key], second[key], key)
            np.testing.assert_allclose(
                first[key], values, rtol=0, atol=1e-5, err_msg=f"{name} {key}"
            )


def test_r06_two_workers_train_like_one_process(tmp_path):
    compare(QUICK, tmp_path)


@pytest.mark.slow
def test_r06_two_workers_train_every_model_like_one_process(tmp_path):
    compare([name for name in zoo.ZOO if name not in QUICK], tmp_path)
