"""Samples as they are served, as files that other programs open.

It takes what an export tells of its samples, and neither Keras nor TensorFlow:
clients of a server write their files by it.
"""

import csv
import io
import pathlib
import wave

import numpy as np
from PIL import Image

from keras_gan_zoo import files
from keras_gan_zoo.images import unit_to_uint8

# Of other suffixes a file holds one sample.
HOLDS_MANY = ("csv", "npz")


def content(samples, kind):
    """Returns the content of a file.

    Args:
        samples: Array `(number, ...)`, as they are served. Unless the suffix
            is one of `HOLDS_MANY`, `number` is 1.
        kind: Dictionary, what the export tells of them: `"name"`, `"suffix"`,
            and what the suffix needs.

    Returns:
        Bytes.
    """
    samples = np.asarray(samples)
    suffix = suffix_of(samples, kind)
    return _MAKERS[suffix](
        samples if suffix in HOLDS_MANY else samples[0], kind
    )


def contents(samples, kind):
    """Returns samples as the contents of as few files as can hold them.

    Args:
        samples: Array `(number, ...)`, as they are served.
        kind: As of `content`.

    Returns:
        Tuple of the suffix and a list of bytes: one for each sample, or a
        single one if the suffix is of `HOLDS_MANY`.
    """
    samples = np.asarray(samples)
    suffix = suffix_of(samples, kind)
    step = len(samples) if suffix in HOLDS_MANY else 1
    parts = [samples[i : i + step] for i in range(0, len(samples), step)]
    return suffix, [content(part, kind) for part in parts]


def write_samples(out, suffix, contents, seeds):
    """Writes `contents` of samples of seeds, named by them; see `write_files`.

    Args:
        seeds: Sequence of integers that follow one another.
    """
    names = [f"seed_{seed}" for seed in seeds]
    if len(contents) != len(seeds):
        names = [f"seeds_{seeds[0]}_to_{seeds[-1]}"]
    return write_files(out, suffix, contents, names)


def write_files(out, suffix, contents, names):
    """Writes contents of files, and returns their paths.

    Args:
        out: String or path of a folder; or of a file with the suffix, if there
            is one content only.
        suffix: String.
        contents: List of bytes.
        names: List of strings, those of the files in a folder.

    Raises:
        ValueError: If `out` is a file and there are several.
    """
    out = pathlib.Path(out)
    if out.suffix:
        if len(contents) > 1 or out.suffix != f".{suffix}":
            one = "one" if len(contents) == 1 else f"{len(contents)} files"
            raise ValueError(
                f"`--out` must be a folder here, or a file of the suffix "
                f".{suffix} for one that is written. Received: {out}, for "
                f"{one} of .{suffix}. Leave the suffix out for a folder."
            )
        paths = [out]
    else:
        paths = [out / f"{name}.{suffix}" for name in names]
    for path, content in zip(paths, contents):
        files.make_folder(path.parent)
        with files.written_aside(path) as aside:
            aside.write_bytes(content)
    return paths


def suffix_of(samples, kind):
    """Returns the suffix of what `content` makes."""
    suffix = kind["suffix"]
    # There are images of more channels than files have.
    if suffix == "png" and not (
        samples.ndim == 4 and samples.shape[-1] in (1, 2, 3, 4)
    ):
        return "npz"
    return suffix if suffix in _MAKERS else "npz"


def _png(image, kind):
    pixels = unit_to_uint8(image)
    file = io.BytesIO()
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _wav(waveform, kind):
    # As TensorFlow encodes them: -1 is the lowest number, 1 has none.
    values = 32768.0 * np.asarray(waveform, "float64")
    values = np.trunc(values + np.copysign(0.5, values))
    values = np.clip(values, -32768, 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(values.shape[-1])
        writer.setsampwidth(2)
        writer.setframerate(kind["sample_rate"])
        writer.writeframes(values.tobytes())
    return file.getvalue()


def npz(arrays):
    """Returns the content of an NPZ file of arrays by name."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _npz(samples, kind):
    return npz({kind["name"]: samples})


def _csv(samples, kind):
    numbers = range(1, samples.shape[-1] + 1)
    columns = kind.get("columns") or [f"x{number}" for number in numbers]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(samples.astype("U").tolist())  # Their shortest digits.
    return file.getvalue().encode("utf-8")


def _txt(tokens, kind):
    words = [kind["vocabulary"][number] for number in tokens]
    return kind.get("separator", "").join(words).encode("utf-8")


def _mid(roll, kind):
    """Returns a MIDI file of one track, a tick a step.

    Source: "Standard MIDI Files 1.0", MIDI Manufacturers Association, 1988.
    """
    sounds = roll >= 0.5
    silent = np.zeros((1, roll.shape[1]), bool)
    changes = np.diff(np.concatenate([silent, sounds, silent]), axis=0)
    # A quarter of one second, of as many ticks as there are steps in it.
    track = [b"\x00\xff\x51\x03", (1_000_000).to_bytes(3)]
    before = 0
    for step, pitch in np.argwhere(changes):
        starts = step < len(roll) and sounds[step, pitch]
        loudness = round(127 * float(roll[step, pitch])) if starts else 0
        number = kind["lowest_pitch"] + int(pitch)
        note = bytes([0x90, number, min(loudness, 127)])
        track += [_variable_length(int(step) - before), note]
        before = int(step)
    rest = _variable_length(len(roll) - before)
    events = b"".join([*track, rest, b"\xff\x2f\x00"])
    header = [0, 1, kind["steps_per_second"]]  # One track; ticks of a quarter.
    return b"".join(
        [
            b"MThd",
            (6).to_bytes(4),
            *(number.to_bytes(2) for number in header),
            b"MTrk",
            len(events).to_bytes(4),
            events,
        ]
    )


def _variable_length(number):
    """Returns a number as MIDI has times: seven bits a byte."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


_MAKERS = {
    "csv": _csv,
    "mid": _mid,
    "npz": _npz,
    "png": _png,
    "txt": _txt,
    "wav": _wav,
}
