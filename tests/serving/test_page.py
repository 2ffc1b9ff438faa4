"""The page at `/`, as a browser and as an address has it.

    SAVED_MODELS=saved_models python -m pytest tests/serving/test_page.py

draws the picture of docs/serving.md of models that are trained.
"""

import asyncio
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
import requests
import tensorflow as tf
from PIL import Image

from keras_gan_zoo.images import unit_to_uint8
from keras_gan_zoo.latents import spherical_interpolation
from keras_gan_zoo.serving.errors import RequestError
from keras_gan_zoo.serving.page import routes
from keras_gan_zoo.serving.servables import Servables
from keras_gan_zoo.serving.server import Limits
from tests import tiny

CHROMIUM = shutil.which("chromium")
VIEWS = {"latents": True, "kind": None, "suffix": None, "translations": []}
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def models(exports):
    """Returns the folder that is served."""
    return pathlib.Path(os.environ.get("SAVED_MODELS", exports))


@pytest.fixture(scope="module")
def server(models):
    """Returns the address of a server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_gan_zoo.serving", "serve", models]
        + ["--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tiny.ROOT,
    )
    with process:
        try:
            lines = iter(process.stderr.readline, "")
            found = (re.search(r"http://127.0.0.1:\d+", line) for line in lines)
            yield next(address[0] for address in found if address)
        finally:
            process.terminate()
            process.communicate()


def picture(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_models_that_take_other_than_latents_are_not_shown(server, exports):
    assert (exports / "half_plus_three").is_dir()
    assert requests.get(f"{server}/page/models").json() == [
        {
            "name": "cgan",
            "version": 1,
            "num_classes": 3,
            "class_names": ["ant", "<b>bee</b>", "été"],
            "about": "CGAN, 4×4 pixels of 3 latents",
            **VIEWS,
        },
        {
            "name": "gan",
            "version": 1,
            "num_classes": None,
            "class_names": None,
            "about": "VanillaGAN, 4×4 pixels of 3 latents",
            **VIEWS,
        },
    ]


def test_between_two_seeds_is_the_great_circle(server, exports):
    signatures = tf.saved_model.load(exports / "cgan" / "1").signatures
    seeds = tf.constant([5, -7], tf.int64)
    latents = signatures["prior"](seeds=seeds)["latents"].numpy()
    for position in (0.0, 0.3, 1.0):
        served = signatures["serving_default"](
            latents=spherical_interpolation(*latents, position)[None],
            labels=np.array([2], "int32"),
        )
        query = f"model=cgan&start=5&end=-7&position={position}&label=2"
        answer = requests.get(f"{server}/page/between.png?{query}")
        expected = unit_to_uint8(served["images"])[0, ..., 0]
        np.testing.assert_array_equal(picture(answer), expected)


def test_the_grid_is_of_seeds_in_their_order(server, exports):
    signatures = tf.saved_model.load(exports / "gan" / "1").signatures
    seeds = tf.range(2**40, 2**40 + 5, dtype=tf.int64)
    expected = unit_to_uint8(signatures["sample"](seeds=seeds)["images"])
    query = f"model=gan&first={2**40}&number=5&columns=3"
    answer = requests.get(f"{server}/page/grid.png?{query}")
    assert "attachment" in answer.headers["Content-Disposition"]
    grid = picture(answer)
    assert grid.shape == (10, 16)
    np.testing.assert_array_equal(grid[:4, 6:10], expected[1, ..., 0])
    np.testing.assert_array_equal(grid[6:, 6:10], expected[4, ..., 0])
    assert (grid[6:, 12:] == 255).all()


@pytest.mark.parametrize(
    "query, message",
    [
        ("model=gan&start=1&position=0", "`end` is missing"),
        ("model=gan&start=1&end=2.5&position=0", "`end` must be a whole"),
        (f"model=gan&start=1&end={2**63}&position=0", "`end` must be a whole"),
        ("model=gan&start=1&end=2&position=nan", "from 0 to 1. .* 'nan'"),
        ("model=gan&start=1&end=2&position=1.1", "from 0 to 1. .* '1.1'"),
        ("model=gan&start=1&end=2&position=0&label=1", "takes `latents`"),
        ("model=cgan&start=1&end=2&position=0", "takes `labels`"),
        ("model=cgan&start=1&end=2&position=0&label=3", "from 0 to 2"),
        ("model=cgan&start=1&end=2&position=0&label=x", "`label` must be"),
        ("model=../gan&start=1&end=2&position=0", "not found"),
    ],
)
def test_addresses_that_ask_for_the_impossible(server, query, message):
    answer = requests.get(f"{server}/page/between.png?{query}")
    assert answer.status_code == (404 if "not found" in message else 400)
    assert re.search(message, answer.json()["error"])


@pytest.mark.parametrize(
    "query, message",
    [
        ("first=0&number=1025&columns=8", "from 1 to 1024. .* '1025'"),
        ("first=0&number=0&columns=8", "from 1 to 1024. .* '0'"),
        ("first=0&number=8&columns=0", "`columns` must be"),
        (f"first={2**63 - 2}&number=8&columns=8", "Seeds have 64 bits"),
    ],
)
def test_grids_that_can_not_be(server, query, message):
    answer = requests.get(f"{server}/page/grid.png?model=gan&{query}")
    assert answer.status_code == 400
    assert re.search(message, answer.json()["error"])


def test_no_other_file_is_served(server):
    for path in ("../page.py", "%2e%2e/page.py", "/etc/passwd", ""):
        answer = requests.get(f"{server}/page/{path}")
        assert answer.status_code == 404
    assert (
        "default-src 'self'"
        in requests.get(server).headers["Content-Security-Policy"]
    )


@pytest.fixture(scope="module")
def browser(server, tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver")
    if not (CHROMIUM and DRIVER):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    folder = tmp_path_factory.mktemp("browser")
    for argument in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "hide-scrollbars",
        "window-size=880,1440",
        f"user-data-dir={folder}",
    ):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(DRIVER)
    with webdriver.Chrome(options, service) as browser:
        yield browser


class Page:
    """What a person does with the page, and sees."""

    def __init__(self, browser, address):
        self._browser = browser
        browser.get(address)

    def part(self, name):
        return self._browser.find_element("id", name)

    def shown(self, name):
        """Returns the pixels that an image shows, as the browser has them."""
        return self._browser.execute_script(
            """
            const image = document.getElementById(arguments[0]);
            const canvas = document.createElement("canvas");
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            const context = canvas.getContext("2d");
            if (!image.complete || !canvas.width) return null;
            context.drawImage(image, 0, 0);
            const {width, height} = canvas;
            return [...context.getImageData(0, 0, width, height).data];
            """,
            name,
        )

    def until(self, condition):
        """Waits for a condition and returns what it gives."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        # What was found may be drawn anew before it is asked.
        anew = [StaleElementReferenceException]
        wait = WebDriverWait(self._browser, 20, 0.05, anew)
        return wait.until(lambda _: condition())

    def changes(self, name, action):
        """Waits until an image has become another by an action."""
        before = self.until(lambda: self.shown(name))
        action()
        self.until(lambda: self.shown(name) not in (None, before))

    def write(self, name, text):
        self._browser.execute_script(
            """
            const part = document.getElementById(arguments[0]);
            part.value = arguments[1];
            part.dispatchEvent(new Event("input"));
            part.dispatchEvent(new Event("change"));
            """,
            name,
            str(text),
        )

    def samples(self):
        return self._browser.find_elements("css selector", "#samples button")

    def messages(self):
        return self._browser.get_log("browser")


@pytest.fixture
def page(browser, server):
    page = Page(browser, server)
    page.until(lambda: len(page.samples()) == 64 and page.shown("end-image"))
    page.until(lambda: page.shown("between-image"))
    return page


def test_the_page_is_drawn(page, browser, tmp_path):
    assert not page.part("error").is_displayed()
    assert page.messages() == []
    is_trained = "SAVED_MODELS" in os.environ
    if is_trained:
        page.write("model", "wgan_gp_cifar")
        page.changes("between-image", lambda: None)
        page.until(lambda: "WGANGP" in page.part("about").text)
        page.changes("start-image", lambda: page.write("start", 11))
        page.changes("end-image", lambda: page.write("end", 26))
    folder = tiny.ROOT / "docs" / "images" if is_trained else tmp_path
    path = folder / "serving_page.png"
    page.until(lambda: page.shown("between-image"))
    assert browser.save_screenshot(str(path))
    drawn = np.asarray(Image.open(path).convert("RGB"))
    assert drawn.shape[1] == 880 and len(np.unique(drawn)) > 50


def test_a_click_changes_the_picture(page):
    middle = page.shown("between-image")
    page.changes("between-image", lambda: page.write("position", 0.8))
    assert page.part("position-text").text == "0.80"
    page.changes("between-image", lambda: page.write("position", 0.5))
    assert page.shown("between-image") == middle  # The same pixels again.

    page.changes("start-image", page.samples()[10].click)
    assert page.part("start").get_property("value") == "10"
    end = page.part("end").find_element("xpath", "../../button")
    page.changes("end-image", end.click)
    assert page.part("end").get_property("value") != "2"
    assert page.messages() == []


def test_a_path_begins_and_ends_at_its_seeds(page):
    page.changes("between-image", lambda: page.write("position", 0))
    page.until(lambda: page.shown("between-image") == page.shown("start-image"))
    page.changes("between-image", lambda: page.write("position", 1))
    page.until(lambda: page.shown("between-image") == page.shown("end-image"))


def test_the_first_seed_decides_the_samples(page):
    page.write("first", 2**60)
    title = f"Seed {2**60 + 63}"  # Which JavaScript's own numbers miss.
    page.until(lambda: page.samples()[-1].get_property("title") == title)
    link = page.part("download").get_property("href")
    assert picture(requests.get(link)).ndim == 2


def test_play_moves_and_stops(page):
    page.changes("between-image", page.part("play").click)
    assert page.part("play").text == "Pause"
    page.part("play").click()
    assert page.part("play").text == "Play"


def test_a_class_is_chosen_where_there_are_some(page):
    page.write("model", "cgan")
    page.until(lambda: page.part("class-choice").is_displayed())
    page.until(lambda: "CGAN" in page.part("about").text)
    page.until(lambda: page.shown("start-image"))
    # By their names, which are text and no HTML.
    assert page.part("class").text.split() == ["ant", "<b>bee</b>", "été"]
    page.changes("start-image", lambda: page.write("class", 2))
    page.write("model", "gan")
    page.until(lambda: not page.part("class-choice").is_displayed())
    assert page.messages() == []


def test_errors_are_shown_in_words_until_they_are_mended(page):
    page.write("start", "one")
    error = page.part("error")
    page.until(error.is_displayed)
    assert error.text == "A seed is a whole number of 64 bits, not “one”."
    assert error.get_attribute("role") == "alert"
    page.write("start", 3)
    page.until(lambda: not error.is_displayed())


def test_an_image_that_takes_too_long_is_told_in_words(exports):
    async def never(*_):
        await asyncio.sleep(60)

    limits = Limits(seconds=0.01)
    query = {"model": "gan", "start": "1", "end": "2", "position": "0"}
    request = types.SimpleNamespace(query_params=query)
    with Servables(exports, poll_seconds=1e6) as busy:
        busy.predict = never
        (between,) = [r for r in routes(busy, limits) if "between" in r.path]
        with pytest.raises(RequestError, match="no answer in 0.01 s") as told:
            asyncio.run(between.endpoint(request))
    assert told.value.status == 504
