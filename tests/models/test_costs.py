import json

import keras
import pytest
import tensorflow as tf

from benchmarks.flops import graph_flops
from tests import costs
from tests.models import zoo

WRITE_ANEW = (
    "If that is meant, run `python -m tests.costs` in the folder of the "
    f"repository, and commit what it writes to {costs.COSTS.name}."
)


def test_the_costs_are_those_of_the_zoo():
    stored = json.loads(costs.COSTS.read_text())
    assert list(stored) == sorted(zoo.ZOO), f"Other models. {WRITE_ANEW}"


def flops_of(function, *shapes, batch=None):
    specs = [tf.TensorSpec(shape) for shape in shapes]
    traced = tf.function(function, input_signature=specs)
    return graph_flops(traced.get_concrete_function().graph, batch)


def test_products_by_hand():
    # 3 * 5 results, each of 4 multiplications and additions.
    assert flops_of(tf.matmul, (3, 4), (4, 5)) == 2 * 3 * 5 * 4

    def transposed(a, b):
        return tf.matmul(a, b, transpose_a=True, transpose_b=True)

    assert flops_of(transposed, (4, 3), (5, 4)) == 2 * 3 * 5 * 4
    assert flops_of(tf.matmul, (7, 3, 4), (7, 4, 5)) == 7 * 2 * 3 * 5 * 4
    assert flops_of(tf.add, (3, 4), (3, 4)) == 0
    free = flops_of(tf.matmul, (None, 4), (4, 5), batch=3)
    assert free == 2 * 3 * 5 * 4


def test_a_convolution_and_its_gradients_cost_the_same():
    def convolve(images, kernel):
        return tf.nn.conv2d(images, kernel, strides=2, padding="SAME")

    # 4 * 4 positions of 3 * 3 * 2 values, for 5 channels and 6 images.
    once = 2 * 6 * 4 * 4 * 3 * 3 * 2 * 5
    shapes = (6, 8, 8, 2), (3, 3, 2, 5)
    assert flops_of(convolve, *shapes) == once

    def with_gradients(images, kernel):
        with tf.GradientTape() as tape:
            tape.watch([images, kernel])
            convolved = convolve(images, kernel)
        return convolved, tape.gradient(convolved, [images, kernel])

    assert flops_of(with_gradients, *shapes) == 3 * once
    transposed = keras.layers.Conv2DTranspose(2, 3, 2, "same", use_bias=False)
    assert flops_of(transposed, (6, 4, 4, 5)) == once


def test_what_nobody_needs_is_not_counted():
    variable = tf.Variable(tf.zeros((3, 5)))

    def multiply(a, b):
        tf.matmul(b, b, transpose_a=True)
        variable.assign(tf.matmul(a, b))  # Needed, though not returned.
        return tf.matmul(a, a, transpose_b=True)

    expected = 2 * 3 * 5 * 4 + 2 * 3 * 3 * 4
    assert flops_of(multiply, (3, 4), (4, 5)) == expected


def test_what_can_not_be_counted_is_refused():
    with pytest.raises(ValueError, match="shapes are known.*None"):
        flops_of(tf.matmul, (None, 4), (4, 5))


def test_a_loop_can_not_be_counted():
    def loop(a, b):
        return tf.while_loop(
            lambda i, _: i < 3,
            lambda i, c: (i + 1, tf.matmul(a, b)),
            (0, tf.zeros((3, 5))),
        )[1]

    with pytest.raises(ValueError, match="without loops.*While"):
        flops_of(loop, (3, 4), (4, 5))


def test_of_what_is_chosen_from_the_dearest_is_counted():
    called = tf.function(tf.matmul, autograph=False)
    product = 2 * 3 * 5 * 4
    assert flops_of(lambda a, b: called(a, b), (3, 4), (4, 5)) == product

    def chosen(a, b):
        several = [lambda: tf.zeros((3, 5)), lambda: called(a, b)]
        return tf.switch_case(tf.cast(a[0, 0], tf.int32), several)

    assert flops_of(chosen, (3, 4), (4, 5)) == product


def test_a_convolution_of_volumes():
    def convolve(volumes, kernel):
        return tf.nn.conv3d(volumes, kernel, (1, 2, 2, 2, 1), "SAME")

    # 2 * 2 * 2 positions of 3 * 3 * 3 * 2 values, for 5 channels, 6 volumes.
    once = 2 * 6 * 8 * 27 * 2 * 5
    assert flops_of(convolve, (6, 4, 4, 4, 2), (3, 3, 3, 2, 5)) == once
