import json
import re

import pytest

from keras_gan_zoo.metrics import Protocol, Score

PROTOCOL = Protocol(
    "fid",
    10_000,
    network="cifar10_cnn-v1",
    network_sha256="a" * 64,
    reference="train",
    reference_sha256="b" * 64,
    reference_size=50_000,
    seed=3,
)


def changed(**changes):
    fields = {**vars(PROTOCOL), **changes}
    return Protocol(**fields)


@pytest.mark.parametrize(
    "protocol, name",
    [
        (PROTOCOL, "fid10k[cifar10_cnn-v1|train]"),
        (
            changed(
                num_samples=50_000,
                network="inception_2015",
                resizer="tf1-bilinear",
            ),
            "fid50k[inception_2015|tf1-bilinear|train]",
        ),
        (
            Protocol("is", 10_000, network="cifar10_cnn-v1"),
            "is10k[cifar10_cnn-v1]",
        ),
        (Protocol("kid", 2_500, reference="test"), "kid2500[test]"),
        (Protocol("kid", 0), "kid0[]"),
        (Protocol("ms-ssim", 9, variant="pairs"), "ms-ssim9[pairs]"),
        (
            Protocol("kid", 10_000, reference="a", reference_size=2_000),
            "kid10k[a-of-2k]",
        ),
        (Protocol("fid", 500, reference="a", reference_size=500), "fid500[a]"),
    ],
)
def test_r08_the_name_carries_the_protocol(protocol, name):
    assert str(protocol) == name
    assert str(Score(1.5, protocol)) == f"{name} = 1.5"
    assert protocol.key.isidentifier()
    # Nothing is lost: the words of the name are those of the key.
    assert protocol.key.split("_") == re.split(r"\W+|_", name.rstrip("]["))


def test_the_deviation_is_shown():
    score = Score(7.8641, Protocol("is", 50_000), 0.0723)
    assert str(score) == "is50k[] = 7.8641 ± 0.072"


def test_scores_of_one_protocol_compare():
    low, high = Score(3.0, PROTOCOL), Score(5.0, changed(seed=4))
    assert low < high and high > low and low <= high and high >= low
    assert high - low == 2.0
    assert float(low) == 3.0
    assert min(high, low) is low
    assert low == Score(3.0, PROTOCOL) and low != high
    assert hash(low) == hash(Score(3.0, PROTOCOL))


@pytest.mark.parametrize(
    "changes",
    [
        {"metric": "kid"},
        {"num_samples": 50_000},
        {"network": "inception_2015"},
        {"network_sha256": "c" * 64},
        {"resizer": "tf1-bilinear"},
        {"reference": "test"},
        {"reference_sha256": "c" * 64},
        {"reference_size": 10_000},
        {"parameters": {"splits": 1}},
        {"variant": "subsets-of-200"},
    ],
)
@pytest.mark.parametrize(
    "operation",
    [
        lambda a, b: a < b,
        lambda a, b: a > b,
        lambda a, b: a <= b,
        lambda a, b: a >= b,
        lambda a, b: a - b,
    ],
)
def test_r08_scores_of_unlike_protocols_do_not(changes, operation):
    one, other = Score(3.0, PROTOCOL), Score(3.0, changed(**changes))
    (name,) = changes
    with pytest.raises(
        ValueError, match=f"differ in {name}: .*Score both anew"
    ):
        operation(one, other)
    assert one != other


def test_a_bare_number_is_no_score():
    with pytest.raises(TypeError):
        Score(3.0, PROTOCOL) < 4.0
    with pytest.raises(TypeError):
        Score(3.0, PROTOCOL) - 4.0


def test_json_holds_all_of_it():
    protocol = changed(parameters={"subsets": 50, "subset_size": 1000})
    score = Score(0.25, protocol, 0.5)
    record = json.loads(score.to_json())
    assert record == {
        "name": "fid10k[cifar10_cnn-v1|train]",
        "value": 0.25,
        "deviation": 0.5,
        "metric": "fid",
        "num_samples": 10_000,
        "network": "cifar10_cnn-v1",
        "network_sha256": "a" * 64,
        "resizer": None,
        "reference": "train",
        "reference_sha256": "b" * 64,
        "reference_size": 50_000,
        "parameters": {"subsets": 50, "subset_size": 1000},
        "seed": 3,
        "variant": None,
    }
    again = Score.from_json(score.to_json())
    assert again == score and again.protocol.seed == 3
