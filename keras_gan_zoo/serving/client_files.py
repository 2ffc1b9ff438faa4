"""What an endpoint returns, as files."""

from keras_gan_zoo import sample_files

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
        As of `sample_files.contents`.
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
    return sample_files.contents(samples, kind)
