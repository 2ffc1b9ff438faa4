"""Waveforms, as sound and as pictures."""

import io
import wave

import numpy as np
import pytest

from keras_gan_zoo import samples
from keras_gan_zoo.drawings import sound


def test_a_wav_has_rate_channels_and_values():
    values = np.array([[0.0, 1.0], [0.5, -1.0], [-0.25, 2.0**-15]], "float32")
    content = samples.Waveforms(8000).to_file(values[None])
    with wave.open(io.BytesIO(content)) as file:
        assert file.getframerate() == 8000 and file.getsampwidth() == 2
        read = np.frombuffer(file.readframes(9), "<i2").reshape(3, 2)
    expected = [[0, 32767], [16384, -32768], [-8192, 1]]
    np.testing.assert_array_equal(read, expected)


def test_a_tone_is_a_line_at_its_frequency():
    tone = np.sin(2 * np.pi * 1000 * np.arange(4000) / 8000)
    picture = sound.spectrogram(tone, 80, 64).astype(int).sum(axis=-1)
    rows = picture.argmax(axis=0)
    # 1,000 of 4,000 Hz, from below.
    assert np.abs(79 - rows - 79 * 0.25).max() <= 1
    assert picture[:40, 8:-8].max() < 100  # And nothing an octave higher.


def test_a_waveform_is_drawn_without_gaps_and_to_its_peaks():
    values = np.zeros(5000)
    values[1234] = 1.0
    values[4321] = -0.5
    picture = sound.waveform(values, 41, 100)
    rows = np.argwhere((picture < 128).all(axis=-1) | (picture[..., 0] < 100))
    columns = {*rows[:, 1]}
    assert columns == {*range(100)}
    assert rows[rows[:, 1] == 24, 0].min() == 0
    assert rows[rows[:, 1] == 86, 0].max() == 30


def test_fewer_values_than_pixels_are_joined():
    picture = sound.waveform(np.array([-1.0, 1.0]), 21, 64)
    inked = picture[..., 0] < 200
    assert inked.any(axis=0).all()
    assert inked[20, 0] and inked[0, 63] and inked[10, 31:33].any()


def test_other_ranges_are_refused():
    loud = np.full((2, 8, 1), 300.0, "float32")
    with pytest.raises(ValueError, match=r"in \[-1, 1\].*to 300.*32768"):
        samples.Waveforms(8000).check(loud)


def test_the_rate_is_a_number():
    with pytest.raises(ValueError, match="sample_rate"):
        samples.Waveforms(0.5)


@pytest.mark.parametrize("length", [1, 2, 9, 100])
def test_short_ones_are_drawn(length):
    samples.Waveforms(8000).picture(np.zeros((1, length, 1), "float32"), 1)
