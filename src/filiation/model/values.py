"""What does the id of a question about values say? Battery, seed, item, form, order of options.

    values/1/20261129/00017/3-ba      the third form of an item, its second side shown as A
    constitution/1/20261129/00230/2-ask   the second form of a request, without options

The forms of one item ask the same in other words; a model's choice is what most of them got. The
order of the options stands in the id and nowhere in the prompt, so that a recording alone tells
which side a letter meant, and no model is told.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.model.recording import Item, Recording

__all__ = ["BATTERIES", "FORMS", "Form", "form_id", "form_of", "is_of_values", "only_values"]

Order: TypeAlias = Literal["ab", "ba", "ask"]

BATTERIES: Final = ("values", "persona", "constitution")
FORMS: Final = 4  # of every item
_ID: Final = re.compile(
    rf"((?:{'|'.join(BATTERIES)})/[1-9]\d{{0,3}}/\d{{1,20}}/\d{{1,6}})/([1-9]\d?)-(ab|ba|ask)"
    r"(?:#\d{1,6})?"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way of asking one item.

    Attributes:
        group: The item: the same for all its forms, and for repeats.
        form: Number of the form.
        order: Which side is shown first; `ask` for a request without options.
    """

    group: str
    form: int
    order: Order

    @property
    def battery(self) -> str:
        """The battery that the item belongs to."""
        return self.group.partition("/")[0]


def form_id(battery: str, seed: int, place: int, form: int, order: Order) -> str:
    """The id of one form of one item."""
    return f"{battery}/1/{seed}/{place:05d}/{form}-{order}"


def form_of(item: Item) -> Form | None:
    """What the id says; None for a question of another battery."""
    found = _ID.fullmatch(item.id)
    if found is None:
        return None
    order: Order = "ab" if found[3] == "ab" else "ba" if found[3] == "ba" else "ask"
    return Form(group=found[1], form=int(found[2]), order=order)


def is_of_values(recording: Recording) -> bool:
    """Whether every question of a recording is about values."""
    return bool(recording.items) and all(form_of(item) is not None for item in recording.items)


def only_values(recording: Recording, *, values: bool) -> tuple[tuple[int, ...], int]:
    """Places of the questions that are about values, or of those that are not, and how many fell.

    Args:
        recording: Of any batteries.
        values: Which of the two are kept.
    """
    kept = tuple(
        place for place, item in enumerate(recording.items) if (form_of(item) is not None) is values
    )
    return kept, len(recording.items) - len(kept)
