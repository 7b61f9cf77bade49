"""Architecture: what a configuration states of a model, and what the shapes of its tensors show."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, final

__all__ = ["CHOICES", "SEEN", "Architecture", "Values"]

Values: TypeAlias = tuple[
    tuple[str, str], ...
]  # name of a choice and its value, in the order of `CHOICES`

# What makers choose, in whatever words their files call it.
CHOICES: Final = (
    "layers", "width", "heads", "key heads", "head width", "MLP width", "experts",
    "experts per token", "expert MLP width", "vocabulary", "tied tables", "activation", "norm",
    "norm epsilon", "rotary base", "positions", "attention bias", "MLP bias",
)  # fmt: skip
# What shapes show.
SEEN: Final = (
    "layers", "kinds of layers", "width", "query rows", "key rows", "MLP width", "experts",
    "expert MLP width", "vocabulary", "tables", "norm biases", "attention bias", "MLP bias",
)  # fmt: skip


@final
@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One model's choices. Two of equal values may be of any two models.

    Attributes:
        name: What reports call the model.
        stated: Choices by the configuration; what it does not state is not there.
        seen: Choices by the shapes of tensors, of `SEEN`; empty where there was nothing to read.
        unread: What was stated and is of no use, and why shapes were not read; in sentences.
    """

    name: str
    stated: Values
    seen: Values = ()
    unread: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """All but the name, as one line of canonical JSON."""
        said = {"stated": self.stated, "seen": self.seen, "unread": self.unread}
        return json.dumps(said, sort_keys=True)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `line`."""
        return hashlib.sha256(self.line.encode()).hexdigest()

    @property
    def choices(self) -> Mapping[str, str]:
        """What is stated, by the name of the choice."""
        return dict(self.stated)
