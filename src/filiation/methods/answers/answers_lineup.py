"""Who may stand in the line-up, and what the parties must have recorded to be compared at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from filiation.model.finding import Inapplicable, Likeness, Place
from filiation.model.recording import Recording
from filiation.numerics.rounding import significant

__all__ = ["Admitted", "admit", "in_order", "likeness", "without_logprobs"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The controls that may stand for an innocent subject, and those that may not.

    Attributes:
        controls: In the order of their digests, so that the order given moves nothing.
        aside: Relatives, with reasons.
        skipped: Controls that could not be compared, with reasons.
    """

    controls: tuple[Recording, ...]
    aside: tuple[Place, ...]
    skipped: tuple[str, ...]


def without_logprobs(method: str, source: Recording, subject: Recording) -> Inapplicable | None:
    """Why a method that reads log-probabilities cannot be applied, if one party has none."""
    lacking = [r.name for r in (source, subject) if not r.logprobs]
    if not lacking:
        return None
    reason = f"no log-probabilities of {' and of '.join(lacking)} were recorded"
    return Inapplicable(method=method, reason=reason)


def admit(
    source: Recording,
    subject: Recording,
    controls: Sequence[Recording],
    families: Mapping[str, str],
) -> Admitted:
    """Set aside the parties themselves, declared relatives, and controls asked other questions."""
    parties = {source.digest: source.name, subject.digest: subject.name}
    kept: dict[str, Recording] = {}
    aside, skipped = [], []
    asked = {item.id for item in source.items} & {item.id for item in subject.items}
    for control in in_order(controls):
        reason = _relation(control, source, subject, families)
        if control.digest in parties:
            reason = f"the same recording as {parties[control.digest]}"
        if reason:
            aside.append(_relative(control.name, reason))
        elif control.digest in kept:
            skipped.append(f"{control.name}: the same recording as {kept[control.digest].name}")
        elif 2 * len(asked & {item.id for item in control.items}) < len(asked):
            skipped.append(f"{control.name}: answered less than half of the items; left out")
        else:
            kept[control.digest] = control
    return Admitted(controls=tuple(kept.values()), aside=tuple(aside), skipped=tuple(skipped))


def in_order(controls: Sequence[Recording]) -> list[Recording]:
    """By digest, so that the order given moves nothing; and a table of them is made once."""
    return sorted(controls, key=lambda control: (control.digest, control.name))


def likeness(names: Sequence[str], z: NDArray[np.float64], rows: Sequence[int]) -> Likeness:
    """What a finding keeps of a table of z: these rows, in this order.

    Args:
        names: Of every row.
        z: float64 [models, models]; nan where nothing is known.
        rows: Source, subject, and the controls that count.
    """
    return Likeness(
        names=tuple(names[row] for row in rows),
        z=tuple(
            tuple(
                significant(float(z[row, other])) if np.isfinite(z[row, other]) else None
                for other in rows[:at]
            )
            for at, row in enumerate(rows)
        ),
    )


def _relation(
    control: Recording, source: Recording, subject: Recording, families: Mapping[str, str]
) -> str:
    for party in (source, subject):
        if control.name.strip().casefold() == party.name.strip().casefold():
            return f"named like {party.name}"
        family = families.get(control.name)
        if family and family == families.get(party.name):
            return f"declared to be of one family with {party.name}: {family}"
    return ""


def _relative(name: str, reason: str) -> Place:
    return Place(name=name, who="relative", observed=0.0, z=0.0, reason=reason)
