import io
import warnings

import numpy as np
import pytest

from keras_gan_zoo.metrics import cache, feature_pass
from keras_gan_zoo.metrics.feature_pass import extract_features, images_sha256
from tests import tiny


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(feature_pass, "CHUNK", 10)


def pixels(number=25, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (number, 4, 4, 1), dtype="uint8")


def counted(network):
    """Returns a list that gains the size of each batch that is computed."""
    sizes, compute = [], network._compute

    def count(images):
        sizes.append(len(images))
        return compute(images)

    network._compute = count
    return sizes


def test_features_are_those_of_each_image_in_order():
    images, network = pixels(), tiny.feature_network()
    seen = extract_features(network, images, batch_size=4)
    one_by_one = [network(image[None]) for image in images]
    for part in ("features", "probabilities"):
        expected = np.concatenate([getattr(one, part) for one in one_by_one])
        np.testing.assert_allclose(getattr(seen, part), expected, rtol=1e-5)


def test_a_network_without_classes_has_no_probabilities():
    network = tiny.feature_network(num_classes=None)
    assert extract_features(network, pixels()).probabilities is None


def test_progress_is_told():
    told = []
    extract_features(
        tiny.feature_network(),
        pixels(),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(10, 25), (20, 25), (25, 25)]


@pytest.mark.parametrize("num_classes", [None, 3])
def test_the_cache_gives_the_same_again(tmp_path, num_classes):
    network = tiny.feature_network(num_classes=num_classes)
    sizes = counted(network)
    first = extract_features(network, pixels(), 5, tmp_path)
    assert sum(sizes) == 25
    second = extract_features(network, pixels(), 5, tmp_path)
    assert sum(sizes) == 25
    np.testing.assert_array_equal(first.features, second.features)
    if num_classes:
        np.testing.assert_array_equal(first.probabilities, second.probabilities)
    else:
        assert second.probabilities is None


def test_a_pass_that_broke_off_goes_on(tmp_path):
    network = tiny.feature_network()
    sizes = counted(network)

    def stop(done, total):
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_features(network, pixels(), 5, tmp_path, stop)
    assert sum(sizes) == 20
    extract_features(network, pixels(), 5, tmp_path)
    assert sum(sizes) == 25


def test_the_cache_knows_images_weights_and_resizers_apart(tmp_path):
    network = tiny.feature_network()
    extract_features(network, pixels(10), cache=tmp_path)
    changed = pixels(10)
    changed[3, 0, 0, 0] ^= 1
    others = tiny.feature_network(), tiny.feature_network(resizer="area")
    others[0].sha256 = "6" * 64
    for other, images in (
        (network, changed),
        (network, pixels(10)[::-1]),
        (others[0], pixels(10)),
        (others[1], pixels(10)),
    ):
        sizes = counted(other)
        extract_features(other, images, cache=tmp_path)
        assert sum(sizes) == 10


def flip_a_bit(content, part):
    content = bytearray(content)
    content[int(part * len(content))] ^= 1
    return bytes(content)


def without_digest(content):
    arrays = dict(np.load(io.BytesIO(content)))
    del arrays["sha256"]
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def of_other_features(content):
    arrays = dict(np.load(io.BytesIO(content)))
    arrays["features"] = np.zeros_like(arrays["features"][:7])
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"no zip file",
        lambda content: content[: len(content) // 2],
        lambda content: flip_a_bit(content, 0.3),
        lambda content: flip_a_bit(content, 0.4),
        without_digest,
        of_other_features,
    ],
)
def test_a_damaged_file_of_the_cache_is_made_anew(tmp_path, damage):
    network = tiny.feature_network()
    first = extract_features(network, pixels(10), cache=tmp_path)
    (path,) = tmp_path.rglob("*.npz")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with pytest.warns(UserWarning, match=f"{path.name} .* computed anew"):
        again = extract_features(network, pixels(10), cache=tmp_path)
    np.testing.assert_array_equal(first.features, again.features)
    assert path.read_bytes() == whole
    extract_features(network, pixels(10), cache=tmp_path)  # Without a warning.


def test_no_flipped_bit_of_the_cache_gives_other_numbers(tmp_path):
    path = tmp_path / "kept.npz"
    arrays = {"mean": np.arange(3.0), "num_samples": np.asarray(7)}
    cache.write(path, arrays)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(flip_a_bit(whole, place / len(whole)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = cache.read(path)
        if found is not None:  # The bit was one of the archive's that is free.
            assert list(found) == list(arrays)
            for name, array in arrays.items():
                np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("byte", [26, 27])
def test_no_piece_of_a_damaged_file_is_in_the_warning(tmp_path, byte):
    path = tmp_path / "kept.npz"
    cache.write(path, {"mean": np.random.default_rng(0).normal(size=500)})
    content = bytearray(path.read_bytes())
    content[byte] ^= 64  # Of the length of the first entry's name.
    path.write_bytes(content)
    with pytest.warns(UserWarning, match="computed anew") as caught:
        assert cache.read(path) is None
    (warning,) = caught
    text = str(warning.message)
    assert len(text) < len(str(path)) + 400 and "\n" not in text


@pytest.mark.parametrize("number, batch_size", [(0, 5), (5, 0)])
def test_there_must_be_images_and_batches(number, batch_size):
    with pytest.raises(ValueError, match="at least one"):
        extract_features(tiny.feature_network(), pixels(number), batch_size)


def test_the_digest_of_images_does_not_depend_on_their_parts(monkeypatch):
    whole = images_sha256(pixels())
    monkeypatch.setattr(feature_pass, "CHUNK", 7)
    assert images_sha256(pixels()) == whole
    assert images_sha256(pixels(24)) != whole
    assert images_sha256(pixels().reshape(25, 2, 8, 1)) != whole
