"""What is stated of a lot that neither party chooses: what it is for, and the coin."""

from dataclasses import dataclass
from typing import final

__all__ = ["Committed", "Tossed"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A party fixed the test of a secret before its lot is drawn; only a digest is told."""

    by: str
    commitment: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tossed:
    """The lead's coin for a commitment: 32 random bytes (hex), of which the lot is made."""

    commitment: str
    value: str
