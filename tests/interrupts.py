"""Interrupts trainings by SIGINT and SIGTERM, and looks at what is left.

A tiny model trains on a folder of pictures, each time in a process of its own,
that gets a signal at a random moment: while it imports, traces its first step,
trains, saves, draws or ends. It must end within five seconds, by that signal,
and name a whole checkpoint or say that there is none. The same command, given
again until it comes to its end, must give the weights of the undisturbed
training, bit for bit:

    python -m tests.interrupts --moments 60 --at-once 2
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

SIZE, BATCH_SIZE = 16, 16
STEPS_PER_EPOCH, EPOCHS = 40, 6
INTERRUPTIONS = 3  # Of one training; then it comes to its end.
SIGNALS = [signal.SIGINT, signal.SIGTERM]


def write_pictures(folder, number):
    rng = np.random.default_rng(0)
    folder.mkdir()
    for index in range(number):
        pixels = rng.integers(0, 256, (48, 64, 3), dtype="uint8")
        Image.fromarray(pixels).save(folder / f"{index:05d}.png")


def train(pictures, folder):
    """Trains from where the folder's checkpoints end; writes its state."""
    import keras
    import tensorflow as tf

    from keras_gan_zoo import averages, datasets
    from keras_gan_zoo.callbacks import Checkpoint, CSVLog, SampleGrid
    from tests import tiny

    # The last bits of sums depend on the number of threads.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    keras.utils.set_random_seed(1)
    gan = tiny.gan((SIZE, SIZE, 3), average=averages.EMA(0.9))
    gan.compile(
        discriminator_optimizer=keras.optimizers.Adam(1e-3),
        generator_optimizer=keras.optimizers.Adam(1e-3),
    )
    begun = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: print("begun", flush=True)
    )
    images = datasets.image_folder(pictures, SIZE, BATCH_SIZE, start_step=0)
    gan.fit(
        images,
        epochs=EPOCHS,
        steps_per_epoch=STEPS_PER_EPOCH,
        callbacks=[
            begun,
            keras.callbacks.LearningRateScheduler(
                lambda epoch, rate: rate * 0.9
            ),
            SampleGrid(folder / "pictures", columns=2),
            CSVLog(folder / "log.csv"),
            Checkpoint(folder / "checkpoints", every_steps=15),
        ],
        verbose=0,
    )
    print("trained", flush=True)
    state = gan.get_weights()
    for optimizer in gan.optimizer.optimizers:
        state += [variable.numpy() for variable in optimizer.variables]
    np.savez(folder / "state.npz", *state)


class Training:
    """A process that trains, and what it prints."""

    def __init__(self, pictures, folder):
        folder.mkdir(exist_ok=True)
        self.path = folder / "printed.txt"
        with self.path.open("w") as printed:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.interrupts"]
                + ["--train", str(pictures), str(folder)],
                cwd=pathlib.Path(__file__).parents[1],
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=printed,
                stderr=subprocess.STDOUT,
            )

    def printed(self):
        return self.path.read_text()

    def wait_for(self, line):
        while f"{line}\n" not in self.printed():
            if self.process.poll() is not None:
                return
            time.sleep(0.01)

    def interrupt(self, number, limit):
        """Sends a signal; returns what is wrong with the end, or `None`."""
        self.process.send_signal(number)
        begin = time.perf_counter()
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"it did not end within {limit} s"
        self.seconds = time.perf_counter() - begin
        printed = self.printed()
        if "begun\n" in printed and code not in (-number, 0):
            return f"it ended by {code}"
        if code == 0 and "trained\n" not in printed:
            return "it ended as if it had trained"
        return None


def moment(training):
    """Names the part of the training that the printed lines end in."""
    printed = training.printed()
    if "trained\n" in printed:
        return "at its end"
    return "in fit" if "begun\n" in printed else "before fit"


def harm(folder, training):
    """Returns what is wrong with what a training has left, or `None`."""
    from keras_gan_zoo.callbacks import checkpoint_files

    directory = folder / "checkpoints"
    for path in sorted(directory.glob("step_*")):
        if reason := checkpoint_files.harm(path):
            return f"{path.name}: {reason}"
    if moment(training) != "in fit" or training.process.returncode == 0:
        return None
    said = re.search(
        r"interrupted at step .*(begin anew|checkpoint (\S+))\.\n",
        training.printed(),
        re.DOTALL,
    )
    if said is None:
        return "it does not say where its work is"
    if said[2] and not pathlib.Path(said[2]).is_dir():
        return f"it names {said[2]}, which is not there"
    return None


def equal(left, right):
    one, other = (np.load(folder / "state.npz") for folder in (left, right))
    logs = [(folder / "log.csv").read_bytes() for folder in (left, right)]
    return logs[0] == logs[1] and all(
        np.array_equal(one[key], other[key]) for key in one.files
    )


def interrupt_often(
    pictures, undisturbed, folder, seconds, moments, seed, limit
):
    """Trains to the end, with interruptions.

    Returns:
        A list of what was wrong, a counter of the moments, and the seconds
        that each took to end.
    """
    chance = random.Random(seed)
    wrong, counts, ends = [], collections.Counter(), []
    for _ in range(moments):
        training = Training(pictures, folder)
        if chance.random() < 0.8:
            training.wait_for("begun")
            time.sleep(chance.uniform(0.0, 0.8 * seconds[1]))
        else:
            time.sleep(chance.uniform(0.0, seconds[0]))
        number = chance.choice(SIGNALS)
        what = training.interrupt(number, limit) or harm(folder, training)
        counts[f"{number.name} {moment(training)}"] += 1
        ends.append(getattr(training, "seconds", np.inf))
        if what:
            printed = training.printed()[-2000:]
            wrong.append(f"{number.name}: {what}\n{printed}")
    training = Training(pictures, folder)
    if training.process.wait():
        wrong.append(f"did not go on:\n{training.printed()[-2000:]}")
    elif not equal(undisturbed, folder):
        wrong.append("ended unequal to the undisturbed")
    return wrong, counts, ends


def interrupt_all(moments, num_pictures, at_once, seed, folder, limit):
    """Interrupts trainings, so many at once; returns as `interrupt_often`."""
    pictures = folder / "real"
    write_pictures(pictures, num_pictures)
    undisturbed = folder / "undisturbed"
    training = Training(pictures, undisturbed)
    begin = time.perf_counter()
    training.wait_for("begun")
    begun = time.perf_counter()
    if training.process.wait():
        raise RuntimeError(training.printed())
    seconds = begun - begin, time.perf_counter() - begun
    parts = [
        min(INTERRUPTIONS, moments - done)
        for done in range(0, moments, INTERRUPTIONS)
    ]
    wrong, counts, ends = [], collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for result in pool.map(
            lambda index: interrupt_often(
                pictures,
                undisturbed,
                folder / str(index),
                seconds,
                parts[index],
                f"{seed} {index}",
                limit,
            ),
            range(len(parts)),
        ):
            wrong += result[0]
            counts += result[1]
            ends += result[2]
            print(f"{len(ends)} of {moments}", file=sys.stderr, flush=True)
    return wrong, counts, ends


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moments", type=int, default=60)
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="in which each must end"
    )
    parser.add_argument("--train", nargs=2, type=pathlib.Path)
    args = parser.parse_args()
    if args.train:
        train(*args.train)
        return
    # A shell that runs this in the background lets its processes ignore it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as temporary:
        wrong, counts, ends = interrupt_all(
            args.moments,
            args.pictures,
            args.at_once,
            args.seed,
            pathlib.Path(temporary),
            args.seconds,
        )
    print("\n".join(wrong))
    for what, number in sorted(counts.items()):
        print(f"{what}: {number}")
    print(
        f"{args.moments} interruptions, {len(wrong)} wrong; the slowest "
        f"process ended after {max(ends):.1f} s"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
