"""The table behind an answer about weights, and its picture: parts of a model by forms of a copy.

A part that was found to agree has no rows: no form of a copy is left to be looked for in it. One
that was not told apart has rows in the table, and none in the picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from filiation.model.examination import Conclusion, Part
from filiation.report.wording.components import components_found, found_words, is_told
from filiation.report.wording.figures import clean, joined, percentage, quantity
from filiation.report.wording.part_names import called, done
from filiation.report.wording.parts import (
    asked_share,
    is_open,
    is_suspected,
    parts_of,
    seen_verb,
    seen_words,
)
from filiation.report.wording.stacks import stack_part

__all__ = [
    "PartGroup",
    "grid_note",
    "grid_rows",
    "grid_sentence",
    "looked_for",
    "part_groups",
    "part_rows",
    "reasons",
    "table_note",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartGroup:
    """One part of the models: its name, what was found of it, and a row for each form of a copy.

    A row is the form, from which share on it would have been seen, the cosine left, and why.
    """

    name: str
    found: str
    rows: tuple[tuple[str, str, str, str], ...]


def part_groups(conclusion: Conclusion) -> tuple[PartGroup, ...]:
    """The table, part by part; a reason that stands in the row above is not said again."""
    forms = parts_of(conclusion)[1]
    beside = {stack.id: stack_part(stack, conclusion) for stack in conclusion.stacks}
    groups = []
    for one in components_found(conclusion):
        found = is_told(one) and one.state != "untold"
        mine = () if found else (p for p in conclusion.parts if p.component == one.component)
        cells = {part.alternative: part for part in mine}
        rows = tuple(_row(cells[form], conclusion) for form in forms if form in cells)
        rows += tuple(_row(part, conclusion) for part in beside.get(one.component, ()))
        name = _capital(called(one.component).name)
        said = found_words(one, conclusion, p=True)
        groups.append(PartGroup(name=name, found=said, rows=_once(rows)))
    return tuple(groups)


def looked_for(conclusion: Conclusion) -> tuple[Part, ...]:
    """The cells of parts that were not found to agree."""
    told = {one.component for one in components_found(conclusion) if is_told(one)}
    return tuple(part for part in conclusion.parts if part.component not in told)


def _row(part: Part, conclusion: Conclusion) -> tuple[str, str, str, str]:
    said = seen_words(part, conclusion)
    return done(part.alternative).label, said, quantity(part.cosine), clean(part.because)


def _once(rows: Sequence[tuple[str, str, str, str]]) -> tuple[tuple[str, str, str, str], ...]:
    before = ("", *(row[3] for row in rows))
    return tuple(
        (*row[:3], "as above" if row[3] and row[3] == last else row[3])
        for row, last in zip(rows, before, strict=False)
    )


def part_rows(conclusion: Conclusion) -> tuple[tuple[str, ...], ...]:
    """The same as flat rows: what was found of a part stands in a row of its own."""
    return tuple(
        row
        for group in part_groups(conclusion)
        for row in ((group.name, group.found, "", "", ""), *(("", *cells) for cells in group.rows))
    )


def grid_rows(conclusion: Conclusion) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The table for 80 columns: short names of parts, and a row for each form of a copy."""
    cells = {(part.component, part.alternative): part for part in looked_for(conclusion)}
    held = tuple(dict.fromkeys(component for component, _ in cells))
    rows = (
        (done(form).label, *(_brief(cells.get((one, form)), conclusion) for one in held))
        for form in parts_of(conclusion)[1]
        if any((one, form) in cells for one in held)
    )
    return tuple(called(one).short for one in held), tuple(rows)


def _brief(part: Part | None, conclusion: Conclusion) -> str:
    if part is None:
        return ""
    if part.share is None:
        return "////"
    return f"{percentage(part.share)}{' //' if is_open(part, conclusion) else ''}"


def grid_note(conclusion: Conclusion) -> str:
    """How the table for a terminal is read."""
    aside = ", the warning set aside" if is_suspected(conclusion) else ""
    return (
        f"A percentage: from this share on, a copy in that form {seen_verb(conclusion)} with 95% "
        f"probability{aside}. {_planted_at(conclusion)} ////: not excluded. //: not "
        "excluded at the share that the plan asks for. Empty: does not arise."
    )


def reasons(conclusion: Conclusion) -> tuple[str, ...]:
    """Why a copy is not excluded where it is not: each reason once, with the cells that have it."""
    told: dict[str, dict[str, list[str]]] = {}
    for part in looked_for(conclusion):
        if is_open(part, conclusion) and part.because:
            cells = told.setdefault(clean(part.because), {})
            cells.setdefault(called(part.component).name, []).append(done(part.alternative).label)
    return tuple(f"{_capital(_cells(cells))}: {why}" for why, cells in told.items())


def _cells(cells: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} ({', '.join(of)})" for name, of in cells.items())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def grid_sentence(conclusion: Conclusion) -> str:
    """How the picture of parts and forms is read."""
    states = {one.state for one in components_found(conclusion)}
    seen = (
        ", and what a copy would have shown, the warning set aside"
        if is_suspected(conclusion)
        else ", and in which form a copy would have been seen"
    )
    return joined(
        (
            f"Part by part: what was found{seen if looked_for(conclusion) else ''}.",
            "Dot: found shared." if "shared" in states else "",
            "Ring: agrees in an order that could have been chosen." if "agrees" in states else "",
            "Ring: alike in what does nothing in the source." if "idle" in states else "",
            _cells_read(conclusion),
        )
    )


def _cells_read(conclusion: Conclusion) -> str:
    cells = looked_for(conclusion)
    if not cells:
        return ""
    left = sum(is_open(part, conclusion) for part in cells)
    asked = asked_share(conclusion)
    return joined(
        (
            "A cell runs from nothing copied (left) to all of the part (right). Filled: "
            f"{seen_verb(conclusion)} with 95% probability. Hatched: not excluded. Empty: does not "
            "arise.",
            _planted_at(conclusion),
            f"In {left} of {len(cells)} cells a copy of {asked} is not excluded."
            if left
            else f"In each of {len(cells)} cells a copy of {asked} {seen_verb(conclusion)}.",
        )
    )


def _planted_at(conclusion: Conclusion) -> str:
    """At which cosines what was planted; empty unless both kinds of form were."""
    plan = conclusion.plan
    hidden = {done(part.alternative).disguised for part in looked_for(conclusion)}
    if hidden != {True, False} or plan.power_cosine == plan.disguised_cosine:
        return ""
    softer = plan.disguised_cosine > plan.power_cosine
    easier = " So a disguised cell may be easier." if softer else ""
    return (
        f"Forms as stored were planted at a cosine of {quantity(plan.power_cosine)}, disguised "
        f"ones at {quantity(plan.disguised_cosine)}.{easier}"
    )


def table_note() -> str:
    """What the columns of the table mean."""
    return (
        "Seen from: the smallest share that was seen with 95% probability when it was planted in "
        "that form in these exhibits. Seen: the level was met, or a warning kept the answer from "
        "independence. Cosine: how much of what was planted was left; more damage is not "
        "excluded. A row speaks of its own form alone, not of several at once. A part that "
        "agrees has no rows."
    )
