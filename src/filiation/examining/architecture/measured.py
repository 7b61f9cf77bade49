"""What a configuration states against what the shapes of its tensors show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, final

from filiation.model.architecture import Architecture

__all__ = ["Row", "table", "told"]

DIRECT: Final = (
    "layers", "width", "MLP width", "experts", "expert MLP width", "vocabulary", "attention bias",
    "MLP bias",
)  # fmt: skip


MIXED: Final = "its layers are of several kinds, which the two may count differently"
VARIES: Final = "it varies from layer to layer"
PADDED: Final = "a table may have more rows than there are tokens"
HALVES: Final = "a gated MLP may be declared by both halves together"
HEADLESS: Final = "a model may be kept without its output table"
TWICE: Final = "tied tables may be kept twice"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One choice.

    Attributes:
        choice: Its name.
        stated: By the configuration; empty if it does not say.
        seen: In the shapes; empty if they do not show it.
        because: How an honest file comes to say both, where they differ; empty if not at all.
    """

    choice: str
    stated: str
    seen: str
    because: str = ""

    @property
    def differs(self) -> bool:
        """Whether both speak, and not alike."""
        return bool(self.stated and self.seen and self.stated != self.seen)

    @property
    def contradicts(self) -> bool:
        """Whether they differ without an innocent reason that is known."""
        return self.differs and not self.because


def table(one: Architecture) -> tuple[Row, ...]:
    """Every choice that shapes can show, contradictions first."""
    stated, seen = dict(one.stated), dict(one.seen)
    rows = [
        *(
            Row(choice=choice, stated=stated.get(choice, ""), seen=seen.get(choice, ""))
            for choice in DIRECT
        ),
        _tied(stated.get("tied tables", ""), seen.get("tables", "")),
        _heads("heads", stated, seen.get("query rows", "")),
        _heads("key heads", stated, seen.get("key rows", "")),
        Row(choice="norm biases", stated="", seen=seen.get("norm biases", "")),
    ]
    mixed = seen.get("kinds of layers", "1") != "1"
    told = [
        replace(row, because=_because(row, mixed=mixed)) for row in rows if row.stated or row.seen
    ]
    return tuple(sorted(told, key=lambda row: (not row.contradicts, not row.differs)))


def told(one: Architecture) -> Iterator[str]:
    """The table in sentences."""
    if not one.seen:
        return
    rows = table(one)
    for row in rows:
        if row.differs:
            why = f"; {row.because}" if row.because else ""
            yield f"{one.name}: {row.choice}: declared {row.stated}, measured {row.seen}{why}"
    alike = [row for row in rows if row.stated and row.seen and not row.differs]
    listed = {
        "declared and measured alike": [f"{row.choice} {row.seen}" for row in alike],
        "measured, not declared": [f"{row.choice} {row.seen}" for row in rows if not row.stated],
        "declared, not to be seen in shapes": [
            f"{row.choice} {row.stated}" for row in rows if not row.seen
        ],
    }
    for words, found in listed.items():
        if found:
            yield f"{one.name}: {words}: {', '.join(found)}"


def _because(row: Row, *, mixed: bool) -> str:
    """How an honest file comes to declare one thing and to show another."""
    if not row.differs:
        return ""
    if row.choice == "tied tables":
        return HEADLESS if row.seen == "one" else TWICE
    if " to " in row.seen:
        return VARIES
    numbers = row.stated.isdecimal() and row.seen.isdecimal()
    if row.choice == "vocabulary" and numbers and int(row.seen) > int(row.stated):
        return PADDED
    if row.choice == "MLP width" and numbers and 2 * int(row.seen) == int(row.stated):
        return HALVES
    return MIXED if mixed and row.choice not in ("width", "vocabulary") else ""


def _tied(stated: str, seen: str) -> Row:
    """One table for what goes in and out, or two."""
    said = {"yes": "one", "no": "two"}.get(stated, "")
    return Row(choice="tied tables", stated=said, seen=seen)


def _heads(heads: str, stated: Mapping[str, str], rows: str) -> Row:
    """Shapes show heads times their width; where that is not stated, heads must divide the rows."""
    choice, number, width = f"{heads} x head width", stated.get(heads, ""), stated.get("head width")
    if number and width:
        return Row(choice=choice, stated=str(int(number) * int(width)), seen=rows)
    fits = bool(number and rows.isdecimal() and int(rows) % int(number) == 0)
    said = f"{number} x unknown" if number else ""
    return Row(choice=choice, stated=rows if fits else said, seen=rows)
