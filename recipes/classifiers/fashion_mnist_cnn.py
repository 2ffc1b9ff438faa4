"""The classifier fashion_mnist_cnn: a small residual network on Fashion-MNIST.

Clothes are mirrored, and shifted by up to two pixels.
"""

from keras_gan_zoo import classifier_recipe

classifier_recipe.train(
    __doc__,
    name="fashion_mnist_cnn",
    dataset="fashion_mnist",
    epochs=12,
    width=32,
    flips=True,
    shift=2,
)
