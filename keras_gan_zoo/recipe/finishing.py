"""What a recipe keeps of a trained model."""

import json
import os
import pathlib

from keras_gan_zoo.export import export_generator
from keras_gan_zoo.files import written_aside


def finish(args, gan):
    """Saves a trained model, and exports its generator, once.

    Args:
        args: What `arguments` returned.
        gan: Trained `AdversarialModel`.

    Returns:
        Whether there was anything to do: `False` if this very training was
        finished before.
    """
    folder = pathlib.Path(args.output, "training")
    record = folder / "finished.json"
    step = int(gan.step)
    if record.exists() and (folder / "gan.keras").exists():
        finished = json.loads(record.read_text())
        if finished["step"] == step and os.path.isdir(finished["exported_to"]):
            print(
                f"This training was finished before: its {step:,} steps are "
                f"in {folder / 'gan.keras'}, its generator is in "
                f"{finished['exported_to']}. Pass more --epochs to train on, "
                "or another --output to begin anew."
            )
            return False
    gan.save(folder / "gan.keras")
    exported_to = str(export_generator(gan, args.output))
    with written_aside(record) as aside:
        finished = {"step": step, "exported_to": exported_to}
        aside.write_text(json.dumps(finished, indent=2) + "\n")
    print("Exported the generator to", exported_to)
    return True
