"""Samples that aren't images as pictures, drawn by numpy and Pillow.

Each function takes arrays and returns bytes, `(height, width, channels)`. The
kinds of `keras_gan_zoo.samples` call them.
"""
