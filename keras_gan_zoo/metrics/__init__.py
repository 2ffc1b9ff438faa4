"""Scores of samples, as pure functions of arrays."""

from keras_gan_zoo.metrics.inception_score import inception_score
