"""Two matched functions side by side, line by line, with what makes each line count."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.model.filtration import Matched

__all__ = ["Beside", "Row", "Same"]

Same: TypeAlias = Literal["", "line", "names"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of each, set against each other; 0 stands for no line.

    Attributes:
        first: Number of the source's line.
        source: Its text.
        second: Number of the subject's line.
        subject: Its text.
        same: Whether it is the same line but for blanks, or the same but for its names.
        rarity: What the line weighs in nats; 0 if it is not the same line.
    """

    first: int
    source: str
    second: int
    subject: str
    same: Same = ""
    rarity: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A matched pair with its text.

    Attributes:
        matched: The pair.
        rows: Its lines; none where a text is not that which was examined.
        left_out: Lines behind those that are shown.
        missing: Why there are no lines.
    """

    matched: Matched
    rows: tuple[Row, ...] = ()
    left_out: int = 0
    missing: str = ""
