"""A few samples of each kind, made by formulas."""

import io

import numpy as np

LETTERS = list(" abcdefghijklmnopqrstuvwxyz.,")


def ring(number=64, seed=0):
    """Points around eight places on a circle of radius 2."""
    rng = np.random.default_rng(seed)
    angles = rng.integers(8, size=number) * np.pi / 4
    places = 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = places + rng.normal(scale=0.08, size=places.shape)
    return points.astype("float32")


def tables(number, size=24):
    """Tables and chairs of several sizes, as volumes."""
    rng = np.random.default_rng(3)
    volumes = np.zeros((number, size, size, size, 1), "float32")
    for index, volume in enumerate(volumes):
        start, stop = rng.integers(1, 6), size - rng.integers(1, 6)
        top, thick = rng.integers(6, 14), rng.integers(2, 4)
        volume[start:stop, top : top + thick, start:stop] = 1.0
        for depth in (start, stop - thick):
            for width in (start, stop - thick):
                volume[depth : depth + thick, top:, width : width + thick] = 1.0
        if index % 2:
            volume[stop - thick : stop, 1:top, start:stop] = 1.0
    return volumes


def chirps(number, length=4096, sample_rate=8000):
    """Tones that rise or fall, and fade."""
    time = np.arange(length) / sample_rate
    rates = np.linspace(-1500.0, 3000.0, number)[:, None]
    phase = 2.0 * np.pi * (1200.0 * time + rates * time**2)
    tones = 0.8 * np.sin(phase) * np.exp(-4.0 * time)
    return tones[..., None].astype("float32")


def melodies(number, length=64, pitches=48):
    """Broken chords over held bass notes, as piano rolls."""
    rolls = np.zeros((number, length, pitches), "float32")
    for index, roll in enumerate(rolls):
        for beat in range(0, length, 16):
            root = 5 + (beat // 16 * (5 + index)) % 12
            roll[beat : beat + 16, root] = 0.7
            for note in range(8):
                pitch = root + 12 + [0, 4, 7, 12, 16, 12, 7, 4][note]
                start = beat + 2 * note
                roll[start : start + 2, pitch] = 1.0 - 0.06 * note
    return rolls


def sentences():
    """Tokens of `LETTERS`, `(4, 72)`."""
    texts = [
        "the generator writes. the discriminator reads, and is not sure.",
        "letters are tokens too, and so are words.",
        "what is longer than a line goes on in the next one, as it should.",
        "",
    ]
    numbers = [[LETTERS.index(letter) for letter in t.ljust(72)] for t in texts]
    return np.array(numbers, "int32")


def people(number, seed=0):
    """Rows of a table: age, income, height, share."""
    rng = np.random.default_rng(seed)
    rows = [
        rng.normal(42.0, 12.0, number),
        rng.lognormal(8.0, 0.5, number),
        rng.normal(1.72, 0.09, number),
        rng.uniform(size=number),
    ]
    return np.stack(rows, axis=1).astype("float32")


PEOPLE = ["age", "income", "height", "share"]


def read_npz(content):
    """Returns the arrays of the content of a file."""
    with np.load(io.BytesIO(content)) as file:
        return dict(file)
