"""Models that are served, exported once."""

import pytest

from keras_gan_zoo import conditions
from keras_gan_zoo.export import export_generator
from tests import tiny
from tests.serving import toys


@pytest.fixture(scope="session")
def exports(tmp_path_factory):
    """Returns the folder of two models, which no test may change."""
    folder = tmp_path_factory.mktemp("saved_models")
    export_generator(tiny.gan(), folder / "gan")
    named = tiny.conditional_gan()
    named.condition = conditions.Label(3, ["ant", "<b>bee</b>", "été"])
    export_generator(named, folder / "cgan")
    toys.half_plus_three(folder / "half_plus_three" / "123")
    toys.documented(folder / "documented" / "1")
    return folder
