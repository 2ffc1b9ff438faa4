import numpy as np
import pytest

from keras_gan_zoo.growth import Growth, require_growth


@pytest.mark.parametrize(
    "images, expected",
    [
        (0, 0.0),
        (100, 0.0),
        (101, 0.025),
        (110, 0.25),
        (139, 0.975),
        (140, 1.0),
        (240, 1.0),
        (250, 1.25),
        (280, 2.0),
        (10**12, 2.0),
    ],
)
def test_fades_are_in_proportion_to_the_images_seen(images, expected):
    growth = Growth(stable_images=100, fade_images=40).at(images, levels=2)
    np.testing.assert_allclose(growth, expected, rtol=1e-7)
    # Whole numbers are exact, or a stable size would be a fade.
    assert (growth == int(growth)) == (expected == int(expected))


def test_each_size_can_have_numbers_of_its_own():
    growth = Growth(stable_images=[10, 20], fade_images=[8, 2])
    images = [10, 14, 18, 38, 39, 40]
    expected = [0.0, 0.5, 1.0, 1.0, 1.5, 2.0]
    assert [float(growth.at(seen, 2)) for seen in images] == expected
    copy = Growth.from_config(growth.get_config())
    assert [float(copy.at(seen, 2)) for seen in images] == expected


def test_the_paper_has_800_000_images_in_each_stage():
    at = Growth().at
    assert float(at(800_000, 8)) == 0.0
    assert float(at(1_200_000, 8)) == 0.5
    assert float(at(1_600_000, 8)) == 1.0
    assert float(at(8 * 1_600_000, 8)) == 8.0


def test_networks_of_one_size_do_not_grow():
    assert Growth().at(10**9, 0) == 0.0


@pytest.mark.parametrize("numbers", [0, [1, 0], 1.5])
def test_numbers_of_images_are_positive_integers(numbers):
    for name in ("stable_images", "fade_images"):
        with pytest.raises(ValueError, match=name):
            Growth(**{name: numbers})


def test_lists_have_a_number_for_each_doubling():
    with pytest.raises(ValueError, match="each of 2 doublings"):
        require_growth(Growth(fade_images=[1, 2, 3]), 2)
    with pytest.raises(ValueError, match="Received: growth=5"):
        require_growth(5, 2)
