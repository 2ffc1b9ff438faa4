"""Shapes that fit each other."""


def fits(shape, expected):
    """Tells whether a shape is the expected one, but for the batch."""
    return len(shape) == len(expected) and all(
        None in (size, number) or size == number
        for size, number in zip(expected[1:], shape[1:])
    )
