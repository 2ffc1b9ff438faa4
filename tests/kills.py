"""Kills trainings by SIGKILL, again and again, and counts what is lost.

Each model trains once undisturbed, and once more while it is killed at random
moments, in steps and in the midst of saves, and started again each time. What
was saved must never be lost, and in the end all must be equal, bit for bit:

    python -m tests.kills --kills 200 WGANGP BEGAN ACGAN InfoGAN

The processes are forked from one that has imported TensorFlow and done nothing
with it, to save the seconds of the import.
"""

import argparse
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf

from keras_gan_zoo.callbacks import Checkpoint, CSVLog
from keras_gan_zoo.datasets.streams import index_batches

STEPS_PER_EPOCH, EPOCHS = 3, 10


def data(entry):
    """Returns an endless stream of the zoo's images and labels."""
    arrays = entry.arrays(STEPS_PER_EPOCH)
    arrays = arrays[0] if len(arrays) == 1 else tuple(arrays)
    number = len(tf.nest.flatten(arrays)[0])
    indices = index_batches(number, entry.batch_size, seed=0, start_step=0)

    def of_rows(rows):
        return tf.nest.map_structure(lambda one: tf.gather(one, rows), arrays)

    dataset = indices.map(of_rows)
    dataset.skip = lambda count: indices.skip(count).map(of_rows)
    return dataset


class Reporting(Checkpoint):
    """A checkpoint callback that tells what is safe, and kills on request.

    Args:
        report: Function of a line.
        kill_at: Integer, the step to be killed at, or `None`.
    """

    def __init__(self, directory, report, kill_at):
        super().__init__(directory, every_steps=2)
        self.report = report
        self.kill_at = kill_at

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.report(f"resumed {self._steps_done}")

    def on_train_batch_end(self, batch, logs=None):
        if self._steps_done + 1 == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        super().on_train_batch_end(batch, logs)

    def _save(self, *args):
        self.report(f"saving {self._steps_done}")
        super()._save(*args)
        self.report(f"saved {self._steps_done}")


def train(name, folder, epochs, report, kill_at):
    """Trains a model of the zoo, from where its checkpoints end."""
    # The entries' files compute as they are imported, which is not for the
    # process that forks.
    from tests.models import toys, zoo

    entry = zoo.ZOO[name]
    keras.utils.set_random_seed(1)
    model = entry.build_averaged()
    toys.compile_model(model, run_eagerly=True)
    rate = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
    history = model.fit(
        data(entry),
        epochs=epochs,
        steps_per_epoch=STEPS_PER_EPOCH,
        callbacks=[
            rate,
            CSVLog(folder / "log.csv"),
            Reporting(folder / "checkpoints", report, kill_at),
        ],
        verbose=0,
    )
    state = model.get_weights()
    for optimizer in toys.optimizers_of(model):
        state += [variable.numpy() for variable in optimizer.variables]
    state += [np.array(values) for values in history.history.values()]
    np.savez(folder / "state.npz", *state)


class Process:
    """A forked process that trains, and the lines that it reports."""

    def __init__(self, *arguments):
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)

            def report(line):
                os.write(writing, f"{line}\n".encode())

            # What it prints would be mixed up with the report of others.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            code = 1
            try:
                train(*arguments[:-1], report, arguments[-1])
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        self.pipe = os.fdopen(reading)

    def wait_for(self, word, times=1):
        """Waits until a line begins with a word for the nth time."""
        lines = []
        for line in self.pipe:
            lines.append(line)
            times -= line.startswith(word)
            if times == 0:
                break
        return lines

    def kill(self, after):
        time.sleep(after)
        os.kill(self.pid, signal.SIGKILL)

    def end(self):
        """Waits for its end; returns its status and the rest of its lines."""
        lines = self.pipe.readlines()
        return os.waitpid(self.pid, 0)[1], lines


def numbers(word, lines):
    return [int(line.split()[1]) for line in lines if line.startswith(word)]


def equal(left, right):
    """Tells whether two trainings ended in the same state, with equal logs."""
    one, other = (np.load(folder / "state.npz") for folder in (left, right))
    same = [np.array_equal(one[key], other[key]) for key in one.files]
    logs = [(folder / "log.csv").read_bytes() for folder in (left, right)]
    return one.files == other.files and all(same) and logs[0] == logs[1]


def remains(folder):
    """Tells whether a save was broken off."""
    directory = folder / "checkpoints"
    return directory.exists() and any(
        re.fullmatch(r"\.[0-9a-f]{32}", path.name)
        for path in directory.iterdir()
    )


def kill_often(name, kills, folder, seed):
    """Trains undisturbed and disturbed; returns a dictionary of counts."""
    chance = random.Random(seed)
    undisturbed = folder / "undisturbed"
    undisturbed.mkdir(parents=True)
    process = Process(name, undisturbed, EPOCHS, None)
    process.wait_for("saving")
    begin = time.perf_counter()
    process.wait_for("saved")
    save_seconds = time.perf_counter() - begin
    status, _ = process.end()
    if status:
        raise RuntimeError(f"{name} failed undisturbed.")
    seconds = time.perf_counter() - begin
    counts = dict(kills=0, in_a_save=0, lost_steps=0, trainings=0, unequal=0)
    saved = 0
    directory = folder / "0"
    directory.mkdir()
    while counts["kills"] < kills or saved:
        process = Process(name, directory, EPOCHS, None)
        lines = process.wait_for("resumed")
        if counts["kills"] < kills:
            if chance.random() < 0.5:
                process.kill(chance.uniform(0.0, 0.4) * seconds)
            else:
                lines += process.wait_for("saving", chance.randint(1, 4))
                process.kill(chance.uniform(0.0, 1.2) * save_seconds)
        status, rest = process.end()
        lines += rest
        for step in numbers("resumed", lines):
            counts["lost_steps"] += max(0, saved - step)
        saved = max([saved, *numbers("saved", lines)])
        if status == signal.SIGKILL:
            counts["kills"] += 1
            counts["in_a_save"] += remains(directory)
        elif status:
            raise RuntimeError(f"{name} failed: see above.")
        else:  # It came to its end: look at it, and begin another.
            counts["trainings"] += 1
            done = f"{counts['kills']} of {kills} kills"
            print(f"{name}: {done}", file=sys.stderr, flush=True)
            counts["unequal"] += not equal(undisturbed, directory)
            saved = 0
            directory = folder / str(counts["trainings"])
            directory.mkdir()
    return counts


def kill_once(name, folder, at):
    """Kills at a step; returns where it went on, and whether it ended equal."""
    for path in (folder / "undisturbed", folder / "killed"):
        path.mkdir(parents=True)
    ends = [
        Process(name, folder / path, 2, kill_at).end()
        for path, kill_at in (
            ("undisturbed", None),
            ("killed", at),
            ("killed", None),
        )
    ]
    if [status for status, _ in ends] != [0, signal.SIGKILL, 0]:
        raise RuntimeError(f"{name} failed: {ends}")
    (resumed,) = numbers("resumed", ends[2][1])
    return resumed, equal(folder / "undisturbed", folder / "killed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="+", help="names of `zoo.ZOO`")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--at", type=int, help="kill once, at this step")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    # The last bits of sums depend on the number of threads.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    failed = False
    for name in args.models:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            if args.at is not None:
                step, same = kill_once(name, folder, args.at)
                how = "equal" if same else "unequal"
                print(f"{name}: went on from step {step} and ended {how}")
                failed |= not same
                continue
            counts = kill_often(name, args.kills, folder, args.seed)
        print(
            "{name}: {kills} kills, {in_a_save} in a save; {trainings} "
            "trainings came to their end, {unequal} of them unequal to the "
            "undisturbed; {lost_steps} saved steps lost".format(
                name=name, **counts
            ),
            flush=True,
        )
        failed |= bool(counts["unequal"] or counts["lost_steps"])
    sys.exit(failed)


if __name__ == "__main__":
    main()
