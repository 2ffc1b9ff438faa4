"""Averages of a network's weights over the training.

A GAN's players circle around each other, and the average of where a generator
has been makes better samples than any of its stops. It is handed to a model,
`GAN(..., average=EMA(0.999))`; for networks of your own models see
`AdversarialModel.keep_average`.
"""

from keras_gan_zoo.averages.ema import EMA, require_average

__all__ = ["EMA", "require_average"]
