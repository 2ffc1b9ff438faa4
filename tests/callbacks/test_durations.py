import pytest

from keras_gan_zoo.callbacks import durations


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0.2, "0 s"),
        (89, "89 s"),
        (91, "2 min"),
        (12 * 60, "12 min"),
        (90 * 60, "2 h"),
        (31 * 3600, "31 h"),
        (5.2 * 86400, "5.2 days"),
    ],
)
def test_durations_in_words(seconds, words):
    assert durations.in_words(seconds) == words
