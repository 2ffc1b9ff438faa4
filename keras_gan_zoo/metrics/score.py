"""A score with everything that it depends on."""

import dataclasses
import functools
import json
import re


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How a number was measured; it prints as the number's name.

    Where a name has to be an identifier, it is the `key`.

    Two numbers can be compared only if all of it agrees, except the seed:
    different seeds show how much of a difference is chance.

    Args:
        metric: String, such as `"fid"`.
        num_samples: Integer, generated images.
        network: String, label of the feature network; `None` for a metric of
            pixels.
        network_sha256: String, digest of its weights.
        resizer: String, how it resizes; `None` if it doesn't.
        reference: String, short name of the real images, such as `"train"`;
            `None` for a metric that looks at none.
        reference_sha256: String, digest of their bytes, or of their
            statistics where these are all there is.
        reference_size: Integer, number of them; `None` if unknown. It is in
            the name where there are fewer than generated images.
        variant: String, the way of measuring, where there are several, such
            as `"pairs-of-all"`; `None` for the only or the papers' way.
        parameters: Dictionary of the metric's other settings, such as `splits`.
        seed: Integer, of the samples and of everything that is drawn.
    """

    metric: str
    num_samples: int
    network: str | None = None
    network_sha256: str | None = None
    resizer: str | None = None
    reference: str | None = None
    reference_sha256: str | None = None
    reference_size: int | None = None
    parameters: dict = dataclasses.field(default_factory=dict, hash=False)
    seed: int | None = dataclasses.field(default=None, compare=False)
    variant: str | None = None

    def __str__(self):
        reference, size = self.reference, self.reference_size
        if reference is not None and size and size < self.num_samples:
            reference += f"-of-{_short(size)}"
        parts = (self.network, self.resizer, reference, self.variant)
        inside = "|".join(part for part in parts if part is not None)
        return f"{self.metric}{_short(self.num_samples)}[{inside}]"

    @property
    def key(self):
        """The name in letters, digits and `_`, as `logs` and cards have it.

        That of `fid10k[cifar10_cnn-v1|train]` is
        `fid10k_cifar10_cnn_v1_train`: it fits into the braces of a file name.
        """
        return re.sub(r"\W+", "_", str(self)).strip("_")

    def differences(self, other):
        """Returns lines that say how two protocols differ."""
        return [
            f"{field.name}: {getattr(self, field.name)!r} and "
            f"{getattr(other, field.name)!r}"
            for field in dataclasses.fields(self)
            if field.compare
            and getattr(self, field.name) != getattr(other, field.name)
        ]


def _short(count):
    thousands, rest = divmod(count, 1000)
    return str(count) if rest or not thousands else f"{thousands}k"


@functools.total_ordering
@dataclasses.dataclass(frozen=True, eq=False)
class Score:
    """A number and the `Protocol` it was measured by.

    `float(score)` is the number. Scores of one protocol can be compared and
    subtracted; others raise, since the result would mean nothing.

    Args:
        value: Float.
        protocol: `Protocol`.
        deviation: Float, the standard deviation over splits or subsets, where
            the metric has any.

    Example:

    ```python
    print(score)  # fid10k[cifar10_cnn-v1|train] = 12.34
    score < last_score  # Raises if their protocols differ.
    score.to_json()
    ```
    """

    value: float
    protocol: Protocol
    deviation: float | None = None

    def __float__(self):
        return float(self.value)

    def __str__(self):
        text = f"{self.protocol} = {self.value:.6g}"
        if self.deviation is not None:
            text += f" ± {self.deviation:.2g}"
        return text

    def __eq__(self, other):
        if not isinstance(other, Score):
            return NotImplemented
        mine = self.value, self.deviation, self.protocol
        return mine == (other.value, other.deviation, other.protocol)

    def __hash__(self):
        return hash((self.value, self.protocol))

    def __lt__(self, other):
        if not isinstance(other, Score):
            return NotImplemented
        self._require_alike(other)
        return self.value < other.value

    def __sub__(self, other):
        if not isinstance(other, Score):
            return NotImplemented
        self._require_alike(other)
        return self.value - other.value

    def to_json(self):
        """Returns value, name and protocol as a JSON string."""
        return json.dumps(self.as_dict(), allow_nan=False)

    def as_dict(self):
        """Returns the same as a dictionary of plain values."""
        return {
            "name": str(self.protocol),
            "value": self.value,
            "deviation": self.deviation,
            **dataclasses.asdict(self.protocol),
        }

    @classmethod
    def from_json(cls, text):
        """Returns the score of what `to_json()` gave."""
        record = json.loads(text)
        del record["name"]  # Follows from the others.
        value, deviation = record.pop("value"), record.pop("deviation")
        return cls(value, Protocol(**record), deviation)

    def _require_alike(self, other):
        differences = self.protocol.differences(other.protocol)
        if differences:
            raise ValueError(
                "Scores compare only if they were measured in the same way. "
                f"Received: {self.protocol} and {other.protocol}, which differ "
                f"in {'; '.join(differences)}. Score both anew by one of the "
                "protocols."
            )
