"""What documents and cards take from the docstrings of models and recipes."""

import ast
import pathlib

import pytest

from keras_gan_zoo import docstrings
from keras_gan_zoo.docstrings import Departure

ROOT = pathlib.Path(__file__).parents[1]

MODEL = """DCGAN: A Title of
Two Lines.

Radford, Metz and Chintala, 2016
https://arxiv.org/abs/1511.06434

When to use it: always, when
there is time.
"""

RECIPE = """DCGAN on MNIST.

It says: nothing. Here is none: of that.

In the log:
- `loss`: 1.39 if
  it can only guess.
- `fid`, `is`: of a classifier.

Departures of `--preset paper`:
- A rate of 0.5, in
  the code. Here 1e-5: the paper: it has none.
- Biases. Here none, as in `Dense`: why not.
"""


def of(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_paper_of_a_model():
    paper = docstrings.paper_of(MODEL)
    assert paper == docstrings.Paper(
        short="DCGAN",
        title="A Title of Two Lines",
        authors="Radford, Metz and Chintala",
        year=2016,
        link="https://arxiv.org/abs/1511.06434",
    )


@pytest.mark.parametrize(
    "authors, citation",
    [
        ("Radford, Metz and Chintala", "Radford et al. 2016"),
        ("Mirza and Osindero", "Mirza and Osindero 2016"),
        ("Karras", "Karras 2016"),
    ],
)
def test_citations(authors, citation):
    text = MODEL.replace("Radford, Metz and Chintala", authors)
    assert docstrings.paper_of(text).citation == citation


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "A helper.",
        "A: B.",
        "A: B.\n\nNobody\nhttps://arxiv.org/abs/1",
        MODEL.replace("https://arxiv.org/abs/1511.06434", ""),
    ],
)
def test_what_is_of_no_paper_has_none(text):
    assert docstrings.paper_of(text) is None


def test_when_to_use_a_model():
    assert docstrings.when_to_use(MODEL) == "Always, when there is time."
    assert docstrings.when_to_use(RECIPE) is None


def test_the_idea_ends_where_arguments_begin():
    text = "One line.\n\nMore\nof it.\n\nArgs:\n    x: A."
    assert docstrings.idea(text) == ["One line.", "More of it."]


def test_what_is_in_the_log():
    assert docstrings.log_keys(RECIPE) == {
        "loss": "1.39 if it can only guess.",
        "fid": "of a classifier.",
        "is": "of a classifier.",
    }
    assert docstrings.log_keys(MODEL) == {}


def test_departures_have_three_parts():
    assert docstrings.departures(RECIPE) == [
        Departure(
            "A rate of 0.5, in the code", "1e-5", "the paper: it has none"
        ),
        Departure("Biases", "none, as in `Dense`", "why not"),
    ]
    assert docstrings.departures(MODEL) == []


@pytest.mark.parametrize("point", ["Biases.", "Biases. Here none.", "Here: a."])
def test_a_departure_of_another_form_is_refused(point):
    with pytest.raises(ValueError, match="Here <ours>: <reason>.*Received"):
        docstrings.departures(f"A.\n\nDepartures:\n- {point}\n")


def test_each_recipe_of_a_paper_says_how_it_departs():
    for path in (ROOT / "recipes").glob("*.py"):
        if "paper={" in path.read_text(encoding="utf-8"):
            assert docstrings.departures(of(path)), path.name
            assert docstrings.log_keys(of(path)), path.name


def test_each_model_says_of_which_paper_it_is_and_what_for():
    for path in (ROOT / "keras_gan_zoo" / "models").rglob("*.py"):
        if path.name != "__init__.py" and path.parent.name != "base":
            assert docstrings.paper_of(of(path)), path.name
            assert docstrings.when_to_use(of(path)), path.name
