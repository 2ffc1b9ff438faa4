"""The entries of the contract: every model has one, in its own test file."""

from tests.models import zoo


def test_every_model_has_an_entry():
    built = {type(entry.build()) for entry in zoo.ZOO.values()}
    lacking = [
        name
        for name, model in zoo.concrete_models().items()
        if model not in built
    ]
    assert not lacking, (
        f"No entry builds {lacking}: declare `ENTRIES` in the test file of "
        "the model, as tests/models/test_dcgan.py does."
    )


def test_an_entry_has_the_name_of_its_model():
    built = {
        name: type(entry.build()).__name__ for name, entry in zoo.ZOO.items()
    }
    for name, model in built.items():
        assert name.partition("_")[0] == model


def test_entries_are_found_for_what_can_be_trained():
    found = zoo.concrete_models()
    assert {"GAN", "ConditionalGAN", "WGANGP", "InfoGAN"} <= found.keys()
    assert not {"AdversarialModel", "GeneratorModel"} & found.keys()
