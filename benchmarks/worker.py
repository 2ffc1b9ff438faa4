"""The candidate's side: it repeats a piece of work when told to.

A candidate is a process of its own. When it is ready, it prints facts about
itself, as one line of JSON; for each line that it then reads, it does its work
again and prints how many seconds that took. So candidates can take turns.
"""

import json
import sys
import time


def use_threads(threads):
    """Lets TensorFlow run so many threads, before it has run anything.

    Args:
        threads: Integer, within an operation and between operations.
    """
    import tensorflow as tf  # Not all candidates are TensorFlow's.

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def answer(work, facts, seconds=1.5):
    """Answers the runner until its last request.

    Args:
        work: Function of a number, which does so many units of work and
            returns when they are done.
        facts: Dictionary of what there is to tell, such as parameters.
        seconds: Float, about how long each repeat should take. With 0, it is
            one unit, which is done once before.
    """
    if seconds:
        work(2)  # Traces, fills caches.
    units = 1
    while (elapsed := _timed(work, units)) < seconds / 4:
        units *= 2
    units = max(1, round(units * seconds / elapsed))
    print(json.dumps({**facts, "units": units}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(_timed(work, units)), flush=True)


def _timed(work, units):
    start = time.perf_counter()
    work(units)
    return time.perf_counter() - start
