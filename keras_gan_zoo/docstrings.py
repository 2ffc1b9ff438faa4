"""What the docstrings of models and recipes say, for cards and documents.

The module of a model begins with its paper, and says what it is for:

    \"""LSGAN: Least Squares Generative Adversarial Networks.

    Mao, Li, Xie, Lau, Wang and Smolley, 2017
    https://arxiv.org/abs/1611.04076

    When to use it: in place of `DCGAN`, when the generator stops learning.
    \"""

That of a recipe explains what to watch in the log, and says how its run
differs from the paper's. In each point, what the paper has comes before
"Here", and the reason after the colon:

    In the log:
    - `discriminator_loss`: 0.25 if it can only guess.

    Departures of `--preset paper`:
    - Biases in all layers. Here none: normalization would take them away.

Nothing here imports TensorFlow, since documents are built from the text of
files.
"""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Paper:
    """Where a model comes from.

    Args:
        short: String, the model's name in the literature, such as `"LSGAN"`.
        title: String, of the paper.
        authors: String, their last names.
        year: Integer, of publication.
        link: String, an address of the paper.
    """

    short: str
    title: str
    authors: str
    year: int
    link: str

    @property
    def citation(self):
        """String, such as `"Mao et al. 2017"`."""
        names = re.split(r", | and ", self.authors)
        if len(names) > 2:
            return f"{names[0]} et al. {self.year}"
        return f"{' and '.join(names)} {self.year}"


def paper_of(docstring):
    """Returns the paper that a model's module is of.

    Args:
        docstring: String, of the module, see above.

    Returns:
        `Paper`, or `None` if the docstring doesn't begin with one.
    """
    head, *paragraphs = _paragraphs(docstring)
    title = re.fullmatch(r"(.+?): (.+)\.", head)
    if title is None or not paragraphs:
        return None
    source = re.fullmatch(r"(.+), (\d{4}) (https?://\S+)", paragraphs[0])
    if source is None:
        return None
    authors, year, link = source.groups()
    return Paper(title[1], title[2], authors, int(year), link)


@dataclasses.dataclass(frozen=True)
class Departure:
    """A point in which a recipe differs from its paper.

    Args:
        paper: String, what the paper or its authors' code has.
        ours: String, what is here.
        reason: String, why.
    """

    paper: str
    ours: str
    reason: str


def when_to_use(docstring):
    """Returns what a model's module says of its use, or `None`."""
    for paragraph in _paragraphs(docstring):
        head, _, text = paragraph.partition("When to use it: ")
        if not head and text:
            return text[0].upper() + text[1:]
    return None


def idea(docstring):
    """Returns the paragraphs of a class's docstring that come before `Args`."""
    text, *_ = (docstring or "").split("\n\nArgs:")
    return _paragraphs(text)


def log_keys(docstring):
    """Returns what a recipe says of its log, a dictionary by the keys there.

    Where keys are explained together, each has the whole explanation.
    """
    explained = {}
    for point in _points(docstring, "In the log"):
        names, _, text = point.partition(": ")
        for name in re.findall(r"`(\w+)`", names):
            explained[name] = text
    return explained


def departures(docstring):
    """Returns the list of a recipe's `Departure`s.

    Raises:
        ValueError: If a point isn't of the form above.
    """
    found = []
    for point in _points(docstring, "Departures"):
        parts = re.fullmatch(r"(.+?)\. Here (.+?): (.+)\.", point)
        if parts is None:
            raise ValueError(
                "A departure must have the form '<of the paper>. Here "
                f"<ours>: <reason>.' Received: {point!r}."
            )
        found.append(Departure(*parts.groups()))
    return found


def _paragraphs(docstring):
    paragraphs = re.split(r"\n\s*\n", (docstring or "").strip())
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _points(docstring, title):
    """Returns the points of the list with a title, each in one line."""
    match = re.search(
        rf"^{title}[^:\n]*:\n((?:(?:- |  ).+\n?)+)", docstring or "", re.M
    )
    if match is None:
        return []
    points = re.split(r"^- ", match[1], flags=re.M)
    return [" ".join(point.split()) for point in points if point.strip()]
