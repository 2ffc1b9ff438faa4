"""One check for all that is counted."""

import operator


def check_integer(name, value, minimum):
    """Returns `value` as a Python integer, or raises a `ValueError`."""
    try:
        # Accepts what counts exactly: numpy integers and scalar tensors too.
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or number < minimum:
        raise ValueError(
            f"`{name}` must be an integer of at least {minimum}. "
            f"Received: {name}={value!r}"
        )
    return number
