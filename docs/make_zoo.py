"""Writes all that the documents say of the zoo, from docstrings and cards.

    python -m docs.make_zoo [FOLDER ...]

It writes the table and the pictures of README.md, docs/gallery.md,
docs/departures.md and a page for each model in docs/models. Before that, it
takes the card and the last picture of each FOLDER, the `--output` of a recipe,
into docs/cards and docs/images.
"""

import argparse
import json
import pathlib
import re
import shutil

from docs import catalogue, model_pages
from docs.tables import measured, row, table

_COLUMNS = 4
_NOTE = (
    "<!-- Written by `python -m docs.make_zoo`: edit docstrings, not this. -->"
)


def documents(root=catalogue.ROOT):
    """Returns the text of each document, a dictionary by its path."""
    models = catalogue.models(root)
    docs = root / "docs"
    readme = (root / "README.md").read_text(encoding="utf-8")
    pages = {
        root / "README.md": _readme(readme, models),
        docs / "gallery.md": _gallery(models),
        docs / "departures.md": _departures(models),
    }
    for model in models:
        pages[docs / model.page] = f"{_NOTE}\n\n" + model_pages.page(model)
    return pages


def take(folder, root=catalogue.ROOT):
    """Copies the card and the last picture of a run to the documents.

    Args:
        folder: String or path, the `--output` of a recipe.
        root: Path of the repository.

    Raises:
        ValueError: If no run of a recipe has finished there.
    """
    training = pathlib.Path(folder, "training")
    card = training / "card.json"
    if not card.exists():
        raise ValueError(
            "Expected the `--output` of a recipe that has finished, with "
            f"training/card.json. Received: folder={str(folder)!r}."
        )
    name = json.loads(card.read_text(encoding="utf-8"))["recipe"]
    _copy(card, root / "docs" / "cards" / f"{name}.json")
    pictures = sorted(training.glob("epoch_*.png"))
    if pictures:
        _copy(pictures[-1], root / "docs" / "images" / f"{name}.png")


def main(arguments=None):
    """Writes the documents, and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.make_zoo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    try:
        for folder in parser.parse_args(arguments).folders:
            take(folder)
    except ValueError as error:
        parser.error(str(error))
    for path, text in documents().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _copy(source, target):
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)


def _readme(text, models):
    """Returns the README with what lies between its marks written anew."""
    text = _between(text, "zoo table", _zoo_table(models))
    shown, _, _ = text.partition("## Two commands")
    pictures = [
        picture
        for picture in _pictures(models, "docs/")
        if re.search(r"\((.+?)\)", picture)[1] not in shown
    ]
    return _between(text, "zoo pictures", _grid(pictures))


def _between(text, name, content):
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def _zoo_table(models):
    rows = []
    for model in models:
        paper = f"[{model.paper.citation}]({model.paper.link})"
        name = f"[{model.name}](docs/{model.page})"
        file = model.path.removeprefix("keras_gan_zoo/models/")
        code = f"[{file}]({model.path})"
        for recipe in model.recipes or [None]:
            cells = ["", "", ""]
            if recipe is not None:
                link = f"[{recipe.name}](recipes/{recipe.name}.py)"
                cells = [link, *measured(recipe)]
            rows.append([name, code, paper, *cells])
    heads = ["model", "code", "paper", "recipe", "updates"]
    return table([*heads, "first epoch to last"], rows)


def _pictures(models, prefix):
    """Returns the cells with a picture of each recipe."""
    return [
        f"![{model.paper.short}, {recipe.data}]({prefix}{recipe.picture}) "
        f"[{model.paper.short}]({prefix}{model.page}), {recipe.data}"
        for model in models
        for recipe in model.recipes
        if recipe.picture
    ]


def _grid(cells):
    """Returns a table of `_COLUMNS` columns without heads."""
    lines = [row([""] * _COLUMNS), row(["---"] * _COLUMNS)]
    for start in range(0, len(cells), _COLUMNS):
        part = cells[start : start + _COLUMNS]
        lines.append(row(part + [""] * (_COLUMNS - len(part))))
    return "\n".join(lines) + "\n"


def _gallery(models):
    return (
        f"{_NOTE}\n\n# Gallery\n\nThe samples of each recipe after its last "
        "epoch, in the order of the papers. A picture's\nmodel has a page of "
        "its own, with the recipe and what it measured.\n\n"
        + _grid(_pictures(models, ""))
    )


def _departures(models):
    rows = []
    for model in models:
        name = f"[{model.name}]({model.page})"
        for departure in model_pages.departures(model):
            rows.append(
                [name, departure.paper, departure.ours, departure.reason]
            )
    return (
        f"{_NOTE}\n\n# Departures\n\nIn what the models, and their recipes "
        "with `--preset paper`, differ from their papers,\nand why. What "
        "`--preset quick` changes beyond that stands in each recipe.\n\n"
        + table(["model", "the paper or its code", "here", "reason"], rows)
    )


if __name__ == "__main__":
    raise SystemExit(main())
