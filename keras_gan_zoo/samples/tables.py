"""Tables."""

import keras

from keras_gan_zoo.drawings import lettering
from keras_gan_zoo.samples.panels import PanelKind

_WIDTH = 11  # Letters of a column in pictures.
_MOST = 8  # Columns in pictures.


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Tables(PanelKind):
    """Rows of a table, finite floats of shape `(columns,)`.

    They are served as they are, and as CSV files with a line for each row
    beneath the names of the columns. Pictures show the numbers of the first
    eight columns.

    Args:
        columns: List of strings, the name of each column.
    """

    name = "tables"
    axes = ("batch", "columns")
    suffix = "csv"
    picture_columns = 16

    def __init__(self, columns):
        columns = list(columns)
        are_names = all(isinstance(name, str) and name for name in columns)
        if not columns or not are_names or len({*columns}) < len(columns):
            raise ValueError(
                "`columns` must be a list of names, all different. Received: "
                f"columns={columns!r:.80}. Name each column of the data."
            )
        self.columns = columns

    def require(self, samples):
        super().require(samples)
        if samples.shape[-1] != len(self.columns):
            raise ValueError(
                f"Expected tables of {len(self.columns)} columns. Received: "
                f"shape {tuple(samples.shape)}. Name as many columns as there "
                "are."
            )

    def panels(self, groups):
        shown = self.columns[:_MOST]
        heading = "".join(f"{name[:_WIDTH - 2]:>{_WIDTH}}" for name in shown)
        height = 1 + max(map(len, groups))
        return [
            lettering.page(
                [heading, *map(_line, group[:, :_MOST])],
                height,
                len(heading) + 1,
                bold=[0],
            )
            for group in groups
        ]

    def get_config(self):
        return {"columns": self.columns}


def _line(row):
    return "".join(f"{value:>{_WIDTH}.4g}" for value in row)
