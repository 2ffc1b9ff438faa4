"""Requests that are computed together: dynamic batching."""

import asyncio
import collections
import dataclasses

import numpy as np

from keras_gan_zoo.serving.errors import RequestError


class Batcher:
    """Puts together what is asked of one function while it is busy.

    A request that finds the function idle is computed at once. Those that come
    meanwhile wait, and the next call takes as many of them, in their order, as
    fit into a batch: the more there is to do, the larger the batches are, and
    no time is set to wait for others.

    A batch is filled up to the next power of two with copies of its first row.
    So the function sees few sizes, and those for which a row comes out the same
    to the bit, whatever rows are computed with it.

    Requests of more rows than a batch are computed in parts, others' between
    them. If a batch fails, its requests are computed one by one, so that one
    with, say, a label of no class fails alone.

    Args:
        function: Function that takes a dictionary of arrays and returns one;
            the first axis of each array is the batch's. It is called in a
            thread, never twice at a time.
        max_batch_size: Integer, a power of two: the rows of the largest batch.
            With 1, each row is computed by itself.
        executor: `concurrent.futures.Executor` of the threads.
    """

    def __init__(self, function, max_batch_size, executor):
        self._function = function
        self._max_batch_size = max_batch_size
        self._executor = executor
        self._waiting = collections.deque()
        self._worker = None

    async def __call__(self, inputs):
        """Computes the outputs of inputs that have one number of rows.

        Args:
            inputs: Dictionary of arrays `(rows, ...)`, of one row or more.

        Returns:
            Dictionary of arrays `(rows, ...)`.
        """
        size = self._max_batch_size
        parts = [
            await self._enqueue(_sliced(inputs, start, start + size))
            for start in range(0, _num_rows(inputs), size)
        ]
        return parts[0] if len(parts) == 1 else _concatenated(parts)

    async def _enqueue(self, inputs):
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(inputs, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await future

    async def _work(self):
        try:
            while batch := self._next_batch():
                await self._compute(batch)
        finally:
            self._worker = None

    def _next_batch(self):
        """Takes the requests of the next batch from those that wait."""
        batch, rows = [], 0
        while self._waiting:
            request = self._waiting[0]
            if request.future.done():  # Its sender waits no longer.
                self._waiting.popleft()
                continue
            rows += request.num_rows
            if rows > self._max_batch_size:
                break
            if batch and request.row_shapes != batch[0].row_shapes:
                break
            batch.append(self._waiting.popleft())
        return batch

    async def _compute(self, batch):
        try:
            inputs = _concatenated([request.inputs for request in batch])
            outputs = await asyncio.get_running_loop().run_in_executor(
                self._executor, self._call, inputs
            )
        except Exception as error:
            if len(batch) > 1:
                for request in batch:
                    await self._compute([request])
            elif not batch[0].future.done():
                batch[0].future.set_exception(error)
            return
        start = 0
        for request in batch:
            stop = start + request.num_rows
            if not request.future.done():
                request.future.set_result(_sliced(outputs, start, stop))
            start = stop

    def _call(self, inputs):
        rows = _num_rows(inputs)
        copies = (1 << (rows - 1).bit_length()) - rows
        padded = {
            name: np.concatenate([array, np.repeat(array[:1], copies, 0)])
            for name, array in inputs.items()
        }
        outputs = self._function(padded)
        for name, array in outputs.items():
            if array.shape[:1] != (rows + copies,):
                raise RequestError(
                    501,
                    "This server puts requests together, so an output must "
                    f"have a row for each of the inputs. `{name}` is of shape "
                    f"{array.shape} for {rows + copies} rows.",
                )
        return _sliced(outputs, 0, rows)


@dataclasses.dataclass(frozen=True)
class _Request:
    """Inputs that fit into a batch, and where their outputs are awaited."""

    inputs: dict
    future: asyncio.Future

    @property
    def num_rows(self):
        return _num_rows(self.inputs)

    @property
    def row_shapes(self):
        """What must be alike in a batch, where a model leaves it free."""
        return {name: array.shape[1:] for name, array in self.inputs.items()}


def _num_rows(arrays):
    return len(next(iter(arrays.values())))


def _sliced(arrays, start, stop):
    return {name: array[start:stop] for name, array in arrays.items()}


def _concatenated(parts):
    return {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
    }
