"""Generative adversarial networks for Keras 3 on TensorFlow.

The names are in the subpackages:

```python
from keras_gan_zoo.models import WGANGP
from keras_gan_zoo.networks import resnet_discriminator, resnet_generator
```

`set_determinism` makes runs repeatable, bit for bit.
"""

import json
import os
import pathlib
import sys

from keras_gan_zoo.determinism import set_determinism

__version__ = "0.1.0.dev0"


def _keras_backend():
    """Returns the name of the backend that Keras has or will have.

    Keras is not imported to find out: where the package of its backend is
    missing, that import fails with a message about something else.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend()
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    folder = os.environ.get("KERAS_HOME", "~/.keras")
    try:
        config = pathlib.Path(folder, "keras.json").expanduser().read_text()
        return json.loads(config).get("backend", "tensorflow")
    except (OSError, ValueError):  # Keras then takes its default as well.
        return "tensorflow"


if _keras_backend() != "tensorflow":
    raise ImportError(
        "keras_gan_zoo needs Keras on TensorFlow, but the backend of Keras is "
        f"{_keras_backend()!r}: set the environment variable "
        "KERAS_BACKEND=tensorflow before Keras is imported."
    )
