"""Clients that keep a server busy, in a process of their own.

    python -m benchmarks.load http://127.0.0.1:8501 wgan_gp_cifar

Each client sends its next request when the last one has been answered, over a
connection that it keeps open. The result is printed as JSON.
"""

import argparse
import asyncio
import collections
import contextlib
import hashlib
import json
import random
import resource
import sys
import time
import urllib.parse

NUM_SEEDS = 64


class Load:
    """What clients ask, and what they were answered.

    Args:
        url: String, such as `"http://127.0.0.1:8501"`.
        model: String, the name of the model.
        num_classes: Integer or `None`, the classes of a conditional model. A
            seed has the class of its remainder.
    """

    def __init__(self, url, model, num_classes):
        address = urllib.parse.urlsplit(url)
        self._host, self._port = address.hostname, address.port
        self._requests = []
        for seed in range(NUM_SEEDS):
            inputs = {"seeds": [seed]}
            if num_classes:
                inputs["labels"] = [seed % num_classes]
            body = json.dumps(
                {"signature_name": "sample_png", "inputs": inputs}
            )
            head = (
                f"POST /v1/models/{urllib.parse.quote(model)}:predict HTTP/1.1"
                f"\r\nHost: {address.netloc}\r\n"
                f"Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            self._requests.append((head + body).encode())
        self._digests = {}
        self._errors = collections.Counter()
        self._mismatches = 0
        self._latencies = []

    async def run(self, clients, seconds, warm_up):
        """Returns what `clients` measured in `seconds`, as a dictionary."""
        start = time.perf_counter() + warm_up
        stop = start + seconds
        work = [
            self._client(start, stop, random.Random(i)) for i in range(clients)
        ]
        await asyncio.gather(*work)
        self._latencies.sort()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "clients": clients,
            "seconds": seconds,
            "answers": len(self._latencies),
            "errors": dict(self._errors),
            "mismatches": self._mismatches,
            "digests": self._digests,
            "p50_ms": self._percentile(50),
            "p99_ms": self._percentile(99),
            "load_cpu_seconds": usage.ru_utime + usage.ru_stime,
        }

    def _percentile(self, percent):
        if not self._latencies:
            return None
        index = (len(self._latencies) - 1) * percent // 100
        return 1000 * self._latencies[index]

    async def _client(self, start, stop, rng):
        writer = None
        while (sent := time.perf_counter()) < stop:
            seed = rng.randrange(NUM_SEEDS)
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(
                        self._host, self._port
                    )
                writer.write(self._requests[seed])
                body = await _answer(reader)
            except (OSError, EOFError, KeyError, ValueError) as error:
                self._errors[f"{type(error).__name__}: {error}"] += 1
                writer = await _close(writer)
                await asyncio.sleep(0.1)
                continue
            self._compare(seed, body)
            now = time.perf_counter()
            if start <= now < stop:
                self._latencies.append(now - sent)
        await _close(writer)

    def _compare(self, seed, body):
        digest = hashlib.sha256(body).hexdigest()
        if self._digests.setdefault(seed, digest) != digest:
            self._mismatches += 1


async def _close(writer):
    if writer is not None:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _answer(reader):
    """Returns the body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    body = await reader.readexactly(int(headers["content-length"]))
    if status.split()[1] != "200":
        raise ValueError(f"{status}: {body[:200]!r}")
    return body


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("--num-classes", type=int)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=3)
    options = parser.parse_args()
    load = Load(options.url, options.model, options.num_classes)
    result = asyncio.run(
        load.run(options.clients, options.seconds, options.warm_up)
    )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
