"""Choices that follow from a seed, the same on every machine and with every version for ever.

Bytes of SHAKE-256 (FIPS 202) over the seed and the purpose, taken eight at a time; a choice among n
rejects the values beyond the last multiple of n, so that each of the n is equally likely.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar, final

__all__ = ["Draws"]

T = TypeVar("T")
_WORD: Final = 8
_BLOCK: Final = 64 * _WORD


@final
class Draws:
    """A stream of choices that belongs to a seed and a purpose."""

    def __init__(self, seed: int, *purpose: str) -> None:
        words = [word.encode() for word in (str(seed), *purpose)]
        self._name = b"".join(len(word).to_bytes(8, "little") + word for word in words)
        self._blocks = 0
        self._bytes = b""

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1."""
        last = (1 << 8 * _WORD) // n * n
        while (word := self._next()) >= last:
            pass
        return word % n

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, among: Sequence[T]) -> T:
        """Draw one of the values."""
        return among[self.below(len(among))]

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """All of them, in any order (Fisher and Yates)."""
        found = list(among)
        for last in range(len(found) - 1, 0, -1):
            at = self.below(last + 1)
            found[at], found[last] = found[last], found[at]
        return found

    def sample(self, among: Sequence[T], count: int) -> list[T]:
        """Draw `count` different places of the values."""
        return self.shuffled(among)[:count]

    def _next(self) -> int:
        if not self._bytes:
            name = self._name + self._blocks.to_bytes(8, "little")
            self._bytes = hashlib.shake_256(name).digest(_BLOCK)
            self._blocks += 1
        word, self._bytes = self._bytes[:_WORD], self._bytes[_WORD:]
        return int.from_bytes(word, "little")
