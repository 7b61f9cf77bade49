"""What a way of packing may look at: the tensors by name, and what config.json says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.packed.packing import Held, checked
from filiation.readers.weights.settings import Quantised

__all__ = ["Bench"]

_WIDEST: Final = 8


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The tensors of a model and how config.json says that they were quantised."""

    places: Mapping[str, tuple[Source, StoredTensor]]
    quantised: Quantised

    def held(self, name: str) -> Held | None:
        """The tensor of this name, if there is one."""
        found = self.places.get(name)
        return None if found is None else Held(source=found[0], entry=found[1])

    def first(self, *names: str) -> Held | None:
        """The first of these that there is."""
        found = (self.held(name) for name in names)
        return next((held for held in found if held is not None), None)

    def bits(self, words: int, values: int) -> int:
        """How many bits each of so many values has in so many words of 32.

        Raises:
            MisfitError: No whole number of bits from 1 to 8.
        """
        checked(values > 0, "no columns")
        bits = words * 32 // values
        checked(
            1 <= bits <= _WIDEST and -(-values * bits // 32) == words,
            f"{words} words of 32 bits for {values} values, expected 1 to {_WIDEST} bits each",
        )
        return bits
