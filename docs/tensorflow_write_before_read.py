"""TensorFlow's graph optimizer lets a write overtake a read of a variable.

`python docs/tensorflow_write_before_read.py` needs TensorFlow alone. `b` is 1,
is read, and is written after that in the program. TensorFlow 2.21 prints

    as written: b was read as 0.0
    without dependency_optimization: b was read as 1.0
    gradients brought together by tf.tuple: b was read as 1.0

`tf.function` orders the read before the write by a control edge. Grappler's
dependency optimizer drops it, as there is a longer way from the read to the
write through `IdentityN`, and then takes the `IdentityN` away: each of its
outputs becomes its own input, and the longer way is gone too. Every Keras
optimizer has such an `IdentityN`, from the `all_reduce` of its gradients.
"""

import tensorflow as tf


def read_and_write(gather):
    """Returns the value of `b`, which is 1, as the step reads it."""
    a, b = tf.Variable(1.0), tf.Variable(1.0)

    @tf.function
    def step(matrix):
        slow = tf.reduce_sum(matrix @ matrix)  # So that the write can win.
        with tf.control_dependencies([slow]):
            gradient_a = 1.0 * b
        gradient_b = matrix[0, 0]
        gradients = tf.identity_n(gather([gradient_a, gradient_b]))
        for variable, gradient in zip([a, b], gradients):
            variable.assign_sub(gradient)
        return gradients[0], slow

    return step(tf.ones((1500, 1500)))[0].numpy()


if __name__ == "__main__":
    optimizer = tf.config.optimizer
    print("as written: b was read as", read_and_write(list))
    optimizer.set_experimental_options({"dependency_optimization": False})
    print(
        "without dependency_optimization: b was read as", read_and_write(list)
    )
    optimizer.set_experimental_options({"dependency_optimization": True})
    print(
        "gradients brought together by tf.tuple: b was read as",
        read_and_write(tf.tuple),
    )
