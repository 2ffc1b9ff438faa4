"""What the docstrings of models and recipes say, for cards and documents.

The module of a model begins with its paper:

    \"""LSGAN: Least Squares Generative Adversarial Networks.

    Mao, Li, Xie, Lau, Wang and Smolley, 2017
    https://arxiv.org/abs/1611.04076
    \"""

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
    head, *paragraphs = (docstring or "").strip().split("\n\n")
    title = re.fullmatch(r"(.+?): (.+)\.", " ".join(head.split()))
    if title is None or not paragraphs:
        return None
    source = re.fullmatch(
        r"(.+), (\d{4}) (https?://\S+)", " ".join(paragraphs[0].split())
    )
    if source is None:
        return None
    authors, year, link = source.groups()
    return Paper(title[1], title[2], authors, int(year), link)
