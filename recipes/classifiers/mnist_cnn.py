"""The classifier mnist_cnn: a small residual network on MNIST.

Digits are shifted by up to two pixels, and not mirrored.
"""

from keras_gan_zoo import classifier_recipe

classifier_recipe.train(
    __doc__,
    name="mnist_cnn",
    dataset="mnist",
    epochs=8,
    width=16,
    flips=False,
    shift=2,
)
