"""What a configuration states against what the shapes of its tensors show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.model.architecture import Architecture

__all__ = ["Row", "table", "told"]

DIRECT: Final = (
    "layers", "width", "MLP width", "experts", "expert MLP width", "vocabulary", "attention bias",
    "MLP bias",
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One choice.

    Attributes:
        choice: Its name.
        stated: By the configuration; empty if it does not say.
        seen: In the shapes; empty if they do not show it.
        differs: Whether both speak, and not alike.
    """

    choice: str
    stated: str
    seen: str
    differs: bool


def table(one: Architecture) -> tuple[Row, ...]:
    """Every choice that shapes can show, contradictions first."""
    stated, seen = dict(one.stated), dict(one.seen)
    rows = [
        *(_line(choice, stated.get(choice, ""), seen.get(choice, "")) for choice in DIRECT),
        _tied(stated.get("tied tables", ""), seen.get("tied tables", "")),
        _heads("heads", stated, seen.get("query rows", "")),
        _heads("key heads", stated, seen.get("key rows", "")),
        _norms(stated.get("norm", ""), seen.get("norm biases", "")),
    ]
    return tuple(
        sorted((row for row in rows if row.stated or row.seen), key=lambda row: not row.differs)
    )


def told(one: Architecture) -> Iterator[str]:
    """The table in sentences."""
    if not one.seen:
        return
    rows = table(one)
    for row in rows:
        if row.differs:
            yield f"{one.name}: {row.choice}: declared {row.stated}, measured {row.seen}"
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


def _line(choice: str, stated: str, seen: str) -> Row:
    differs = bool(stated and seen and stated != seen)
    return Row(choice=choice, stated=stated, seen=seen, differs=differs)


def _tied(stated: str, seen: str) -> Row:
    """Two tables for what goes in and out, or one: shared, or the second is not in the files."""
    shown = {"yes": "one table", "no": "two tables"}.get(seen, "")
    differs = bool(stated and seen and stated != seen)
    return Row(choice="tied tables", stated=stated, seen=shown, differs=differs)


def _heads(heads: str, stated: Mapping[str, str], rows: str) -> Row:
    """Shapes show heads times their width; where that is not stated, heads must divide the rows."""
    choice, number, width = f"{heads} x head width", stated.get(heads, ""), stated.get("head width")
    if number and width:
        return _line(choice, str(int(number) * int(width)), rows)
    differs = bool(number and rows.isdecimal() and int(rows) % int(number))
    said = f"{number} x unknown" if number else ""
    return Row(choice=choice, stated=said, seen=rows, differs=differs)


def _norms(stated: str, seen: str) -> Row:
    """A norm by root mean square has no bias; a layer norm may have none."""
    shown = {"yes": "with biases", "no": "without biases"}.get(seen, "")
    differs = stated == "root mean square" and seen == "yes"
    return Row(choice="norm", stated=stated, seen=shown, differs=differs)
