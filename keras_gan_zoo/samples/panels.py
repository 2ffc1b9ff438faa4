"""Kinds of which a picture shows many samples together."""

import numpy as np

from keras_gan_zoo import images
from keras_gan_zoo.samples.kind import Kind


class PanelKind(Kind):
    """A kind whose samples say little one by one: each row is one panel."""

    picture_rows = 1

    def picture(self, samples, columns, shown=None):
        samples = self.drawable(samples)
        if shown is None:
            shown = np.ones(len(samples), bool)
        rows = [slice(i, i + columns) for i in range(0, len(samples), columns)]
        panels = self.panels([samples[row][shown[row]] for row in rows])
        return images.uint8_grid(np.stack(panels), 1)

    def panels(self, groups):
        """Draws a panel of each group of samples.

        Args:
            groups: List of arrays `(number, ...)`, float32 and finite. Some
                may be empty.

        Returns:
            List of arrays of bytes of one shape, `(height, width, channels)`
            with 1 or 3 channels.
        """
        raise NotImplementedError
