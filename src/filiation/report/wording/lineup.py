"""The line-up of one finding, and the items that weigh most in it, in words."""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.model.finding import Finding, Instance, Place
from filiation.model.null import Calibrated
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import (
    clause,
    clean,
    excerpt,
    figure,
    joined,
    quantity,
    quoted,
)

__all__ = [
    "Rank",
    "axis_is_z",
    "calibrated_words",
    "families_words",
    "has_z",
    "instance_cells",
    "instances_sentence",
    "is_measured",
    "lineup_axis",
    "lineup_sentence",
    "place_words",
    "placed",
    "rank",
    "rank_words",
    "relatives_sentences",
]

LISTED: Final = 20  # items shown side by side; a report for programs holds all of them
ITEM_LENGTH: Final = 40
UNIT_LENGTH: Final = 90


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The subject's place among the controls and itself, 1 being the most like the source."""

    place: int
    of: int


def rank(finding: Finding) -> Rank | None:
    """Where the subject stands in a finding's line-up; None if there is none.

    A line-up stands most alike first. Controls level with the subject (in z, or in what was
    observed where z says nothing) count before it, wherever they stand: ties count against the
    accusation. Relatives count for nothing.
    """
    at = next((n for n, p in enumerate(finding.lineup) if p.who == "subject"), None)
    if at is None:
        return None
    subject = finding.lineup[at]
    controls = [(n, p) for n, p in enumerate(finding.lineup) if p.who == "control"]
    by_z = has_z(finding)
    level = subject.z if by_z else subject.observed
    before = sum(n < at or (p.z if by_z else p.observed) == level for n, p in controls)
    return Rank(place=1 + before, of=1 + len(controls))


def has_z(finding: Finding) -> bool:
    """Whether the line-up's z tells the models apart; some methods have none."""
    return len({place.z for place in placed(finding)}) > 1


def placed(finding: Finding) -> tuple[Place, ...]:
    """Those who hold a place: the subject, if it is in the line-up, and the controls."""
    return tuple(place for place in finding.lineup if place.who != "relative")


def is_measured(place: Place) -> bool:
    """Whether there is a number to draw. Relatives set aside before comparing carry zeros."""
    aside = place.who == "relative" and place.observed == 0.0 and place.z == 0.0
    return not aside


def rank_words(finding: Finding) -> str:
    """The place, for a table's cell."""
    found = rank(finding)
    return f"{found.place:,} of {found.of:,}" if found else ""


def calibrated_words(finding: Finding) -> str:
    """What stands beside a calibrated p, and beside any p with a line-up; empty for others."""
    found = rank(finding)
    parts = []
    if isinstance(finding.null, Calibrated):
        parts.append(f"calibrated on {families_words(finding.null, finding)}")
    if found:
        least = "at most " if found.place == 1 and found.of > 1 else ""
        alone = figure(math.log(found.place / found.of))
        parts.append(
            f"place {found.place:,} of {found.of:,} in the line-up, which by itself gives a p of "
            f"{least}{alone}"
        )
    return "; ".join(parts)


def families_words(null: Calibrated, finding: Finding) -> str:
    """The controls a p rests on; and as how many they count, where some are of one family."""
    controls = sum(place.who == "control" for place in finding.lineup)
    if controls <= null.controls:
        return how_many(null.controls, "control")
    families = how_many(null.controls, "family", "families")
    return f"{how_many(controls, 'control')}, which {_counts(controls)} as {families}"


def _counts(number: int) -> str:
    return "counts" if number == 1 else "count"


def lineup_sentence(finding: Finding) -> str:
    """What the drawing of the line-up shows."""
    controls = sum(place.who == "control" for place in finding.lineup)
    relatives = sum(place.who == "relative" for place in finding.lineup)
    found = rank(finding)
    said = (
        f"The subject and {how_many(controls, 'control')}, each set against the source by the same "
        "method, most alike first."
        if found
        else f"{how_many(controls, 'control')}, and what was observed for the subject against "
        "each; the least favourable to derivation first."
    )
    return joined(
        (
            said,
            f"The subject stands at place {found.place:,} of {found.of:,}; ties count against the "
            "accusation."
            if found
            else "",
            "Order and axis are those of the distance (z) from what was to be expected of each "
            "model, in standard deviations; what was measured stands beside it."
            if axis_is_z(finding)
            else "",
            f"{how_many(relatives, 'model was', 'models were')} set aside as "
            f"{'a relative' if relatives == 1 else 'relatives'} and {_holds(relatives)} no place."
            if relatives
            else "",
        )
    )


def axis_is_z(finding: Finding) -> bool:
    """Whether z is drawn, because the order of the line-up is not that of what was observed.

    Some methods reckon with ability and habit in z only; a model could then stand far out on the
    axis of the observed, and nowhere near it in the line-up.
    """
    seen = [place.observed for place in placed(finding)]
    return has_z(finding) and seen not in (sorted(seen), sorted(seen, reverse=True))


def _holds(number: int) -> str:
    return "holds" if number == 1 else "hold"


def lineup_axis(finding: Finding) -> str:
    """What the axis of the drawn line-up counts."""
    if axis_is_z(finding):
        return "distance (z) from what was to be expected, in standard deviations"
    unit = clean(finding.unit)
    short = unit if len(unit) <= UNIT_LENGTH else f"{unit[: UNIT_LENGTH - 1].rstrip()}\u2026"
    return f"measured: {short}" if short else "measured"


def place_words(place: Place) -> str:
    """One model's place in the line-up."""
    if not is_measured(place):
        return f"{quoted(place.name)}, {place.who}: not compared"
    return (
        f"{quoted(place.name)}, {place.who}: observed {quantity(place.observed)}, "
        f"z {quantity(place.z)}"
    )


def relatives_sentences(finding: Finding) -> tuple[str, ...]:
    """Who was set aside from the line-up, and why."""
    return tuple(
        f"{quoted(place.name)}: {clause(place.reason) or 'no reason was recorded.'}"
        for place in finding.lineup
        if place.who == "relative"
    )


def instances_sentence(finding: Finding) -> str:
    """What the table of answers shows, and that it was picked."""
    number = len(finding.instances)
    shown = (
        f"The {LISTED:,} that weigh most of {number:,} recorded are shown."
        if number > LISTED
        else ""
    )
    items = f"all {how_many(finding.items, 'item')}" if finding.items > 1 else "all items"
    return joined(
        (
            "The items that weigh most were chosen for display after the event; the statistic "
            f"rests on {items} that both models answered.",
            shown,
            "Controls alike: how many of the controls that answered the item gave the answer that "
            "source and subject have in common. Weight: what the item adds to the statistic. Long "
            "texts are shortened.",
        )
    )


def instance_cells(finding: Finding) -> tuple[tuple[str, str, str, str, str, str, str], ...]:
    """Item, prompt, right answer, both answers, controls alike and weight, of those shown."""
    return tuple(_instance(instance) for instance in finding.instances[:LISTED])


def _instance(instance: Instance) -> tuple[str, str, str, str, str, str, str]:
    alike = f"{instance.rarity:,} of {instance.of:,}" if instance.of else "none answered"
    return (
        f"item {quoted(instance.item, ITEM_LENGTH)}",
        excerpt(instance.prompt) if clean(instance.prompt) else "",
        excerpt(instance.key) if clean(instance.key) else "",
        excerpt(instance.source),
        excerpt(instance.subject),
        alike,
        quantity(instance.weight),
    )
