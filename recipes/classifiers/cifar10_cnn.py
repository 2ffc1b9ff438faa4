"""The classifier cifar10_cnn: a small residual network on CIFAR-10.

Images are mirrored, and shifted by up to four pixels.
"""

from keras_gan_zoo import classifier_recipe

classifier_recipe.train(
    __doc__,
    name="cifar10_cnn",
    dataset="cifar10",
    epochs=16,
    width=32,
    flips=True,
    shift=4,
)
