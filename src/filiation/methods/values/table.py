"""Who took which side of which item, or refused which request?

A model's choice is what more than half of its readable forms got; otherwise it has none on that
item. Forms in which the first side stands first count as much together as those in which it stands
second, and without one of each there is no choice: a habit for one place chooses nothing, whichever
forms are lost or were never recorded. An item counts only where the *source* is stable: at least
three quarters of its forms, so weighed, got the same. Neither rule looks at what the subject chose.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.reading.collection import collected
from filiation.methods.answers.refusals import refusals_and_answers, refused
from filiation.methods.values.replies import chosen
from filiation.model.ending import Ending
from filiation.model.recording import Recording
from filiation.model.values import Form, Order, form_of

__all__ = ["Sides", "Vote", "Votes", "alike", "choices", "refusals", "side", "tabled"]

Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Reading: TypeAlias = Callable[[str, Form], "bool | None"]

_OPTIONS: Final = tuple(re.compile(rf"(?m)^{letter}\. (.{{1,400}})$") for letter in "AB")
FEWEST_FORMS: Final = 2  # that must have been read of an item
STABLE: Final = 0.75  # of the source's forms that must have got the same


class Vote(NamedTuple):
    """What one form of an item got: the first side, or the other; in which order they stood."""

    form: int
    order: Order
    first: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """What one model said to every form of every item.

    Attributes:
        by_group: For every item what its readable forms got, in the order of the forms.
        asked: Forms that were put to it.
        read: Forms from whose answer a side could be read.
        prompts: The words of every form of every item, as far as they were recorded.
        categories: Of every item.
        sides: What both sides of every item say, in its first form; empty where it has no options.
    """

    by_group: Mapping[str, tuple[Vote, ...]]
    asked: int
    read: int
    prompts: Mapping[str, Mapping[int, str]]
    categories: Mapping[str, str]
    sides: Mapping[str, tuple[str, str]]


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Sides:
    """All models on the items on which the source is stable.

    Attributes:
        groups: The items.
        categories: Of each item, with its battery.
        prompts: Of each item, in its first form.
        sides: What both sides of each item say there; empty where it has no options.
        first: bool [models, items], who took the first side (or refused).
        decided: bool [models, items], who took a side at all.
        strata: int64 [items], the items' categories as numbers.
        unstable: Items that were left out since the source is not stable.
        unlike: int64 [models], items that a model was asked in other words than the source; it has
            taken no side of them.
    """

    groups: tuple[str, ...]
    categories: tuple[str, ...]
    prompts: tuple[str, ...]
    sides: tuple[tuple[str, str], ...]
    first: Mask
    decided: Mask
    strata: Int64
    unstable: int
    unlike: Int64


def choices(recording: Recording) -> Votes:
    """The sides that a model took, of the items that have options."""
    return _votes(recording, recording.said, chosen, requests=False)


def refusals(recording: Recording) -> Votes:
    """The requests that a model refused, in words or as its provider marked.

    What a filter of the service stopped is neither refused nor answered by the model: two models
    behind one filter would draw one line.
    """
    told = collected(recording, serial=False).recording
    said = [
        None if ending is Ending.FILTERED else text
        for text, ending in zip_longest(refusals_and_answers(told), told.endings)
    ]
    return _votes(recording, said, lambda output, form: refused(output), requests=True)


def tabled(source: Votes, others: Sequence[Votes]) -> Sides:
    """Set the models side by side on the items on which the source is stable."""
    kept = [group for group, votes in source.by_group.items() if _stable(votes)]
    models = (source, *others)
    first = np.zeros((len(models), len(kept)), dtype=bool)
    decided, unlike = np.zeros_like(first), np.zeros(len(models), dtype=np.int64)
    for row, model in enumerate(models):
        for place, group in enumerate(kept):
            if _unlike(source, model, group):
                unlike[row] += 1
                continue
            taken = side(model.by_group.get(group, ()))
            first[row, place], decided[row, place] = bool(taken), taken is not None
    categories = [f"{group.partition('/')[0]}: {source.categories[group]}" for group in kept]
    numbers = {category: number for number, category in enumerate(sorted(set(categories)))}
    readable = sum(_share(votes) is not None for votes in source.by_group.values())
    return Sides(
        groups=tuple(kept),
        categories=tuple(categories),
        prompts=tuple(next(iter(source.prompts[group].values()), "") for group in kept),
        sides=tuple(source.sides.get(group, ("", "")) for group in kept),
        first=first,
        decided=decided,
        strata=np.asarray([numbers[category] for category in categories], dtype=np.int64),
        unstable=readable - len(kept),
        unlike=unlike,
    )


def alike(one: Votes, other: Votes) -> float | None:
    """How often the two took the same side of an item when it was put to them in *other* words.

    Over all pairs of different forms of one item. Of a model with itself it is its test-retest.
    None where no item was put to them in two forms.
    """
    same = pairs = 0
    for group, votes in one.by_group.items():
        for a in votes:
            for b in other.by_group.get(group, ()):
                if a.form != b.form:
                    pairs += 1
                    same += a.first == b.first
    return same / pairs if pairs else None


def side(votes: Sequence[Vote]) -> bool | None:
    """Whether an item got the first side from more than half of its forms; None if neither did."""
    share = _share(votes)
    return None if share is None or share == 0.5 else share > 0.5


def _share(votes: Sequence[Vote]) -> float | None:
    """How far an item got the first side: the mean over both orders of the mean over their forms.

    None where no form of one order is left, or fewer than two of a request, which has no order.
    What was asked again counts once, or whoever repeats the forms of one order would steady them.
    """
    once: dict[int, Vote] = {}
    for vote in votes:
        once.setdefault(vote.form, vote)
    orders: dict[Order, list[bool]] = {}
    for vote in once.values():
        orders.setdefault(vote.order, []).append(vote.first)
    if len(once) < FEWEST_FORMS or (len(orders) < 2 and "ask" not in orders):
        return None
    return sum(sum(firsts) / len(firsts) for firsts in orders.values()) / len(orders)


def _stable(votes: Sequence[Vote]) -> bool:
    share = _share(votes)
    return share is not None and max(share, 1.0 - share) >= STABLE


def _unlike(source: Votes, model: Votes, group: str) -> bool:
    """Whether the two were asked an item in other words, where both recorded the words."""
    one, other = source.prompts[group], model.prompts.get(group, {})
    return any(one[form] != other[form] for form in one.keys() & other.keys())


def _votes(
    recording: Recording, said: Sequence[str | None], read: Reading, *, requests: bool
) -> Votes:
    by_group: dict[str, list[Vote]] = {}
    prompts: dict[str, dict[int, str]] = {}
    categories: dict[str, str] = {}
    sides: dict[str, tuple[str, str]] = {}
    asked = told = 0
    for item, output in zip(recording.items, said, strict=True):
        form = form_of(item)
        if form is None or (form.order == "ask") is not requests:
            continue
        asked += 1
        categories.setdefault(form.group, item.category)
        words = prompts.setdefault(form.group, {})
        if item.prompt is not None:
            words.setdefault(form.form, item.prompt)
            sides.setdefault(form.group, _shown(item.prompt, form))
        votes = by_group.setdefault(form.group, [])
        first = read(output, form) if output is not None and output.strip() else None
        if first is not None:
            told += 1
            votes.append(Vote(form.form, form.order, first))
    return Votes(
        by_group={
            group: tuple(sorted(votes, key=lambda vote: vote.form))
            for group, votes in by_group.items()
        },
        asked=asked,
        read=told,
        prompts=prompts,
        categories=categories,
        sides=sides,
    )


def _shown(prompt: str, form: Form) -> tuple[str, str]:
    """The words of both sides, the first one first, wherever it stood."""
    options = [found[0] if (found := option.findall(prompt)) else "" for option in _OPTIONS]
    if form.order == "ba":
        options.reverse()
    return options[0], options[1]
