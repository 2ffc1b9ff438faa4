"""The tables of where the time of the tests goes."""

from tests import times

LOG = """\
1.500 tests/models/test_contract.py::test_fit[WGAN]@WGAN
0.250 tests/models/test_contract.py::test_costs[WGAN]
2.000 tests/models/test_contract.py::test_fit[DCGAN]
3.000 tests/models/test_precision.py::test_steps[DCGAN-mixed_float16]
0.500 tests/networks/test_contract.py::test_images[dcgan]
0.125 tests/test_benchmarks_peers.py::test_a
0.125 tests/test_benchmarks.py::test_b[a b]
"""


def test_seconds_are_added_by_kind_and_by_entry():
    found = times.read(LOG.splitlines())
    assert times.table("kind", found, times.kind_of)[2:] == [
        "| tests/models, the contract of every entry | 3 | 3.8 |",
        "| tests/models, mechanics on representatives | 1 | 3.0 |",
        "| tests/networks | 1 | 0.5 |",
        "| tests, benchmarks | 2 | 0.2 |",
        "| all | 7 | 7.5 |",
    ]
    assert times.table("entry", found, times.entry_of)[2:] == [
        "| DCGAN | 1 | 2.0 |",
        "| WGAN | 2 | 1.8 |",
        "| all | 3 | 3.8 |",
    ]
