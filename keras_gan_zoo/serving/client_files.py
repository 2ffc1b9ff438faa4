"""What an endpoint returns, as files."""

import pathlib

from keras_gan_zoo import files, sample_files

_IN_GRAPH = ("png", "wav", "txt")


def sampled_files(client, seeds, labels=None):
    """Returns samples of seeds as contents of files.

    The server makes them if the model has a signature for that, such as
    `sample_wav`. Otherwise they are made here, as the export says: what it
    tells is known of the local server only, and NPZ is written without it.

    Args:
        client: `Client`.
        seeds: Sequence of integers.
        labels: See `Client.sample`.

    Returns:
        Tuple of the suffix and a list of bytes: one for each seed, or a single
        one if the suffix is of `sample_files.HOLDS_MANY`.
    """
    inputs = client.draws(seeds, labels)
    signatures = client.signatures()
    for suffix in _IN_GRAPH:
        name = f"sample_{suffix}"
        if name in signatures:
            (contents,) = client.predict(name, inputs).values()
            return suffix, contents
    if "sample" not in signatures:
        raise ValueError(
            "A model that draws from seeds has the signature `sample`. "
            f"Received: one with {sorted(signatures)}. For a translator, use "
            "the command `translate`."
        )
    (samples,) = client.predict("sample", inputs).values()
    (name,) = signatures["sample"][1]
    kind = client.facts().get("kind") or {"name": name, "suffix": "npz"}
    suffix = sample_files.suffix_of(samples, kind)
    if suffix in sample_files.HOLDS_MANY:
        return suffix, [sample_files.content(samples, kind)]
    rows = range(len(samples))
    return suffix, [
        sample_files.content(samples[row : row + 1], kind) for row in rows
    ]


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
