"""Conditions: what the players of a `ConditionalGAN` are told of a sample.

A condition is drawn with the latents, checked in the data, served as an input,
and gives a sample grid its rows. For one of your own, write a subclass of
`Condition`, registered by `keras.saving.register_keras_serializable()`.
"""

from keras_gan_zoo.conditions.condition import Condition, require_condition
from keras_gan_zoo.conditions.label import Label
from keras_gan_zoo.conditions.labels import Labels
from keras_gan_zoo.conditions.vector import Vector

__all__ = ["Condition", "Label", "Labels", "Vector", "require_condition"]
