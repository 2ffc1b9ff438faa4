import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan_zoo import images
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.metrics.image_sources import (
    FolderImages,
    GeneratedImages,
    chosen,
    saved_model_sampler,
    seed_sampler,
)
from tests import tiny


def write(path, size=(6, 4), mode="RGB", value=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, value if mode == "L" else (value, 0, 0)).save(path)


def test_generated_images_do_not_depend_on_how_they_are_read():
    gan = tiny.gan()
    whole = GeneratedImages(seed_sampler(gan), 11, 11, seed=2)[:]
    parts = GeneratedImages(seed_sampler(gan), 11, 3, seed=2)
    assert len(parts) == 11 and whole.dtype == np.uint8
    read = np.concatenate([parts[:4], parts[4:5], parts[5:100]])
    np.testing.assert_array_equal(read, whole)
    (sixth,) = images.to_uint8(gan.generate(1, seed=2 * 2**32 + 5))
    np.testing.assert_array_equal(whole[5], sixth)


@pytest.mark.parametrize("build", [tiny.gan, tiny.conditional_gan])
def test_a_model_and_its_export_make_the_same_bytes(tmp_path, build):
    gan = build()
    path = export_generator(gan, tmp_path)
    made = [
        GeneratedImages(generate, 20, 7)[:]
        for generate in (seed_sampler(gan), saved_model_sampler(path))
    ]
    np.testing.assert_array_equal(*made)
    assert np.ptp(made[0]) > 0


def test_a_saved_model_that_does_not_sample_is_refused(tmp_path):
    tiny.gan().generator.export(tmp_path, verbose=False)
    with pytest.raises(ValueError, match="signature `sample`.*serving_defaul"):
        saved_model_sampler(tmp_path)


def test_a_model_without_a_prior_is_refused():
    with pytest.raises(ValueError, match="prior_of_seeds.*Sequential"):
        seed_sampler(keras.Sequential())


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    for index, name in enumerate(["b/2.png", "a/9.png", "b/10.bmp", "c.PNG"]):
        write(tmp_path / name, value=10 * index)
    (tmp_path / "notes.txt").touch()
    folder = FolderImages(tmp_path)
    assert len(folder) == 4
    assert folder[:].shape == (4, 4, 6, 3) and folder[:].dtype == np.uint8
    assert folder[:][:, 0, 0, 0].tolist() == [10, 20, 0, 30]
    np.testing.assert_array_equal(folder[1:3], folder[:][1:3])


def test_a_part_of_a_folder_is_chosen_at_random(tmp_path):
    for index in range(20):
        write(tmp_path / f"{index:02}.png", value=index)
    parts = [FolderImages(tmp_path, 5, seed)[:] for seed in (0, 0, 1)]
    values = [part[:, 0, 0, 0].tolist() for part in parts]
    assert values[0] == values[1] != values[2]
    assert len(set(values[0])) == 5 and values[0] != [0, 1, 2, 3, 4]


def test_images_of_two_sizes_are_refused(tmp_path):
    write(tmp_path / "1.png")
    write(tmp_path / "2.png", size=(8, 4))
    with pytest.raises(ValueError, match="6x4 in 1.png, 8x4 in 2.png"):
        FolderImages(tmp_path)
    resized = FolderImages(tmp_path, image_size=3)
    assert resized[:].shape == (2, 3, 3, 3)
    assert resized.resizer == "3-square-lanczos"


def test_too_few_images_are_told():
    with pytest.raises(ValueError, match="at least 6 .* Received: 5"):
        chosen(5, 6, 0)
    assert chosen(5, None, 0).tolist() == chosen(5, 5, 0).tolist()


def test_models_of_other_samples_have_no_scores():
    with pytest.raises(ValueError, match="a `VanillaGAN` of points"):
        seed_sampler(tiny.gan((2,)))
