import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.callbacks import EarlyStopping
from PIL import Image, ImageSequence

from keras_gan_zoo import conditions, images, samples
from keras_gan_zoo.callbacks import SampleGrid
from tests import tiny
from tests.samples import examples


def fit(model, callback, epochs=2, **kwargs):
    labels = hasattr(model, "num_classes")
    sample_shape = model.discriminator.inputs[0].shape[1:]
    data = tiny.dataset(sample_shape, labels=labels)
    callbacks = [*kwargs.pop("before", []), callback]
    model.fit(data, epochs=epochs, callbacks=callbacks, verbose=0, **kwargs)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def read(path):
    return np.asarray(Image.open(path))


def frames(path):
    with Image.open(path) as animation:
        return [
            (np.asarray(frame.convert("L")), frame.info["duration"])
            for frame in ImageSequence.Iterator(animation)
        ]


def test_pictures_of_the_same_latents(tmp_path):
    gan = tiny.gan()
    folder = tmp_path / "new" / "pictures"
    fit(gan, SampleGrid(folder, rows=2, columns=3, seed=5))
    assert names(folder) == [
        "epoch_0000.png",
        "epoch_0001.png",
        "epoch_0002.png",
        "training.gif",
    ]
    last = read(folder / "epoch_0002.png")
    assert last.shape == (10, 16)
    expected = images.grid(gan(gan.sample_prior(6, 5)), columns=3)[..., 0]
    np.testing.assert_array_equal(last, expected)
    assert (read(folder / "epoch_0000.png") != last).any()


def test_pictures_in_color_by_default_eight_by_eight(tmp_path):
    gan = tiny.gan((4, 4, 3))
    fit(gan, SampleGrid(tmp_path), epochs=1)
    assert read(tmp_path / "epoch_0001.png").shape == (46, 46, 3)


@pytest.mark.parametrize("rows, shown", [(None, 3), (2, 2), (8, 3)])
def test_conditional_models_have_a_row_for_each_class(tmp_path, rows, shown):
    gan = tiny.conditional_gan()
    fit(gan, SampleGrid(tmp_path, rows=rows, columns=4, seed=5), epochs=1)
    picture = read(tmp_path / "epoch_0001.png")
    assert picture.shape == (shown * 6 - 2, 22)
    latents, _ = gan.sample_prior(4, 5)
    for label in range(shown):
        row = images.grid(gan((latents, np.full(4, label, "int32"))), 4)
        np.testing.assert_array_equal(
            picture[label * 6 : label * 6 + 4], row[..., 0]
        )


@pytest.mark.parametrize("classes, rows, shown", [(17, None, 16), (40, 40, 40)])
def test_many_classes_are_made_in_parts(
    tmp_path, monkeypatch, classes, rows, shown
):
    sizes = []
    gan = tiny.conditional_gan(num_classes=classes)
    call = gan.call

    def counted(inputs, training=False):
        sizes.append(int(inputs[1].shape[0]))
        return call(inputs, training=training)

    callback = SampleGrid(tmp_path, rows=rows, columns=5, seed=5)
    callback.set_model(gan)
    monkeypatch.setattr(gan, "call", counted)
    callback.on_train_begin()
    callback.on_epoch_end(0)
    assert len(sizes) == 1 and sizes[0] <= 128
    picture = read(tmp_path / "epoch_0001.png")
    assert len(picture) == shown * 6 - 2
    latents, _ = gan.sample_prior(5, 5)
    labels = tf.fill([5], shown - 1)
    last = images.grid(call((latents, labels)), 5)[..., 0]
    np.testing.assert_allclose(picture[-4:].astype(int), last, atol=1)


def test_names_of_classes_stand_beside_their_rows(tmp_path):
    names = ["cats", "dogs with a very long name", "Ø"]
    gan = tiny.conditional_gan((16, 16, 3))
    gan.condition = conditions.Label(3, names)
    fit(gan, SampleGrid(tmp_path, columns=2), epochs=1)
    picture = read(tmp_path / "epoch_0001.png")
    margin, grid = picture[:, :-34], picture[:, -34:]
    assert grid.shape == (52, 34, 3)
    assert np.all(margin[:, -2:] == 255) and margin.shape[1] < 140
    for row in range(3):
        middle = margin[18 * row : 18 * row + 16]
        assert middle.min() < 99  # Something is written there,
        edge = margin[18 * row + 16 : 18 * row + 18]
        assert np.all(edge == 255)  # and nothing between.
    assert len(frames(tmp_path / "training.gif")) == 2


def test_real_images_are_drawn_in_the_same_form(tmp_path):
    real = np.linspace(-1, 1, 10 * 16, dtype="float32").reshape(10, 4, 4, 1)
    labels = np.array([0, 1, 0, 0, 0, 1, 0, 0, 0, 0], "int32")
    data = tf.data.Dataset.from_tensor_slices((real, labels)).batch(2)
    callback = SampleGrid(tmp_path, columns=4, reals=data)
    fit(tiny.conditional_gan(), callback, epochs=1)
    picture = read(tmp_path / "reals.png")
    assert picture.shape == read(tmp_path / "epoch_0001.png").shape
    white = np.full((2, 4, 4, 1), 255, "uint8")
    bytes_ = images.to_uint8(real)
    rows = [bytes_[[0, 2, 3, 4]], [*bytes_[[1, 5]], *white], [*white, *white]]
    expected = images.uint8_grid(np.concatenate(rows), 4)[..., 0]
    np.testing.assert_array_equal(picture, expected)


def test_one_row_of_real_images_is_of_one_class(tmp_path):
    real = np.linspace(-1, 1, 6 * 16, dtype="float32").reshape(6, 4, 4, 1)
    labels = np.array([1, 0, 2, 1, 0, 0], "int32")
    data = tf.data.Dataset.from_tensor_slices((real, labels)).batch(3)
    callback = SampleGrid(tmp_path, rows=1, columns=2, reals=data)
    callback.set_model(tiny.conditional_gan())
    callback.on_train_begin()
    expected = images.grid(real[[1, 4]], 2)[..., 0]
    np.testing.assert_array_equal(read(tmp_path / "reals.png"), expected)


@pytest.mark.parametrize("labels", [True, False])
def test_real_images_of_a_model_without_classes(tmp_path, labels):
    data = tiny.dataset(steps=4, labels=labels)
    callback = SampleGrid(tmp_path, rows=2, columns=3, reals=data)
    callback.set_model(tiny.gan())
    callback.on_train_begin()
    batches = [batch[0] if labels else batch for batch in data]
    expected = images.grid(np.concatenate(batches)[:6], 3)[..., 0]
    np.testing.assert_array_equal(read(tmp_path / "reals.png"), expected)


def test_every_and_the_last_epoch(tmp_path):
    fit(tiny.gan(), SampleGrid(tmp_path, every=2), epochs=5)
    expected = [f"epoch_000{number}.png" for number in (0, 2, 4, 5)]
    assert names(tmp_path) == [*expected, "training.gif"]


def test_training_that_stops_early_has_a_last_picture(tmp_path):
    stop = EarlyStopping("generator_loss", 1e9, patience=1, mode="min")
    fit(tiny.gan(), SampleGrid(tmp_path, every=50), epochs=90, before=[stop])
    assert names(tmp_path)[0] == "epoch_0000.png"
    assert len(names(tmp_path)) == 3


def test_training_of_no_epoch_writes_nothing(tmp_path):
    fit(tiny.gan(), SampleGrid(tmp_path), epochs=0)
    assert names(tmp_path) == []


def test_training_that_goes_on_keeps_the_earlier_pictures(tmp_path):
    (tmp_path / "epoch_best.png").touch()  # Not one of ours.
    gan = tiny.gan()
    fit(gan, SampleGrid(tmp_path), epochs=4)
    first = read(tmp_path / "epoch_0000.png")
    fit(gan, SampleGrid(tmp_path), epochs=3, initial_epoch=1)
    np.testing.assert_array_equal(read(tmp_path / "epoch_0000.png"), first)
    animation = frames(tmp_path / "training.gif")
    # Epochs 0 and 1 of the first training, 2 and 3 of the second, none of 4.
    assert len(animation) == 4
    np.testing.assert_array_equal(animation[0][0], first)


def test_the_animation_shows_the_pictures_and_holds_the_last(tmp_path):
    fit(tiny.gan(), SampleGrid(tmp_path, rows=2, columns=2), epochs=3)
    animation = frames(tmp_path / "training.gif")
    assert [time for _, time in animation] == [200, 200, 200, 3000]
    for number, (frame, _) in enumerate(animation):
        picture = read(tmp_path / f"epoch_000{number}.png")
        np.testing.assert_array_equal(frame, picture)


def test_the_animation_is_of_forty_pictures_at_most(tmp_path):
    fit(tiny.gan(), SampleGrid(tmp_path, rows=2, columns=2), epochs=60)
    animation = frames(tmp_path / "training.gif")
    assert len(animation) == 40
    for frame, number in ((0, 0), (-1, 60)):
        picture = read(tmp_path / f"epoch_{number:04d}.png")
        np.testing.assert_array_equal(animation[frame][0], picture)


def test_the_animation_of_a_model_that_grows(tmp_path):
    Image.new("L", (3, 3)).save(tmp_path / "epoch_0000.png")
    fit(tiny.gan(), SampleGrid(tmp_path), epochs=2, initial_epoch=1)
    shapes = [frame.shape for frame, _ in frames(tmp_path / "training.gif")]
    assert shapes == [(46, 46), (46, 46)]


def test_an_unwritable_folder_is_told_before_training(tmp_path):
    (tmp_path / "file").touch()
    gan = tiny.gan()
    before = gan.generator.get_weights()
    with pytest.raises(OSError, match="must be a folder that can be written"):
        fit(gan, SampleGrid(tmp_path / "file" / "pictures"))
    for old, new in zip(before, gan.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_points_are_a_picture_too(tmp_path):
    fit(tiny.gan((2,)), SampleGrid(tmp_path, rows=2, columns=9), epochs=1)
    assert read(tmp_path / "epoch_0001.png").shape == (482, 240, 3)


def test_models_without_a_prior_are_refused(tmp_path):
    callback = SampleGrid(tmp_path)
    callback.set_model(tiny.gan().generator)
    with pytest.raises(ValueError, match="Received: a `Sequential`, which"):
        callback.on_train_begin()


@pytest.mark.parametrize("name", ["rows", "columns", "every"])
def test_sizes_must_be_positive(tmp_path, name):
    with pytest.raises(ValueError, match=f"at least 1.*{name}=0"):
        SampleGrid(tmp_path, **{name: 0})


def test_r24_many_pictures_take_one_trace_and_no_memory(tmp_path):
    traces = []
    gan = tiny.gan()
    call = gan.call

    def counted(inputs, training=False):
        traces.append(inputs)
        return call(inputs, training=training)

    gan.call = counted
    callback = SampleGrid(tmp_path)
    callback.set_model(gan)
    callback.on_train_begin()
    assert not tiny.grows(lambda: callback.on_epoch_end(0))
    assert len(traces) == 1


class Toy(keras.Model):
    """Draws samples of a kind that don't change in training."""

    def __init__(self, kind, batch):
        super().__init__()
        self.kind = kind
        self.batch = tf.constant(batch)

    def sample_prior(self, number, seed):
        return tf.range(number) % len(self.batch)

    def call(self, inputs, training=False):
        return tf.gather(self.batch, inputs)


KINDS = [
    (samples.Images(), np.ones((2, 4, 4, 4), "float32")),
    (samples.Points(), examples.ring(2)),
    (samples.Volumes(), examples.tables(2, 12)),
    (samples.Waveforms(8000), examples.chirps(2, 300)),
    (samples.Sequences(), examples.melodies(2)),
    (samples.PianoRolls(), examples.melodies(2)),
    (samples.Tokens(examples.LETTERS), examples.sentences()[:2]),
    (samples.Tables(examples.PEOPLE), examples.people(2)),
]


@pytest.mark.parametrize("kind, batch", KINDS, ids=lambda x: type(x).__name__)
def test_each_kind_is_drawn_as_it_says(tmp_path, kind, batch):
    callback = SampleGrid(tmp_path, reals=tf.data.Dataset.from_tensors(batch))
    callback.set_model(Toy(kind, batch))
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    number = kind.picture_rows * kind.picture_columns
    drawn = np.resize(batch, (number, *batch.shape[1:]))
    expected = kind.picture(drawn, kind.picture_columns)
    picture = read(tmp_path / "epoch_0000.png").reshape(expected.shape)
    np.testing.assert_array_equal(picture, expected)
    # Of the data there are two only.
    shown = np.arange(number) < 2
    reals = kind.picture(drawn, kind.picture_columns, shown)
    picture = read(tmp_path / "reals.png").reshape(reals.shape)
    np.testing.assert_array_equal(picture, reals)


def test_a_model_of_no_kind_is_refused(tmp_path):
    model = Toy(samples.Images(), np.zeros((1, 2, 2, 1), "float32"))
    del model.kind
    callback = SampleGrid(tmp_path)
    callback.set_model(model)
    with pytest.raises(ValueError, match="`keras_gan_zoo.samples`.*a `Toy`"):
        callback.on_train_begin()


def test_a_kind_without_a_picture_is_refused(tmp_path):
    callback = SampleGrid(tmp_path)
    callback.set_model(Toy(samples.Kind(), np.zeros((1, 2), "float32")))
    with pytest.raises(ValueError, match="no picture of samples"):
        callback.on_train_begin()
