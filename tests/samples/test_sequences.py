"""Sequences and piano rolls."""

import numpy as np
import pytest

from keras_gan_zoo import samples
from keras_gan_zoo.drawings import rolls
from keras_gan_zoo.drawings.colors import heat


def test_time_goes_right_and_features_go_up():
    values = np.zeros((4, 3))
    values[3, 2] = 1.0  # Last step, last feature.
    picture = rolls.roll(values, (0.0, 1.0), 6, 8)
    bright = (picture == heat(np.array(1.0))).all(axis=-1)
    assert bright[:2, 6:].all() and bright.sum() == 4


def test_sequences_that_never_change_are_drawn():
    samples.Sequences().picture(np.ones((2, 4, 3), "float32"), 2)


def note_events(content):
    """Returns `(tick, byte, pitch, velocity)` of a file of one track."""
    assert content[:4] == b"MThd" and content[14:18] == b"MTrk"
    assert int.from_bytes(content[18:22]) == len(content) - 22
    position, tick, events = 22, 0, []
    while True:
        delta = 0
        while True:
            byte = content[position]
            delta, position = delta << 7 | byte & 0x7F, position + 1
            if byte < 0x80:
                break
        tick += delta
        if content[position] == 0xFF:
            if content[position + 1] == 0x2F:
                return tick, events
            assert content[position : position + 3] == b"\xff\x51\x03"
            assert int.from_bytes(content[position + 3 : position + 6]) == 10**6
            position += 6
            continue
        events.append((tick, *content[position : position + 3]))
        position += 3


def test_a_midi_file_has_each_note_once():
    roll = np.zeros((1, 300, 12), "float32")
    roll[0, 0:2, 0] = 1.0
    roll[0, 2:200, 7] = 0.5
    roll[0, 5, 8] = 0.49  # Too soft.
    roll[0, 298:, 7] = 0.8
    content = samples.PianoRolls(60, 4).to_file(roll)
    assert content[8:14] == bytes([0, 0, 0, 1, 0, 4])
    end, events = note_events(content)
    assert end == 300
    assert events == [
        (0, 0x90, 60, 127),
        (2, 0x90, 60, 0),
        (2, 0x90, 67, 64),
        (200, 0x90, 67, 0),
        (298, 0x90, 67, 102),
        (300, 0x90, 67, 0),
    ]


def test_pitches_are_those_of_midi():
    with pytest.raises(ValueError, match="from 100 to 147"):
        samples.PianoRolls(100).check(np.zeros((1, 4, 48), "float32"))
    with pytest.raises(ValueError, match="velocities by 127"):
        samples.PianoRolls().check(np.full((1, 4, 48), 64.0, "float32"))
