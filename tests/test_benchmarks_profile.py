"""What a step's time is made of, as the profiler tells it."""

import pytest

from benchmarks import profile


def test_the_operations_of_a_step_are_found():
    found = profile.profiled("zoo", "VanillaGAN", width=4, steps=2)
    assert all(milliseconds > 0 for milliseconds in found.values())
    sums = profile.by_kinds(found)
    assert sum(sums.values()) == pytest.approx(sum(found.values()))
    assert sums["convolutions"] > 0 and sums["matrix products"] > 0
    assert sums["optimizers"] > 0 and sums["random numbers"] > 0
    assert sums["batch normalization"] > 0


def test_the_table_has_kinds_and_their_shares():
    times = {
        "gan/conv2d/convolution:_MklNativeConv2D": 6.0,
        "tape/conv2d/Conv2DBackpropInput:Conv2DBackpropInput": 1.5,
        "gan/batch_normalization/mul:Mul": 0.5,
        "gan/Mean:Mean": 2.0,
    }
    report = {
        "command": "python",
        "machine": "machine",
        "milliseconds": {"DCGAN": {"zoo": times, "plain": {"a:MatMul": 4.0}}},
    }
    rows = profile.table(report).splitlines()
    assert "| ms of a step | DCGAN, zoo | DCGAN, plain |" in rows
    assert "| convolutions | 7.50 (75%) | 0.00 (0%) |" in rows
    assert "| matrix products | 0.00 (0%) | 4.00 (100%) |" in rows
    assert "| all else | 2.00 (20%) | 0.00 (0%) |" in rows
    assert rows[-1] == "| sum | 10.00 | 4.00 |"
