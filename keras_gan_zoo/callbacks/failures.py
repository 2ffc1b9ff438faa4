"""How games fail: the names, what is behind them, and what to try.

These are the doctor's words. `docs/when_training_goes_wrong.md` has them too.
"""

import dataclasses

NAN = "NaN"
MODE_COLLAPSE = "mode collapse"
STRONG_DISCRIMINATOR = "discriminator too strong, vanishing generator gradient"
OSCILLATION = "oscillation, no convergence"
PENALTY_BLOW_UP = "penalty blow-up"


@dataclasses.dataclass(frozen=True)
class Finding:
    """A failure that was named in training.

    Attributes:
        step: Integer, training steps done when it was named.
        failure: String, the name.
        evidence: String, what was measured, a sentence.
        advice: Tuple of strings, what to try, the likeliest first.
    """

    step: int
    failure: str
    evidence: str
    advice: tuple

    def __str__(self):
        lines = [
            f"Doctor, step {self.step:,}: {self.failure}.",
            f"  {self.evidence}",
            "  What to try:",
            *(f"  - {sentence}" for sentence in self.advice),
        ]
        return "\n".join(lines)


ADVICE = {
    NAN: (
        "Look for NaN, infinity and values beyond [-1, 1] in the data.",
        "Divide both learning rates by 10, or give each optimizer "
        "`clipnorm=1.0`.",
        "In mixed precision, try the same steps in float32.",
        "Go back to where the game was healthy: "
        "`Doctor(data, roll_back_to=checkpoint)`.",
    ),
    MODE_COLLAPSE: (
        "Limit the discriminator's slope with a penalty: try `DRAGAN` or "
        "`WGANGP`.",
        "Lower the learning rate of the generator, or raise "
        "`discriminator_steps`: a generator that runs ahead makes only what "
        "the discriminator doesn't know yet.",
        "In `EBGAN` raise `pulling_away_weight`, in `BEGAN` "
        "`diversity_ratio`.",
        "Give the generator batch normalization and larger batches, and look "
        "at its pictures with `SampleGrid`.",
    ),
    STRONG_DISCRIMINATOR: (
        "Train the generator with the loss that doesn't saturate: "
        "`VanillaGAN(..., saturating=False)`.",
        "Lower the discriminator's learning rate or `discriminator_steps`, "
        "make it narrower, or give it dropout.",
        "Try `WGANGP`, whose critic teaches more the better it is, or limit "
        "the slope with `DRAGAN`.",
        "Make sure that the generator's images can match the data: the same "
        "range, from -1 to 1, and the same shape.",
    ),
    OSCILLATION: (
        "Divide both learning rates by 10.",
        "Reduce the momentum: Adam with `beta_1=0.5` or `beta_1=0.0`.",
        "Damp the game with a penalty: try `DRAGAN` or `WGANGP`.",
        "Use an average of the generator, which lies inside the circle that "
        "the generator runs in: `average=averages.EMA(0.999)`.",
    ),
    PENALTY_BLOW_UP: (
        "Give the penalty its weight, `WGANGP(..., penalty_weight=10.0)`: "
        "nothing else limits the critic.",
        "Divide the discriminator's learning rate by 10.",
        "Use Adam with `beta_1=0.0` and `beta_2=0.9`, as the WGAN-GP paper "
        "does.",
        "In `WGAN`, lower `clip_limit`.",
    ),
}
