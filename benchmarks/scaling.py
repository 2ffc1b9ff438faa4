"""What several GPUs could do: a calculation, as there was none to measure on.

    python -m benchmarks scaling

Operations and bytes are counted in the traced step; the speed of GPUs and wires
comes from their data sheets. A step is assumed to reach a part of the GPU's
peak, and not to hide its all-reduces behind computation, which a real one may
do.
"""

import argparse
import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Peak in float32 by TF32 tensor cores, without sparsity, in TFLOP/s; from
# NVIDIA's data sheets of A100 (80 GB, SXM) and H100 (SXM).
GPUS = {"A100": 156e12, "H100": 495e12}
# Bytes in a second that one GPU sends, half of what sheets give for both ways:
# NVLink 3 and 4, and InfiniBand NDR at 400 Gbit/s and Ethernet at 100 Gbit/s.
WIRES = {
    "NVLink": {"A100": 300e9, "H100": 450e9},
    "InfiniBand 400": {"A100": 50e9, "H100": 50e9},
    "Ethernet 100": {"A100": 12.5e9, "H100": 12.5e9},
}
SHARE = 0.3  # Of the peak: an assumption.
NUMBERS = (2, 8, 64)
BATCH_SIZE = 64  # Of one GPU, for one update of a discriminator.


def main(arguments=None):
    """Counts, prints the tables and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks scaling",
        description="Calculates what several GPUs could do.",
    )
    parser.parse_args(arguments)
    print(table())
    return 0


def table():
    """Returns the calculation as Markdown."""
    heads = [f"{n} x {gpu}" for gpu in GPUS for n in NUMBERS]
    lines = []
    for name, build in games().items():
        flops, num_bytes = step_costs(build())
        lines += [
            f"{name}: {flops / 1e9:,.0f} GFLOP and {num_bytes / 1e6:,.1f} MB "
            "of gradients a step.",
            "",
            f"| | {' | '.join(heads)} |",
            "| --- " * (1 + len(heads)) + "|",
        ]
        for wire, speeds in WIRES.items():
            cells = [
                f"{efficiency(flops, num_bytes, gpu, speeds[gpu], n):.0%}"
                for gpu in GPUS
                for n in NUMBERS
            ]
            lines.append(f"| {wire} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def efficiency(flops, num_bytes, gpu, bytes_per_second, number):
    """Returns the share of so many times one GPU's speed that is left.

    A ring all-reduce sends `2 (n - 1) / n` times the gradients from each GPU.
    """
    computing = flops / (SHARE * GPUS[gpu])
    sending = 2 * (number - 1) / number * num_bytes / bytes_per_second
    return computing / (computing + sending)


def games():
    """Returns functions that build models at the size of their papers."""
    from keras_gan_zoo import models, networks

    def dcgan():
        shape = 64, 64, 3
        return models.DCGAN(
            networks.dcgan_generator(100, shape),
            networks.dcgan_discriminator(shape),
            100,
        )

    def wgan_gp():
        shape = 32, 32, 3
        return models.WGANGP(
            networks.resnet_generator(128, shape),
            networks.resnet_discriminator(shape),
            128,
        )

    return {"DCGAN, 64 x 64": dcgan, "WGAN-GP, ResNet of 32 x 32": wgan_gp}


def step_costs(model):
    """Returns operations and bytes of gradients of one step on one GPU."""
    import keras
    import tensorflow as tf

    from benchmarks.flops import graph_flops

    model.compile(
        **{
            model.optimizer_name(player): keras.optimizers.Adam()
            for player in model.players
        }
    )
    shape = model.discriminator.input_shape[1:]
    images = tf.zeros([BATCH_SIZE * model.discriminator_steps, *shape])
    step = tf.function(model.train_step).get_concrete_function(images)
    return graph_flops(step.graph), gradient_bytes(model)


def gradient_bytes(model):
    """Returns the bytes of all gradients of one step, in float32."""
    updates = {name: 1 for name in model.players}
    updates["discriminator"] = model.discriminator_steps
    return sum(
        updates[name] * 4 * math.prod(variable.shape)
        for name, players in model.players.items()
        for network in players
        for variable in network.trainable_variables
    )
