"""What an attack is: a name, three strengths, a truth, and how the two exhibits are made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

import numpy as np

from adversary.made import Made, stream

__all__ = ["Attack", "Maker", "Pair", "Stock", "copy_of", "innocent"]

Random = np.random.Generator


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stock:
    """What attacks are carried out on.

    Attributes:
        name: Where it is from.
        parent: The model that is copied, or that an accuser owns.
        strangers: Models of the same shape that share no weights with it or with each other.
        text: Token ids in which activity is measured; empty where there is no text.
    """

    name: str
    parent: Made
    strangers: tuple[Made, ...]
    text: tuple[int, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The exhibits of one row.

    Attributes:
        source: What is claimed to be the source.
        subject: What is under examination.
        kept: Model before and after, where the function should be the same.
        controls: Whom the accuser named as independent.
        shift: By how much the ids of tokens are higher in the subject.
    """

    source: Made
    subject: Made
    kept: tuple[Made, Made] | None = None
    controls: tuple[Made, ...] = ()
    shift: int = 0


Maker: TypeAlias = "Callable[[Stock, Random, int], Pair]"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attack:
    """One attack in three strengths.

    Attributes:
        name: What is done.
        truth: Whether the subject holds weights of the source.
        strengths: What the three are called.
        maker: Makes the exhibits at a strength.
        classes: The plan's alternatives that it belongs to (copies only).
        damage: Words, one of which the headline must hold for the other conclusion not to be wrong:
            a damage that is not excluded (copies), a component that is shared (innocents).
        real: Whether it is also carried out on real layers.
        held_out: Whether nobody else was told of it.
    """

    name: str
    truth: Literal["copy", "innocent"]
    strengths: tuple[str, str, str]
    maker: Maker
    classes: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    real: bool = True
    held_out: bool = False

    def pair(self, stock: Stock, level: int) -> Pair:
        """The exhibits at one of the three strengths, 0 to 2."""
        return self.maker(stock, stream(self.name, level), level)


def copy_of(stock: Stock, subject: Made, *, kept: Made | None = None) -> Pair:
    """The parent against what was made of it; `kept` is what should compute the same."""
    return Pair(
        source=stock.parent,
        subject=subject,
        kept=None if kept is None else (stock.parent, kept),
    )


def innocent(source: Made, subject: Made, *, kept: tuple[Made, Made] | None = None) -> Pair:
    """Two models that share nothing, of which one or both were changed."""
    return Pair(source=source, subject=subject, kept=kept)
