"""Models of other samples than images, and of images: server, client, page."""

import io
import re
import shutil
import wave

import keras
import numpy as np
import pytest
import requests
import tensorflow as tf
from PIL import Image

from keras_gan_zoo import samples
from keras_gan_zoo.endpoints import Endpoint, seeds
from keras_gan_zoo.export import export_generator
from keras_gan_zoo.serving import page
from keras_gan_zoo.serving.__main__ import main
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import Limits
from tests import tiny
from tests.samples import examples
from tests.serving import servers
from tests.serving.servers import wait_until

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")


class Drawn(keras.Model):
    """Draws what it was given: the sample of a seed is the seed's."""

    def __init__(self, kind, batch):
        super().__init__()
        self.kind = kind
        self.batch = batch

    def endpoints(self):
        kind, batch = self.kind, tf.constant(self.batch)

        def drawn(seeds):
            rows = tf.gather(batch, seeds % len(self.batch))
            return kind.to_served(rows)

        def file_of(encode, suffix):
            return lambda seeds: {f"{suffix}_bytes": encode(drawn(seeds))}

        found = [
            Endpoint("sample", (seeds(),), lambda s: {kind.name: drawn(s)})
        ]
        for suffix, encode in kind.files(self.batch.shape).items():
            name = f"sample_{suffix}"
            found.append(Endpoint(name, (seeds(),), file_of(encode, suffix)))
        return found


class Translator(keras.Model):
    """Makes negatives of images, and adds what a seed draws, in one way."""

    kind = samples.Images()

    def endpoints(self):
        images = self.kind.input((4, 6, 3))

        def negative(images):
            return {"images": self.kind.to_served(-images)}

        def noisy(images, seeds):
            noise = tf.cast(seeds, tf.float32)[:, None, None, None] / 10.0
            return {"images": self.kind.to_served(images + noise)}

        def encode(images):
            means = tf.reduce_mean(images, axis=[1, 2])
            return {"latents": means, "firsts": images[:, 0, 0]}

        return [
            Endpoint("serving_default", (images,), negative),
            Endpoint("translate_negative", (images,), negative),
            Endpoint("translate_noisy", (images, seeds()), noisy),
            Endpoint("encode", (images,), encode),
        ]


KINDS = {
    "waveforms": (samples.Waveforms(8000), examples.chirps(3, 200)),
    "piano_rolls": (samples.PianoRolls(36, 4), examples.melodies(3)),
    "tokens": (samples.Tokens(examples.LETTERS), examples.sentences()[:3]),
    "tables": (samples.Tables(examples.PEOPLE), examples.people(3)),
    "volumes": (samples.Volumes(), examples.tables(3, 6)),
}
SUFFIXES = {name: kind.suffix for name, (kind, _) in KINDS.items()}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved_models")
    for name, (kind, batch) in KINDS.items():
        export_generator(Drawn(kind, batch), folder / name)
    export_generator(tiny.gan((2,)), folder / "ring")
    export_generator(Translator(), folder / "translator")
    with (
        Servables(folder, poll_seconds=1e6) as served,
        servers.running(served, routes=page.routes(served, Limits())) as url,
    ):
        yield url


def run(*arguments):
    assert main([str(argument) for argument in arguments]) == 0


@pytest.mark.parametrize("name", KINDS)
def test_the_client_writes_files_of_the_kind(url, tmp_path, name):
    kind, batch = KINDS[name]
    asked = ["client", "--endpoint", url, "--model", name, "--num", 2]
    run(*asked, "--seed", 1, "--out", tmp_path / "made")
    written = sorted((tmp_path / "made").iterdir())
    served = kind.to_served(tf.constant(batch)).numpy()
    if kind.suffix in ("csv", "npz"):
        (path,) = written
        assert path.name == f"seeds_1_to_2.{kind.suffix}"
        assert path.read_bytes() == kind.to_file(served[1:3])
        return
    names = [f"seed_1.{kind.suffix}", f"seed_2.{kind.suffix}"]
    assert [path.name for path in written] == names
    for path, row in zip(written, served[1:3]):
        assert path.read_bytes() == kind.to_file(row[None])


def test_one_sample_is_one_file(url, tmp_path, capsys):
    asked = ["client", "--endpoint", url, "--model", "waveforms", "--seed", "0"]
    path = tmp_path / "tone.wav"
    run(*asked, "--num", 1, "--out", path)
    with wave.open(str(path)) as file:
        assert file.getframerate() == 8000 and file.getnframes() == 200
    for wrong in (["--num", "2"], ["--num", "1", "--out", "tone.mid"]):
        assert main([*asked, "--out", str(path), *wrong]) == 1
        assert "Leave the suffix out for a folder" in capsys.readouterr().err


def test_the_list_of_models_tells_kinds_and_endpoints(url):
    listed = requests.get(f"{url}/v1/models").json()["models"]
    facts = {each["name"]: each for each in listed}
    assert facts["waveforms"]["kind"] == {
        "name": "waveforms",
        "suffix": "wav",
        "sample_rate": 8000,
    }
    assert facts["ring"]["kind"]["name"] == "points"
    assert facts["translator"]["endpoints"]["translate_noisy"] == {
        "images": "in [0, 1]",
        "seeds": "whole numbers",
    }


@pytest.fixture
def pictures(tmp_path):
    """Returns a folder of two pictures, and their pixels."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), "uint8")
    for name, each in zip("ab", pixels):
        Image.fromarray(each).save(folder / f"{name}.png")
    (folder / "notes.txt").write_text("no picture")
    return folder, pixels


def translate(url, folder, out, *arguments):
    asked = ["translate", folder, "--endpoint", url, "--model", "translator"]
    run(*asked, "--out", out, *arguments)


def test_a_folder_is_translated(url, tmp_path, pictures):
    folder, pixels = pictures
    name = "translate_negative"
    translate(url, folder, tmp_path / "out", "--signature", name)
    paths = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in paths] == ["a.png", "b.png"]
    for path, each in zip(paths, pixels):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), 255 - each)


def test_each_picture_has_a_seed_of_its_own(url, tmp_path, pictures):
    folder, pixels = pictures
    arguments = ["--signature", "translate_noisy", "--seed", 1]
    translate(url, folder, tmp_path / "out", *arguments)
    for name, seed, each in zip("ab", (1, 2), pixels):
        made = np.asarray(Image.open(tmp_path / "out" / f"{name}.png"))
        expected = np.clip(each + 255.0 * seed / 20.0, 0, 255)
        np.testing.assert_allclose(made, expected, atol=0.51)


def test_codes_are_one_file(url, tmp_path, pictures):
    folder, pixels = pictures
    translate(url, folder, tmp_path / "out", "--signature", "encode")
    with np.load(tmp_path / "out" / "encode.npz") as made:
        assert made["names"].tolist() == ["a.png", "b.png"]
        images = pixels / 127.5 - 1.0
        np.testing.assert_allclose(
            made["latents"], images.mean(axis=(1, 2)), atol=1e-5
        )
        np.testing.assert_allclose(made["firsts"], images[:, 0, 0], atol=1e-5)


def test_what_cannot_be_translated_is_told(url, tmp_path, pictures, capsys):
    folder, _ = pictures
    asked = ["--endpoint", url, "--model", "translator", "--out", "out"]
    for arguments, message in [
        ([folder], "There are: .*translate_negative.*Received: None"),
        ([folder, "--signature", "sample"], "Received: sample"),
        ([tmp_path], "Expected a folder with pictures"),
    ]:
        assert main(["translate", *map(str, arguments), *asked]) == 1
        assert_matches(message, capsys.readouterr().err)
    Image.new("L", (9, 9)).save(folder / "c.png")
    asked = ["translate", str(folder), *asked, "--signature", "encode"]
    assert main(asked) == 1
    assert_matches("6x4.*c.png of 9x9.*--resize", capsys.readouterr().err)
    asked[asked.index("out")] = str(tmp_path / "out")
    assert main([*asked, "--resize"]) == 0


def assert_matches(pattern, text):
    assert re.search(pattern, text), text


def test_the_page_shows_what_it_can(url):
    listed = requests.get(f"{url}/page/models").json()
    shown = {each["name"]: each for each in listed}
    assert {*shown} == {*KINDS, "ring", "translator"}
    assert shown["ring"]["kind"] == "points" and not shown["ring"]["latents"]
    assert shown["translator"]["kind"] is None
    assert shown["translator"]["translations"] == [
        {
            "signature": "translate_negative",
            "size": [4, 6, 3],
            "seeds": False,
            "labels": False,
        },
        {
            "signature": "translate_noisy",
            "size": [4, 6, 3],
            "seeds": True,
            "labels": False,
        },
    ]


@pytest.mark.parametrize("name", KINDS)
def test_the_page_draws_and_sends_each_kind(url, name):
    kind, batch = KINDS[name]
    answer = requests.get(f"{url}/page/samples.png?model={name}&first=1")
    assert answer.status_code == 200, answer.text
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    number = kind.picture_rows * kind.picture_columns
    drawn = batch[(1 + np.arange(number)) % 3]
    expected = kind.picture(drawn, kind.picture_columns)
    np.testing.assert_array_equal(picture.reshape(expected.shape), expected)
    answer = requests.get(f"{url}/page/samples?model={name}&first=1")
    end = f'{kind.name}_1.{kind.suffix}"'
    assert answer.headers["Content-Disposition"].endswith(end)
    served = kind.to_served(tf.constant(drawn)).numpy()
    assert answer.content == kind.to_file(served)


def test_the_page_refuses_what_it_cannot_draw(url):
    for path in ("samples.png", "samples"):
        answer = requests.get(f"{url}/page/{path}?model=translator&first=1")
        assert answer.status_code == 400
        assert "no picture of the samples" in answer.json()["error"]


@pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="needs Chromium")
def test_a_picture_is_translated_in_the_browser(url, tmp_path):
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    pixels = np.random.default_rng(1).integers(0, 256, (4, 6, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "given.png")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox"):
        options.add_argument(argument)
    service = webdriver.ChromeService(DRIVER)
    with webdriver.Chrome(options=options, service=service) as browser:
        browser.get(url)

        def choose(id, text):
            element = browser.find_element(By.ID, id)
            wait_until(lambda: text in element.text)
            Select(element).select_by_visible_text(text)

        def drawn(id):
            script = (
                "const canvas = document.getElementById(arguments[0]);"
                "const { width, height } = canvas;"
                "const data = canvas.getContext('2d')"
                ".getImageData(0, 0, width, height).data;"
                "return [height, width, ...data];"
            )
            height, width, *data = browser.execute_script(script, id)
            return np.reshape(data, (height, width, 4))[..., :3]

        choose("model", "translator")
        choose("translation", "negative")
        picture = browser.find_element(By.ID, "picture")
        picture.send_keys(str(tmp_path / "given.png"))
        wait_until(lambda: drawn("made").shape == (4, 6, 3))
        np.testing.assert_array_equal(drawn("given"), pixels)
        np.testing.assert_allclose(drawn("made"), 255 - pixels, atol=1)
        choose("model", "waveforms")
        sound = browser.find_element(By.ID, "kind-sound")
        wait_until(lambda: sound.is_displayed() and sound.get_property("src"))
        assert not picture.is_displayed()
        assert not browser.find_element(By.ID, "error").is_displayed()
