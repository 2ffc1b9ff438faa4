"""Draws docs/images/failure_signs.png: the signs of five broken games.

    PYTHONPATH=. python docs/make_failure_signs.py

The games are those of tests/callbacks/test_doctor.py, on the ring of eight
Gaussians, and take a minute or two. It prints what the doctor said.
"""

import math
import pathlib

from PIL import Image, ImageDraw, ImageFont

from keras_gan_zoo.callbacks import Doctor, diagnosis, failures
from tests.callbacks import test_doctor

WIDTH, HEIGHT, MARGIN, TOP = 300, 200, 34, 44
STEPS, EVERY = 1000, 20
BROKEN, HEALTHY, BOUND = "#c03020", "#2050a0", "#a0a0a0"

# Failure, the game, the sign to look at, its range and its bound.
PANELS = [
    (
        failures.NAN,
        lambda: test_doctor.stepwise(test_doctor.healthy()),
        ("discriminator_gradient_norm", 1e-2, 1e1, None),
    ),
    (
        failures.MODE_COLLAPSE,
        test_doctor.collapsing,
        ("sample_distance", 1e-4, 1e1, diagnosis._ALIKE),
    ),
    (
        failures.STRONG_DISCRIMINATOR,
        test_doctor.overpowering,
        ("discriminator_signal", 1e-10, 1e1, diagnosis._VANISHED),
    ),
    (
        failures.OSCILLATION,
        lambda: test_doctor.healthy(rate=0.1),
        ("sample_distance", 1e-2, 1e1, None),
    ),
    (
        failures.PENALTY_BLOW_UP,
        test_doctor.steep,
        ("critic_slope", 1e-2, 1e6, diagnosis._STEEP),
    ),
]


class Recorder(Doctor):
    """A doctor who keeps every examination."""

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.all = []

    def on_train_batch_end(self, batch, logs=None):
        before = self._examinations[-1:]
        super().on_train_batch_end(batch, logs)
        if self._examinations[-1:] != before:
            self.all.append(self._examinations[-1])


def record(gan, poisoned):
    """Returns the doctor of a whole training."""
    data = test_doctor.ring(64 * gan.discriminator_steps)
    if poisoned:
        data = test_doctor.poisoned(500, number=STEPS)
    doctor = Recorder(test_doctor.ring(seed=1), every_steps=EVERY)
    gan.fit(data, steps_per_epoch=STEPS, callbacks=[doctor], verbose=0)
    return doctor


def curve(doctor, name, low, high):
    """Returns the points of one sign in a panel, on a logarithmic scale."""
    points = []
    for examination in doctor.all:
        value = examination[name]
        if math.isfinite(value):
            x = (examination["step"] - diagnosis.GRACE_STEPS) / STEPS
            points.append((x, place(value, low, high)))
    return [(MARGIN + x * (WIDTH - MARGIN - 8), y) for x, y in points]


def place(value, low, high):
    clipped = min(max(value, low), high)
    share = math.log(clipped / low) / math.log(high / low)
    return HEIGHT - 24 - share * (HEIGHT - 24 - TOP)


def panel(failure, healthy, doctor, name, low, high, bound):
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=12)
    title, _, _ = failure.partition(",")
    draw.text((MARGIN, 4), title, "black", ImageFont.load_default(size=15))
    draw.text((MARGIN, 24), name, "black", font)
    draw.rectangle((MARGIN, TOP, WIDTH - 8, HEIGHT - 24), outline="black")
    for value in (low, high):
        text = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
        draw.text((2, place(value, low, high) - 7), text, "black", font)
    draw.text((MARGIN, HEIGHT - 18), "0", "black", font)
    draw.text((WIDTH - 70, HEIGHT - 18), f"{STEPS:,} steps", "black", font)
    if bound is not None:
        y = place(bound, low, high)
        draw.line((MARGIN, y, WIDTH - 8, y), BOUND)
    for finding in doctor.findings:
        x = (finding.step - diagnosis.GRACE_STEPS) / STEPS
        x = MARGIN + x * (WIDTH - MARGIN - 8)
        draw.line((x, TOP, x, HEIGHT - 24), BOUND, width=3)
    draw.line(curve(healthy, name, low, high), HEALTHY, width=2)
    draw.line(curve(doctor, name, low, high), BROKEN, width=2)
    return picture


def main():
    healthy = record(test_doctor.healthy(), poisoned=False)
    strip = Image.new("RGB", (WIDTH * 3, HEIGHT * 2), "white")
    for index, (failure, build, sign) in enumerate(PANELS):
        doctor = record(build(), poisoned=failure == failures.NAN)
        corner = (WIDTH * (index % 3), HEIGHT * (index // 3))
        strip.paste(panel(failure, healthy, doctor, *sign), corner)
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(size=15)
    for row, (text, color) in enumerate(
        [
            ("a healthy game", HEALTHY),
            ("a broken one", BROKEN),
            ("bound; the step it was named", BOUND),
        ]
    ):
        y = HEIGHT + 60 + 26 * row
        draw.line((WIDTH * 2 + 40, y + 9, WIDTH * 2 + 70, y + 9), color, 3)
        draw.text((WIDTH * 2 + 80, y), text, "black", font)
    folder = pathlib.Path(__file__).parent / "images"
    strip.save(folder / "failure_signs.png", optimize=True)


if __name__ == "__main__":
    main()
