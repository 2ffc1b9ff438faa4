"""The commands of `keras-gan-zoo` that no other package has.

Each module has `main(arguments)`, which returns the exit code. What needs
TensorFlow is imported where it is used, so that `--help` doesn't wait for it.
"""
