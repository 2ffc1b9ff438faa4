"""The zoo as its files say it: models, recipes, and the cards of their runs.

Files are read as text, so that the documents are built in a second.
"""

import ast
import dataclasses
import json
import pathlib

from keras_gan_zoo import docstrings

ROOT = pathlib.Path(__file__).parents[1]

_DATA = {
    "cifar10": "CIFAR-10",
    "fashion_mnist": "Fashion-MNIST",
    "mnist": "MNIST",
}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A script that trains a model.

    Args:
        name: String, of its file.
        model: String, the class that it trains.
        card: Dictionary, see `keras_gan_zoo.recipe.cards`; `None` if no run
            was recorded.
        picture: String, the path of its samples from `docs`; `None` if there
            is none.
        log_keys: Dictionary of what it says of its log.
        departures: List of `docstrings.Departure`.
    """

    name: str
    model: str
    card: dict | None
    picture: str | None
    log_keys: dict
    departures: list

    @property
    def data(self):
        """String, what its run was on, such as `"CIFAR-10"`."""
        if self.card is None:
            return "no run yet"
        return _DATA.get(self.card["dataset"], self.card["dataset"])


@dataclasses.dataclass(frozen=True)
class Model:
    """A model of a paper.

    Args:
        name: String, of its class.
        path: String, of its file from the root of the repository.
        paper: `docstrings.Paper`.
        idea: List of strings, paragraphs.
        when_to_use: String.
        departures: List of `docstrings.Departure`, of the model itself.
        recipes: List of `Recipe`.
    """

    name: str
    path: str
    paper: docstrings.Paper
    idea: list
    when_to_use: str | None
    departures: list
    recipes: list

    @property
    def page(self):
        """String, the path of its page from `docs`."""
        return f"models/{pathlib.Path(self.path).stem}.md"

    @property
    def family(self):
        """String, such as `"high resolution"`."""
        return pathlib.Path(self.path).parent.name.replace("_", " ")


def models(root=ROOT):
    """Returns the `Model`s of all papers, in the order of their years.

    Args:
        root: Path of the repository.
    """
    trained = list(_recipes(root))
    found = []
    for path in sorted((root / "keras_gan_zoo" / "models").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstring = ast.get_docstring(tree)
        paper = docstrings.paper_of(docstring)
        if paper is None:
            continue  # What models share.
        definition = _model_class(tree)
        found.append(
            Model(
                name=definition.name,
                path=path.relative_to(root).as_posix(),
                paper=paper,
                idea=docstrings.idea(ast.get_docstring(definition)),
                when_to_use=docstrings.when_to_use(docstring),
                departures=docstrings.departures(docstring),
                recipes=[r for r in trained if r.model == definition.name],
            )
        )
    # Those of arXiv have their month in the link.
    return sorted(found, key=lambda model: (model.paper.year, model.paper.link))


def _recipes(root):
    """Yields the recipes that end in `recipe.run`."""
    docs = root / "docs"
    for path in sorted((root / "recipes").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "\nrecipe.run(" not in text:
            continue
        tree = ast.parse(text)
        docstring = ast.get_docstring(tree)
        card = docs / "cards" / f"{path.stem}.json"
        picture = docs / "images" / f"{path.stem}.png"
        yield Recipe(
            name=path.stem,
            model=_trained_model(tree),
            card=(
                json.loads(card.read_text(encoding="utf-8"))
                if card.exists()
                else None
            ),
            picture=f"images/{picture.name}" if picture.exists() else None,
            log_keys=docstrings.log_keys(docstring),
            departures=docstrings.departures(docstring),
        )


def _model_class(tree):
    """Returns the class of a module that has a `train_step`."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            if "train_step" in {getattr(n, "name", None) for n in node.body}:
                return node
    raise ValueError("A module with a paper must define a model.")


def _trained_model(tree):
    """Returns the name that a recipe imports of the models."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.module == "keras_gan_zoo.models":
                return node.names[0].name
    return None
