import numpy as np
import pytest
import tensorflow as tf

from keras_gan_zoo import datasets
from keras_gan_zoo.datasets import voxel_solids
from keras_gan_zoo.datasets.voxel_solids import SOLIDS, voxels

UPRIGHT = np.eye(3, dtype="float32")


def filled(name, half_sizes, center=(0, 0, 0), rotation=UPRIGHT, side=16):
    volumes = voxels(
        *(
            np.array([part], dtype)
            for part, dtype in [
                (SOLIDS.index(name), "int32"),
                (half_sizes, "float32"),
                (center, "float32"),
                (rotation, "float32"),
            ]
        ),
        side,
    )
    assert volumes.shape == (1, side, side, side, 1)
    assert set(np.unique(volumes)) <= {0.0, 1.0}
    return volumes.numpy()[0, ..., 0].astype(bool)


def centres(side=16):
    """The oracle: whole numbers, 1 for the distance of half a voxel."""
    ticks = np.arange(1 - side, side, 2)
    return np.meshgrid(ticks, ticks, ticks, indexing="ij")


def test_a_box_fills_the_voxels_of_its_volume():
    # 4 x 6 x 8 of voxels that measure 1/8.
    box = filled("box", (2 / 8, 3 / 8, 4 / 8))
    assert box.sum() == 4 * 6 * 8
    assert np.all(box[6:10, 5:11, 4:12])
    # Moved by 3, -2 and 4 voxels.
    moved = filled("box", (2 / 8, 3 / 8, 4 / 8), (3 / 8, -2 / 8, 4 / 8))
    assert moved.sum() == 4 * 6 * 8 and np.all(moved[9:13, 3:9, 8:16])
    # Twice as many voxels along each edge.
    fine = filled("box", (2 / 8, 3 / 8, 4 / 8), side=32)
    assert fine.sum() == 8 * 4 * 6 * 8


def test_an_ellipsoid_is_counted():
    x, y, z = centres()
    expected = 49 * x**2 + 49 * y**2 + 25 * z**2 <= 25 * 49
    ball = filled("ellipsoid", (5 / 16, 5 / 16, 7 / 16))
    np.testing.assert_array_equal(ball, expected)
    assert ball.sum() == expected.sum() > 0


def test_a_cylinder_is_a_disc_times_its_height():
    x, y, _ = centres()
    disc = (x**2 + y**2 <= 36)[..., 0]
    cylinder = filled("cylinder", (6 / 16, 6 / 16, 4 / 16))
    assert cylinder.sum() == disc.sum() * 4
    np.testing.assert_array_equal(cylinder[:, :, 7], disc)


def test_a_cone_narrows_to_its_tip():
    x, y, z = centres()
    half = 8
    # Twice the radius at a height, of a cone as wide as it is high.
    expected = (4 * (x**2 + y**2) <= (half - z) ** 2) & (abs(z) <= half)
    cone = filled("cone", (half / 16, half / 16, half / 16))
    np.testing.assert_array_equal(cone, expected)
    areas = cone.sum(axis=(0, 1))
    assert np.all(np.diff(areas[4:12]) <= 0) and areas[4] > areas[11]
    assert areas[:4].sum() == areas[12:].sum() == 0


def test_a_torus_has_a_hole():
    x, y, z = centres()
    expected = (np.sqrt(x**2 + y**2) - 8) ** 2 + z**2 <= 3.1**2
    torus = filled("torus", (8 / 16, 8 / 16, 3.1 / 16))
    np.testing.assert_array_equal(torus, expected)
    assert not torus[7:9, 7:9].any() and torus[:, :, 7].sum() > 60


@pytest.mark.parametrize("name", SOLIDS)
def test_volume_is_that_of_the_formula(name):
    a, b, c = half_sizes = 0.5, 0.5 if name == "torus" else 0.35, 0.2
    volume = {
        "box": 8 * a * b * c,
        "ellipsoid": 4 / 3 * np.pi * a * b * c,
        "cylinder": 2 * np.pi * a * b * c,
        "cone": 2 / 3 * np.pi * a * b * c,
        "torus": 2 * np.pi**2 * a * c**2,
    }[name]
    turned = voxel_solids._rotations(tf.constant([[0.3, -0.7, 0.2, 0.5]]))
    solid = filled(name, half_sizes, (0.1, 0.05, -0.1), turned[0], side=64)
    assert abs(solid.mean() * 8 / volume - 1) < 0.01


def test_a_quarter_turn_exchanges_axes():
    # About the third axis: x becomes y.
    half_sizes = 2 / 8, 3 / 8, 4 / 8
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    turned = filled("box", half_sizes, rotation=quarter)
    upright = filled("box", half_sizes)
    np.testing.assert_array_equal(turned, upright.swapaxes(0, 1))
    half = np.sqrt(0.5).astype("float32")
    rotations = voxel_solids._rotations(tf.constant([[half, 0, 0, half]]))
    np.testing.assert_allclose(rotations[0], quarter, atol=1e-6)


def test_rotations_keep_lengths_and_hands():
    numbers = np.random.default_rng(0).normal(size=(50, 4)).astype("float32")
    rotations = voxel_solids._rotations(tf.constant(numbers)).numpy()
    products = rotations @ rotations.swapaxes(1, 2)
    np.testing.assert_allclose(products, [UPRIGHT] * 50, atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(rotations), 1, atol=1e-5)


@pytest.mark.parametrize("side", [8, 16])
def test_all_are_whole_and_of_each_class(side):
    dataset = datasets.solids(200, side, labels=True)
    volumes, labels = next(iter(dataset))
    assert dataset.element_spec == (
        tf.TensorSpec((200, side, side, side, 1), "float32"),
        tf.TensorSpec((200,), "int32"),
    )
    assert datasets.class_names("solids") == list(SOLIDS)
    counts = np.bincount(labels, minlength=5)
    assert len(counts) == 5 and counts.min() > 20
    volumes = volumes.numpy()[..., 0]
    assert set(np.unique(volumes)) == {0.0, 1.0}
    occupied = volumes.mean(axis=(1, 2, 3))
    assert 0.002 < occupied.min() and occupied.max() < 0.13
    # As in a cube with a wide margin: nothing is cut off.
    _, half_sizes, centers, rotations = parts = voxel_solids._random_solids(
        200, 0, tf.constant(0, tf.int64)
    )
    np.testing.assert_array_equal(parts[0], labels)
    wide = voxels(
        parts[0], half_sizes / 2, centers / 2, rotations, 2 * side
    ).numpy()[..., 0]
    assert wide.sum() == volumes.sum()


def test_labels_are_those_of_the_shapes():
    """A torus alone is hollow at its centre, a box alone fills its hull."""
    volumes, labels = next(iter(datasets.solids(300, 32, labels=True)))
    fullness = {}
    for volume, label in zip(volumes.numpy()[..., 0], labels.numpy()):
        points = np.argwhere(volume)
        middle = np.rint(points.mean(axis=0)).astype(int)
        fullness.setdefault(SOLIDS[label], []).append(volume[tuple(middle)])
    assert np.max(fullness.pop("torus")) == 0
    assert all(np.min(middle) == 1 for middle in fullness.values())


@pytest.mark.parametrize("labels", [False, True])
def test_r1_a_stream_begun_later_is_the_tail_of_the_whole(labels):
    def build(start_step):
        return datasets.solids(3, 8, labels, seed=5, start_step=start_step)

    def steps(dataset, number):
        return [
            tf.nest.map_structure(lambda tensor: tensor.numpy(), batch)
            for batch in dataset.take(number)
        ]

    whole = steps(build(0), 7)
    for tail in (build(4), build(0).skip(4), build(1).skip(3)):
        assert tail.cardinality() == tf.data.INFINITE_CARDINALITY
        tf.nest.map_structure(
            np.testing.assert_array_equal, steps(tail, 3), whole[4:]
        )


def test_batches_are_functions_of_seed_and_step():
    def first(**options):
        return next(iter(datasets.solids(4, 8, **options))).numpy()

    tf.random.set_seed(1)
    given = first(seed=3)
    tf.random.set_seed(2)
    np.testing.assert_array_equal(first(seed=3), given)
    assert np.any(first(seed=4) != given)
    assert np.any(first(seed=3, start_step=1) != given)


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(side=7), "`side` must be .* at least 8. Received: side=7"),
        (dict(batch_size=0), "batch_size=0"),
        (dict(seed=-1), "seed=-1"),
        (dict(start_step=None), "start_step=None"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        datasets.solids(**{"batch_size": 2, **options})
