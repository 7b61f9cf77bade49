"""Discrete Laplace noise, drawn exactly: whole numbers alone, no logarithm and no rounding.

Algorithms 1 and 2 of Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy
(2020): P(x) is proportional to exp(-|x| / scale), for a scale that is a fraction. Not OpenDP, whose
wheel has 47 MB where this needs sixty lines, and whose draws cannot be repeated from a key: whoever
gets the tribunal's secret draws the same noise again.
"""

import hmac
from typing import Final, final

__all__ = ["Bits", "laplace", "place_key"]

LABEL: Final = b"filiation blind noise\n"


def place_key(key: bytes, place: int) -> bytes:
    """The key of one count: 0 is the respondent's, then the controls'.

    Args:
        key: Of all noise of a session.
        place: Of the count.
    """
    return hmac.digest(key, LABEL + place.to_bytes(4, "big"), "sha256")


@final
class Bits:
    """An endless stream of bits that follows from a key, and looks like none to others."""

    def __init__(self, key: bytes) -> None:
        self._key, self._counter = key, 0

    def _block(self) -> int:
        raw = hmac.digest(self._key, LABEL + self._counter.to_bytes(8, "big"), "sha256")
        self._counter += 1
        return int.from_bytes(raw, "big")

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1, each as likely; by rejection, so exactly.

        Args:
            bound: From 1 to 2^128.
        """
        while (found := self._block() >> (256 - bound.bit_length())) >= bound:
            pass
        return found

    def happens(self, number: int, of: int) -> bool:
        """Something of probability `number` / `of`."""
        return self.below(of) < number

    def decays(self, number: int, of: int) -> bool:
        """Something of probability exp(-`number` / `of`), for 0 <= `number`."""
        while number > of:
            if not self._decays(1, 1):
                return False
            number -= of
        return self._decays(number, of)

    def _decays(self, number: int, of: int) -> bool:
        """The same up to 1: how far does a chain of ever less likely things go? Algorithm 1."""
        step = 1
        while self.happens(number, of * step):
            step += 1
        return step % 2 == 1


def laplace(bits: Bits, number: int, of: int) -> int:
    """A draw of the discrete Laplace distribution of the scale `number` / `of`: Algorithm 2."""
    while True:
        start = bits.below(number)
        if not bits.decays(start, number):
            continue
        whole = 0
        while bits.decays(1, 1):
            whole += 1
        size = (start + number * whole) // of
        negative = bits.happens(1, 2)
        if not (negative and size == 0):
            return -size if negative else size
