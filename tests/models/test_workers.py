"""Games on several machines, which are processes here."""

import numpy as np
import tensorflow as tf

from tests import cluster
from tests.models import mechanics, workers

SCRIPT = "tests/models/workers.py"


def compare(names, folder):
    command = [SCRIPT, str(folder), *names]
    with cluster.workers(lambda index: command) as processes:
        expected = {
            name: workers.train(
                name, tf.distribute.get_strategy(), evaluates=name == names[0]
            )
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


@mechanics.on_all_representatives_at_once("workers")
def test_r06_two_workers_train_like_one_process(names, tmp_path):
    compare(names, tmp_path)
