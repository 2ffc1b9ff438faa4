"""What the page can show of a version."""

from keras_gan_zoo import samples


def shows_latents(version):
    """Tells whether latents, and labels of known classes, make images."""
    labels = _labels(version)
    wanted = {
        "prior": ({"seeds"}, "latents"),
        "sample": ({"seeds", *labels}, "images"),
        "sample_png": ({"seeds", *labels}, "png_bytes"),
        "serving_default": ({"latents", *labels}, "images"),
    }
    return all(
        name in version.signatures
        and _is_like(version.signatures[name], inputs, output)
        for name, (inputs, output) in wanted.items()
    )


def kind_shown(version):
    """Returns the kind of samples that are drawn from seeds and no images.

    Returns:
        `samples.Kind`, or `None` if there are none, or none that this package
        can draw.
    """
    facts = version.generator.get("kind")
    sample = version.signatures.get("sample")
    if not facts or sample is None:
        return None
    kind = samples.kind_of_facts(facts)
    draws = {"seeds", *_labels(version)}
    if kind is None or kind.name == "images" or {*sample.inputs} != draws:
        return None
    return kind if [*sample.outputs] == [kind.name] else None


def translations(version):
    """Returns the signatures that make images of images.

    Returns:
        List of dictionaries: `"signature"`; `"size"`, the height, width and
        channels that it takes, `None` where any; and whether it takes
        `"seeds"` and `"labels"`.
    """
    found = []
    for name, signature in version.signatures.items():
        others = {*signature.inputs} - {"images"}
        if (
            "images" in signature.inputs
            and _is_as_exported("images", signature.inputs["images"])
            and others <= {"seeds", *_labels(version)}
            and [*signature.outputs] == ["images"]
            and _is_as_exported("images", signature.outputs["images"])
        ):
            found.append(
                {
                    "signature": name,
                    "size": signature.inputs["images"].shape[1:],
                    "seeds": "seeds" in others,
                    "labels": "labels" in others,
                }
            )
    named = [each for each in found if each["signature"] != "serving_default"]
    return named or found


def about(version):
    """Returns a version in words."""
    model = version.generator.get("model", "generator")
    if shows_latents(version):
        signature = version.signatures["serving_default"]
        _, height, width, _ = signature.outputs["images"].shape
        _, latent_dim = signature.inputs["latents"].shape
        return f"{model}, {height}×{width} pixels of {latent_dim} latents"
    kind = kind_shown(version)
    if kind is not None:
        sizes = version.signatures["sample"].outputs[kind.name].shape[1:]
        return f"{model}, {kind.name} of {'×'.join(map(str, sizes))}"
    return f"{model}, images to images"


def _labels(version):
    return {"labels"} if version.generator.get("num_classes") else set()


def _is_like(signature, inputs, output):
    if signature.inputs.keys() != inputs or output not in signature.outputs:
        return False
    arrays = [*signature.inputs.items(), *signature.outputs.items()]
    return all(
        _is_as_exported(name, array) and None not in array.shape[1:]
        for name, array in arrays
    )


def _is_as_exported(name, array):
    dtype, rank = {
        "seeds": ("int64", 1),
        "labels": ("int32", 1),
        "latents": ("float32", 2),
        "png_bytes": ("string", 1),
        "images": ("float32", 4),
    }.get(name, (None, None))
    if array.kind != dtype or array.shape is None or len(array.shape) != rank:
        return False
    return name != "images" or array.shape[-1] in (1, 2, 3, 4)
