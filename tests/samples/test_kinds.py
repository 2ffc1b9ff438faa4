"""What holds for all kinds of samples."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import sample_files, samples
from tests.samples import examples

ROLLS = examples.melodies(3)
TOKENS = samples.Tokens(examples.LETTERS)
KINDS = {
    "images": (samples.Images(), np.zeros((3, 8, 8, 3), "float32")),
    "points": (samples.Points(), examples.ring(3)),
    "points_in_range": (samples.Points(reach=3.0), examples.ring(3)),
    "volumes": (samples.Volumes(threshold=0.1), examples.tables(3, 12)),
    "waveforms": (samples.Waveforms(8000), examples.chirps(3, 600)),
    "sequences": (samples.Sequences(), ROLLS),
    "piano_rolls": (samples.PianoRolls(36, 4), ROLLS),
    "tokens": (TOKENS, examples.sentences()[:3]),
    "tables": (samples.Tables(examples.PEOPLE), examples.people(3)),
}


@pytest.fixture(params=KINDS)
def kind_and_batch(request):
    return KINDS[request.param]


def test_a_right_batch_passes(kind_and_batch):
    kind, batch = kind_and_batch
    kind.check(batch)
    kind.check(tf.constant(batch))


def test_a_batch_of_another_rank_is_refused(kind_and_batch):
    kind, batch = kind_and_batch
    for wrong in (batch[None, None], batch[0]):
        with pytest.raises(ValueError, match="Received"):
            kind.check(wrong)


def test_what_is_not_finite_is_refused(kind_and_batch):
    kind, batch = kind_and_batch
    wrong = batch.astype("float32")
    wrong.flat[1] = np.nan
    with pytest.raises(ValueError, match="Received"):
        kind.check(wrong)


def test_whole_numbers_are_no_samples_but_tokens(kind_and_batch):
    kind, batch = kind_and_batch
    if kind is TOKENS:
        return
    with pytest.raises(ValueError, match="floats.*Received: dtype int"):
        kind.check(np.zeros(batch.shape, "int64"))


def test_served_and_taken_back_samples_are_the_same(kind_and_batch):
    kind, batch = kind_and_batch
    served = kind.to_served(tf.constant(batch))
    taken = kind.from_served(served)
    np.testing.assert_allclose(taken, batch, atol=1e-6)
    one = kind.input(batch.shape[1:], "given")
    assert one.name == "given"
    assert one.spec.dtype == served.dtype
    assert one.spec.shape.as_list() == [None, *batch.shape[1:]]
    one.check(served)


def test_a_picture_has_rows_of_one_height(kind_and_batch):
    kind, batch = kind_and_batch
    picture = kind.picture(batch, 2)
    assert picture.dtype == np.uint8 and picture.shape[-1] in (1, 3)
    height = (picture.shape[0] - 2) / 2
    assert height == int(height)
    height = int(height)
    assert (picture[height : height + 2] == 255).all()


def test_what_is_not_shown_changes_nothing(kind_and_batch):
    kind, batch = kind_and_batch
    shown = np.array([True, False, True])
    first = kind.picture(batch, 2, shown)
    other = np.array(batch)
    other[1] = other[0]
    np.testing.assert_array_equal(first, kind.picture(other, 2, shown))


def test_a_diverged_model_is_no_picture(kind_and_batch):
    kind, batch = kind_and_batch
    if kind is TOKENS:
        return
    with pytest.raises(ValueError, match="diverged"):
        kind.picture(np.full_like(batch, np.nan), 2)


def test_it_is_saved_and_told(kind_and_batch):
    kind, _ = kind_and_batch
    serialized = json.dumps(keras.saving.serialize_keras_object(kind))
    again = keras.saving.deserialize_keras_object(json.loads(serialized))
    facts = json.loads(json.dumps(kind.facts()))
    told = samples.kind_of_facts(facts)
    assert type(again) is type(told) is type(kind)
    assert again.get_config() == told.get_config() == kind.get_config()


def test_files_of_the_graph_are_those_of_a_client(kind_and_batch):
    kind, batch = kind_and_batch
    served = kind.to_served(tf.constant(batch))
    for suffix, encode in kind.files(batch.shape).items():
        assert suffix == kind.suffix
        for row, content in zip(served.numpy(), encode(served).numpy()):
            mine = kind.to_file(row[None])
            if suffix == "png":  # Which may be packed in another way.
                content, mine = map(tf.io.decode_png, (content, mine))
            np.testing.assert_array_equal(content, mine)


def test_a_file_that_holds_many_holds_all(kind_and_batch):
    kind, batch = kind_and_batch
    if kind.suffix not in sample_files.HOLDS_MANY:
        return
    content = kind.to_file(batch)
    if kind.suffix == "csv":
        lines = content.decode().splitlines()
        read = np.array([line.split(",") for line in lines[1:]], "float32")
        assert len(lines[0].split(",")) == batch.shape[-1]
    else:
        read = examples.read_npz(content)[kind.name]
    np.testing.assert_array_equal(read, batch)


@pytest.mark.parametrize(
    "shape, expected",
    [
        (None, samples.Images),
        ((None, 2), samples.Points),
        ((None, 16, 3), samples.Sequences),
        ((None, 8, 8, 5), samples.Images),
        ((None, 8, 8, 8, 1), samples.Volumes),
        ((None, 8, 8, 8, 3), samples.Kind),
        ((None, 2, 8, 8, 8, 1), samples.Kind),
    ],
)
def test_a_shape_tells_the_kind(shape, expected):
    assert type(samples.kind_of(shape)) is expected


def test_facts_of_strangers_tell_no_kind():
    facts = {"name": "molecules", "suffix": "sdf", "atoms": 9}
    assert samples.kind_of_facts(facts) is None
    wrong = {"name": "waveforms", "suffix": "wav", "sample_rat": 9}
    with pytest.raises(ValueError, match="Expected the arguments of waveforms"):
        samples.kind_of_facts(wrong)


def test_arrays_of_no_kind_have_no_picture():
    kind = samples.Kind()
    kind.check(np.zeros((2, 3, 4, 5, 6, 7), "float32"))
    with pytest.raises(ValueError, match="There is no picture of samples"):
        kind.picture(np.zeros((2, 3), "float32"), 2)
