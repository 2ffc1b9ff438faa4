"""Points."""

import keras
import numpy as np

from keras_gan_zoo.drawings import scatter
from keras_gan_zoo.samples.panels import PanelKind

_SIZE = 240  # Of a panel, in pixels.


@keras.saving.register_keras_serializable("keras_gan_zoo")
class Points(PanelKind):
    """Points of shape `(coordinates,)`, finite floats.

    They are served as they are, and as CSV files with a line for each point.
    Pictures are scatter plots of the first two coordinates, one plot for each
    row of samples, or histograms if there is one coordinate.

    Args:
        reach: Float, pictures show coordinates from `-reach` to `reach`. By
            default they show all points of the picture; give a number for
            pictures that can be compared.
    """

    name = "points"
    axes = ("batch", "coordinates")
    suffix = "csv"
    picture_columns = 1024

    def __init__(self, reach=None):
        if reach is not None and not reach > 0.0:
            raise ValueError(
                "`reach` must be a positive number, or None for what holds all "
                f"points. Received: reach={reach!r}."
            )
        self.reach = reach

    def panels(self, groups):
        is_line = groups[0].shape[-1] == 1
        groups = [np.repeat(group, 1 + is_line, axis=1) for group in groups]
        limits = self._limits(np.concatenate(groups)[:, :2])
        if is_line:
            return [scatter.histogram(g[:, 0], limits, _SIZE) for g in groups]
        return [scatter.scatter(g[:, :2], limits, _SIZE) for g in groups]

    def _limits(self, points):
        if self.reach is not None:
            return np.array([[-self.reach] * 2, [self.reach] * 2])
        if not len(points):
            return np.array([[-1.0] * 2, [1.0] * 2])
        return scatter.range_of(points)

    def get_config(self):
        return {"reach": self.reach}
