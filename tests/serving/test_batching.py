import asyncio
import concurrent.futures
import threading

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from keras_gan_zoo.serving.batching import Batcher
from keras_gan_zoo.serving.errors import RequestError


class Doubling:
    """A function that doubles `x`, and keeps what it was called with.

    The first call waits until it is released. Numbers below zero are refused.
    """

    def __init__(self):
        self.calls = []
        self.released = threading.Event()
        self._busy = threading.Lock()

    def __call__(self, inputs):
        assert self._busy.acquire(blocking=False), "Two calls at a time."
        try:
            self.calls.append(inputs["x"].tolist())
            assert self.released.wait(30)
            if (inputs["x"] < 0).any():
                raise RequestError(400, "below zero")
            return {"y": 2 * inputs["x"]}
        finally:
            self._busy.release()


def computed(function, first, others, max_batch_size=4):
    """Returns the results of requests that come while the first is computed."""

    async def ask():
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            batcher = Batcher(function, max_batch_size, threads)
            tasks = [asyncio.create_task(batcher({"x": np.array(first)}))]
            while not function.calls:
                await asyncio.sleep(0.001)
            for rows in others:
                tasks.append(
                    asyncio.create_task(batcher({"x": np.array(rows)}))
                )
            await asyncio.sleep(0)
            function.released.set()
            return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(ask())
    return [
        result if isinstance(result, Exception) else result["y"].tolist()
        for result in results
    ]


def test_what_comes_while_busy_is_computed_together_in_order():
    function = Doubling()
    results = computed(function, [1], [[2], [3], [4], [5], [6]])
    assert results == [[2], [4], [6], [8], [10], [12]]
    assert function.calls == [[1], [2, 3, 4, 5], [6]]


def test_batches_are_filled_up_with_their_first_row():
    function = Doubling()
    assert computed(function, [1, 2, 3], [[4], [5], [6]]) == [
        [2, 4, 6],
        [8],
        [10],
        [12],
    ]
    assert function.calls == [[1, 2, 3, 1], [4, 5, 6, 4]]


def test_requests_are_not_torn_to_fill_a_batch():
    function = Doubling()
    results = computed(function, [1], [[2, 3, 4], [5, 6], [7]])
    assert results == [[2], [4, 6, 8], [10, 12], [14]]
    assert function.calls == [[1], [2, 3, 4, 2], [5, 6, 7, 5]]


def test_large_requests_are_computed_in_parts_with_others_between():
    function = Doubling()
    results = computed(function, [1, 2, 3, 4, 5], [[6], [7]])
    assert results == [[2, 4, 6, 8, 10], [12], [14]]
    assert function.calls == [[1, 2, 3, 4], [6, 7], [5]]


def test_a_largest_batch_of_one_computes_each_row_alone():
    function = Doubling()
    assert computed(function, [1], [[2, 3], [4]], 1) == [[2], [4, 6], [8]]
    assert function.calls == [[1], [2], [4], [3]]


def test_an_error_fails_its_own_request_only():
    function = Doubling()
    first, second, bad, last = computed(function, [1], [[2], [-3], [4]])
    assert [first, second, last] == [[2], [4], [8]]
    assert isinstance(bad, RequestError) and str(bad) == "below zero"
    assert function.calls == [[1], [2, -3, 4, 2], [2], [-3], [4]]


def test_rows_of_other_shapes_wait_for_a_batch_of_their_own():
    function = Doubling()
    images = [[[[1, 2]], [[3, 4]]], [[[5]]], [[[6]]], [[[7, 8]]]]
    results = computed(function, [[9]], [sum(i, []) for i in images])
    assert results[1:] == [
        [[2, 4], [6, 8]],
        [[10]],
        [[12]],
        [[14, 16]],
    ]
    assert function.calls[1:] == [
        [[1, 2], [3, 4]],
        [[5], [6]],
        [[7, 8]],
    ]


def test_who_waits_no_longer_is_not_computed():
    function = Doubling()

    async def ask():
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            batcher = Batcher(function, 4, threads)
            tasks = []
            for number in (1, 2, 3):
                tasks.append(
                    asyncio.create_task(batcher({"x": np.array([number])}))
                )
                while not function.calls:
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0)
            tasks[1].cancel()
            await asyncio.sleep(0)
            function.released.set()
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, cancelled, last = asyncio.run(ask())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert first["y"] == [2] and last["y"] == [6]
    assert function.calls == [[1], [3]]


@pytest.mark.parametrize("output", [np.ones(3), np.ones(())])
def test_a_function_that_returns_no_row_for_a_row_is_refused(output):
    async def ask():
        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            batcher = Batcher(lambda inputs: {"y": output}, 4, threads)
            return await batcher({"x": np.ones(3)})

    with pytest.raises(RequestError, match="`y` is .* for 4 rows") as caught:
        asyncio.run(ask())
    assert caught.value.status == 501


@hypothesis.settings(derandomize=True, deadline=None, max_examples=60)
@hypothesis.given(
    st.lists(
        st.lists(st.integers(-1, 50), min_size=1, max_size=20), max_size=20
    ),
    st.sampled_from([1, 2, 8]),
)
def test_each_request_gets_its_own_rows(others, max_batch_size):
    function = Doubling()
    results = computed(function, [0], others, max_batch_size)
    for rows, result in zip([[0], *others], results, strict=True):
        if min(rows) < 0:
            assert isinstance(result, RequestError)
        else:
            assert result == [2 * row for row in rows]
    sizes = {len(call) for call in function.calls}
    assert sizes <= {1, 2, 4, 8} and max(sizes) <= max_batch_size
