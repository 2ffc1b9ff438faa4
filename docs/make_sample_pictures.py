"""Draws docs/images/samples_*.png: a picture of each kind of samples.

    PYTHONPATH=. python docs/make_sample_pictures.py

The samples are not of models: tests/samples/examples.py makes them by formulas.
"""

import pathlib

import numpy as np

from keras_gan_zoo import samples
from keras_gan_zoo.pictures import write_picture
from tests.samples import examples


def stickers(number, size=48):
    """Returns discs of a colour, with an alpha channel."""
    rows, columns = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    distance = np.hypot(rows, columns)
    alpha = np.clip((0.85 - distance) * size / 2, 0.0, 1.0) * 2.0 - 1.0
    shade = 0.4 - rows * 0.5
    images = [
        np.stack([shade, columns * phase, shade * -phase, alpha], axis=-1)
        for phase in np.linspace(-1.0, 1.0, number)
    ]
    return np.clip(images, -1.0, 1.0).astype("float32")


PICTURES = {
    "images": (samples.Images(), stickers(8), 8),
    "points": (samples.Points(reach=2.8), examples.ring(1024), 1024),
    "volumes": (samples.Volumes(), examples.tables(8), 4),
    "waveforms": (samples.Waveforms(8000), examples.chirps(4), 2),
    "piano_rolls": (samples.PianoRolls(), examples.melodies(4), 2),
    "tokens": (samples.Tokens(examples.LETTERS), examples.sentences()[:3], 1),
    "tables": (samples.Tables(examples.PEOPLE), examples.people(6), 6),
}


def main():
    folder = pathlib.Path(__file__).with_name("images")
    for name, (kind, batch, columns) in PICTURES.items():
        kind.check(batch)
        picture = kind.picture(batch, columns)
        write_picture(picture, folder / f"samples_{name}.png")


if __name__ == "__main__":
    main()
