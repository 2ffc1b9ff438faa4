"""A trained model as files that are served."""

from keras_gan_zoo.export.other_runtimes import export_litert, export_onnx
from keras_gan_zoo.export.saved_model import export_generator
