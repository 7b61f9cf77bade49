"""A field of a form by its name, with its label and what stands beside it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from filiation.casefile.state import State
from filiation.report.site.view import Field
from filiation.report.wording import desk_fields as words

__all__ = ["Asks", "Choices", "field", "same"]

Choices: TypeAlias = Sequence[tuple[str, str]]
Asks: TypeAlias = Callable[[State, str, str], Iterator[Field]]  # of a state, a party and its role


def field(name: str, kind: str = "line", choices: Choices = (), *, needed: bool = True,
          value: str = "", label: str = "") -> Field:  # fmt: skip
    """A field by its name, with its label (or another's) and what stands beside it."""
    return Field(
        name=name, label=words.FIELDS[label or name], kind=kind, choices=choices,  # type: ignore[arg-type]
        needed=needed and kind != "several", note=words.NOTES.get(name, ""),
        values=(value,) if value else (),
    )  # fmt: skip


def same(names: Iterable[str]) -> Choices:
    """Choices that are sent as they are, shown in words of ours where there are any."""
    return [(name, words.LABELS.get(name, name)) for name in names]
