"""The measurements behind the numbers in docs, ready to be repeated."""
