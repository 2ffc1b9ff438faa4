"""The documents of the zoo are what docstrings and cards say."""

import dataclasses
import json

import pytest

from docs import catalogue, make_zoo

MODEL = '''"""Toy GAN: A Game.

Doe and Roe, 2020
https://example.org/1

When to use it: in tests.
"""


class Toy(GAN):
    """A toy.

    It plays.

    Args:
        x: A thing.
    """

    def train_step(self, data):
        pass
'''

RECIPE = '''"""Toy GAN on MNIST.

In the log:
- `loss`: a | b.

Departures:
- Biases. Here none: no reason.
"""

from keras_gan_zoo.models import Toy

recipe.run(args, gan, images)
'''

CARD = {
    "recipe": "toy_mnist",
    "model": "Toy",
    "dataset": "mnist",
    "preset": "quick",
    "seed": 3,
    "generator_updates": 1200,
    "minutes": 4.2,
    "hardware": "CPU, 2 cores",
    "measured": {"loss": [1.234567, None], "mae": [0.5, 0.1]},
    "scores": [
        {
            "name": "mae",
            "value": 0.1,
            "protocol": "7 pairs",
            "trivial": {"identity": 0.347},
        }
    ],
}

README = """# A zoo

![Another](docs/images/another.png)

## Two commands

<!-- zoo table -->
old
<!-- end of zoo table -->
between
<!-- zoo pictures -->
<!-- end of zoo pictures -->
after
"""


@pytest.fixture
def root(tmp_path):
    """A repository of one model, one recipe and one card."""
    for path, text in {
        "keras_gan_zoo/models/small_games/toy.py": MODEL,
        "keras_gan_zoo/models/base.py": '"""What games share."""',
        "recipes/toy_mnist.py": RECIPE,
        "recipes/tour.py": '"""Trains nothing."""',
        "docs/cards/toy_mnist.json": json.dumps(CARD),
        "docs/images/toy_mnist.png": "",
        "README.md": README,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def documents(root):
    return {
        path.relative_to(root).as_posix(): text
        for path, text in make_zoo.documents(root).items()
    }


def test_documents_are_what_docstrings_and_cards_say():
    stale = [
        path.relative_to(catalogue.ROOT).as_posix()
        for path, text in make_zoo.documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert not stale, "Run `python -m docs.make_zoo`."


def test_no_page_is_of_a_model_that_went():
    pages = {catalogue.ROOT / "docs" / m.page for m in catalogue.models()}
    assert {*(catalogue.ROOT / "docs" / "models").glob("*.md")} == pages


def test_cards_are_of_their_recipes_and_papers():
    recipes = {}
    for model in catalogue.models():
        for recipe in model.recipes:
            recipes[recipe.name] = model, recipe
    cards = [*(catalogue.ROOT / "docs" / "cards").glob("*.json")]
    assert {path.stem for path in cards} <= {*recipes}
    for model, recipe in recipes.values():
        if recipe.card is not None:
            assert recipe.card["recipe"] == recipe.name
            assert recipe.card["model"] == model.name
            assert recipe.card["paper"] == dataclasses.asdict(model.paper)


def test_every_model_has_a_recipe():
    assert not [m.name for m in catalogue.models() if not m.recipes]


def test_the_table_of_the_readme(root):
    text = documents(root)["README.md"]
    assert "old" not in text
    (row,) = [line for line in text.splitlines() if "[Toy]" in line]
    assert row == (
        "| [Toy](docs/models/toy.md) | [small_games/toy.py]"
        "(keras_gan_zoo/models/small_games/toy.py) | [Doe and Roe 2020]"
        "(https://example.org/1) | [toy_mnist](recipes/toy_mnist.py) | 1,200 | "
        "`loss` 1.23 to none; `mae` 0.5 to 0.1 (identity 0.347) |"
    )
    picture = "![Toy GAN, MNIST](docs/images/toy_mnist.png)"
    _, between = text.split("\nbetween\n")
    assert picture in between and between.endswith("-->\nafter\n")
    # Written again, nothing changes.
    (root / "README.md").write_text(text)
    assert documents(root)["README.md"] == text


def test_pictures_that_the_readme_shows_are_shown_once(root):
    path = root / "README.md"
    path.write_text(README.replace("another.png", "toy_mnist.png"))
    text = documents(root)["README.md"]
    assert text.count("docs/images/toy_mnist.png") == 1


def test_the_page_of_a_model(root):
    text = documents(root)["docs/models/toy.md"]
    for line in (
        "# Toy GAN",
        "![Samples of toy_mnist](../images/toy_mnist.png)",
        "Doe and Roe, 2020. *A Game.* <https://example.org/1>",
        "A toy.",
        "It plays.",
        "In tests.",
        "The model is [`Toy`](../../keras_gan_zoo/models/small_games/toy.py), "
        "of the family *small games*.",
        "The recipe is [toy_mnist](../../recipes/toy_mnist.py). Its run on "
        "MNIST with `--preset quick` made 1,200 generator updates in 4 minutes "
        "on CPU, 2 cores, with seed 3.",
        r"| `loss` | 1.23 | none | a \| b. |",
        "| `mae` | 0.1 | identity 0.347 | 7 pairs |",
        "| Biases | none | no reason |",
    ):
        assert line in text.splitlines()
    assert "Args" not in text


def test_departures_and_gallery(root):
    texts = documents(root)
    row = "| [Toy](models/toy.md) | Biases | none | no reason |"
    assert row in texts["docs/departures.md"].splitlines()
    assert "![Toy GAN, MNIST](images/toy_mnist.png)" in texts["docs/gallery.md"]


def test_a_recipe_without_a_run_has_no_numbers(root):
    (root / "docs/cards/toy_mnist.json").unlink()
    texts = documents(root)
    assert "(recipes/toy_mnist.py) |  | not yet |" in texts["README.md"]
    assert "Its run" not in texts["docs/models/toy.md"]


def test_a_run_gives_its_card_and_its_last_picture(root, tmp_path):
    training = tmp_path / "run" / "training"
    training.mkdir(parents=True)
    card = json.dumps({**CARD, "generator_updates": 99})
    (training / "card.json").write_text(card)
    for number in (0, 2, 10):
        (training / f"epoch_{number:04d}.png").write_text(str(number))
    make_zoo.take(tmp_path / "run", root)
    assert (root / "docs/images/toy_mnist.png").read_text() == "10"
    assert "| 99 |" in documents(root)["README.md"]


def test_a_folder_without_a_card_is_refused(root, tmp_path):
    with pytest.raises(ValueError, match="finished.*Received: folder='.*nor"):
        make_zoo.take(tmp_path / "nor", root)
