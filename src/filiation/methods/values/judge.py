"""From what everybody chose to a finding: shared choices and shared refusals are judged alike."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.texts import shorten
from filiation.methods.answers.texts_families import families_told
from filiation.methods.values.beyond_controls import Standing, nearer_log_p, stand
from filiation.methods.values.table import Sides, Votes, alike, side, tabled
from filiation.model.finding import (
    Absent,
    Finding,
    Inapplicable,
    Instance,
    Place,
    Underpowered,
    Unreadable,
)
from filiation.model.null import Calibrated
from filiation.model.recording import Recording
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS
from filiation.numerics.pairs.beyond_margins import Beyond, beyond_margins
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["Asked", "ceiling", "judge", "percent"]

Float64: TypeAlias = NDArray[np.float64]

SPLIT: Final = 2  # of the others that must stand on each side of an item
FEWEST: Final = 30  # items that must count for source and subject
READABLE: Final = 0.5  # of a party's answers, below which it has not answered this question
LISTED: Final = 10


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, in the words of one method.

    Attributes:
        method: Full id.
        draws: Tables drawn under fixed margins.
        votes: Reads what one model said.
        items: What an item is called, in the plural: "trade-offs", "requests".
        chosen: What both do with one that they have in common: "decided alike".
        sides: What taking the first side, and the other, is called.
        because: The assumption of the null.
        fewest: Items on which each party must have taken the first side, and on which it must not.
    """

    method: str
    draws: int
    votes: Callable[[Recording], Votes]
    items: str
    chosen: str
    sides: tuple[str, str]
    because: str
    fewest: int = 0


def judge(
    asked: Asked,
    source: Recording,
    subject: Recording,
    controls: Sequence[Recording],
    *,
    families: Mapping[str, str],
    seed: int,
) -> Finding | Absent:
    """Set the pair's likeness beyond margins beside that of the controls."""
    parties = asked.votes(source), asked.votes(subject)
    absent = _unanswered(asked, parties, (source.name, subject.name))
    if absent is not None:
        return absent
    admitted = admit(source, subject, controls, families)
    models = (source, subject, *admitted.controls)
    others = [parties[1], *map(asked.votes, admitted.controls)]
    sides = tabled(parties[0], others)
    rng = stream(seed, asked.method, *(model.digest for model in models))
    if len(models) < FEWEST_CONTROLS + 2:
        return _few(asked, len(admitted.controls))
    beyond = beyond_margins(
        sides.first, sides.decided, sides.strata, rng, draws=asked.draws, split=SPLIT
    )
    counted = int(beyond.items[0, 1])
    if counted < FEWEST:
        return Underpowered(method=asked.method, reason=_scarce(asked, sides, counted))
    values = np.where(beyond.items >= FEWEST // 2, beyond.values, np.nan)
    values[0, 1] = values[1, 0] = beyond.values[0, 1]
    names = [model.name for model in models]
    kin, alike = families_told(values, beyond.noise, names, families, controls=len(models) - 2)
    found = stand(values, beyond.noise, kin, _against(beyond))
    if not isinstance(found, Standing):
        return _few(asked, found)
    votes = (parties[0], *others)
    told = _Told(asked=asked, models=models, sides=sides, votes=votes, beyond=beyond)
    return told.finding(found, (*admitted.skipped, *alike), admitted.aside)


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100.0 * share:.0f} %"


def ceiling(source: float | None, subject: float | None) -> float | None:
    """How often two models could be expected to agree, both asked in other words.

    Agreement as a correlation (1 where all is alike, 0 where half is) is at most the geometric mean
    of what each has with itself: Spearman, The proof and measurement of association, 1904.

    Args:
        source: How often it agrees with itself; None if that is not known.
        subject: Likewise.
    """
    if source is None or subject is None:
        return None
    reliable = max(0.0, 2.0 * source - 1.0) * max(0.0, 2.0 * subject - 1.0)
    return 0.5 * (1.0 + math.sqrt(reliable))


def _share(of: float | None) -> str:
    return "none" if of is None else percent(of)


def _against(beyond: Beyond) -> dict[int, float]:
    """Log p against each control by itself, in the row of either party: the larger."""
    return {
        c: max(nearer_log_p(beyond.departures, rows) for rows in ((0, 1, c), (1, 0, c)))
        for c in range(2, len(beyond.departures))
    }


def _unanswered(
    asked: Asked, parties: tuple[Votes, Votes], names: tuple[str, str]
) -> Absent | None:
    """Why these two cannot be compared by this method at all."""
    for name, votes in zip(names, parties, strict=True):
        if not votes.asked:
            return Inapplicable(
                method=asked.method, reason=f"{name} was asked no {asked.items} of these batteries"
            )
        if votes.read < READABLE * votes.asked:
            return Unreadable(
                method=asked.method,
                reason=f"of {votes.asked:,} answers of {name} {votes.read:,} could be read, "
                f"expected at least {percent(READABLE)}; what it does not answer is no choice, and "
                "nothing is concluded from it",
            )
        of = sum(bool(found) for found in votes.by_group.values())
        many = sum(bool(side(found)) for found in votes.by_group.values())
        if not asked.fewest <= many <= of - asked.fewest:
            return Underpowered(
                method=asked.method,
                reason=f"{name} {asked.sides[0]} {many} of {of} {asked.items}, expected "
                f"{asked.fewest} at least and {asked.fewest} that it does not; ask more of those "
                "on which models differ",
            )
    return None


def _few(asked: Asked, controls: int) -> Underpowered:
    return Underpowered(
        method=asked.method,
        reason=f"{controls} independent control{' was' if controls == 1 else 's were'} asked "
        f"the same {asked.items}, expected at least {FEWEST_CONTROLS}; "
        f"{FEWEST_CONTROLS - controls} more would suffice, some of them trained on any "
        "specification or teacher that is known to be public",
    )


def _scarce(asked: Asked, sides: Sides, counted: int) -> str:
    return (
        f"{counted} {asked.items} count (source stable over paraphrases, both parties decided, "
        f"others on both sides), of {len(sides.groups) + sides.unstable:,} that the source "
        f"answered, expected at least {FEWEST}; ask more of them"
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """All that a finding is written from."""

    asked: Asked
    models: tuple[Recording, ...]
    sides: Sides
    votes: tuple[Votes, ...]
    beyond: Beyond

    def finding(self, found: Standing, notes: tuple[str, ...], aside: tuple[Place, ...]) -> Finding:
        """The finding, with its line-up and what it rests on."""
        places = sorted(self._places(found), key=lambda p: (-p.z, p.who != "control", p.name))
        return Finding(
            method=self.asked.method,
            observed=significant(float(np.tanh(self.beyond.values[0, 1]))),
            unit=self._unit(),
            null=Calibrated(
                controls=found.independent, log_floor=found.log_floor, because=self.asked.because
            ),
            log_p=found.log_p,
            combination=self._combination(found),
            skipped=(*notes, *self._left_out()),
            items=int(self.beyond.items[0, 1]),
            lineup=(*places, *aside),
            instances=self._rarest(),
        )

    def _unit(self) -> str:
        """Beside the correlation, agreement in other words and what it could come to."""
        source, subject, *controls = self.votes
        pair = alike(source, subject)
        others = [share for c in controls if (share := alike(source, c)) is not None]
        own = [alike(votes, votes) for votes in (source, subject)]
        least, most = (percent(end(others)) if others else "none" for end in (min, max))
        return (
            f"correlation of {self.asked.items} {self.asked.chosen} beyond what margins explain; "
            f"asked in other words source and subject agree on {_share(pair)}, source and controls "
            f"on {least} to {most}; the source agrees with itself on {_share(own[0])} and the "
            f"subject on {_share(own[1])}, so that {_share(ceiling(*own))} is the ceiling"
        )

    def _combination(self, found: Standing) -> str:
        row, log_p = found.closest
        name = self.models[row].name
        mixing = self.beyond.mixing
        return (
            f"{self.asked.draws} tables with the margins of every category fixed (each "
            f"{mixing.trades} trades from a common hub, {percent(mixing.distance)} of the ones "
            f"elsewhere); the largest of three p-values (logs): with controls in the subject's "
            f"place {found.rows[0]:.3g}, in the source's {found.rows[1]:.3g}, and against the "
            f"control that explains most by itself, {name}, {log_p:.3g}; place {found.rank} of "
            f"{len(self.models) - 1}"
        )

    def _left_out(self) -> tuple[str, ...]:
        sides, found = self.sides, []
        if sides.unstable:
            found.append(
                f"{sides.unstable:,} of {len(sides.groups) + sides.unstable:,} {self.asked.items}: "
                "the source does not say the same when asked in other words"
            )
        unlike = [
            f"{model.name} {count:,}"
            for model, count in zip(self.models, sides.unlike, strict=True)
            if count
        ]
        if unlike:
            found.append(
                f"{self.asked.items} under one id that were asked in other words: "
                + ", ".join(unlike)
            )
        if lost := len(sides.groups) - int(self.beyond.items[0, 1]):
            found.append(
                f"{lost:,} of {len(sides.groups):,} {self.asked.items}: one of the two took no "
                f"side, or fewer than {SPLIT} of the other models stand on each"
            )
        for model, votes in zip(self.models[:2], self.votes[:2], strict=True):
            found.append(
                f"{votes.asked - votes.read:,} of {votes.asked:,} answers of {model.name}: no "
                "side could be read"
            )
        return tuple(found)

    def _places(self, found: Standing) -> list[Place]:
        return [
            Place(
                name=self.models[row].name,
                who="subject" if row == 1 else "control",
                observed=significant(float(np.tanh(self.beyond.values[0, row]))),
                z=significant(found.z[row - 1]),
            )
            for row in range(1, len(self.models))
            if (np.isfinite(found.z[row - 1]) and np.isfinite(self.beyond.values[:2, row]).all())
            or row == 1
        ]

    def _rarest(self) -> tuple[Instance, ...]:
        """What source and subject decided alike and fewest controls with them."""
        first, decided = self.sides.first, self.sides.decided
        found = []
        for at in np.flatnonzero(decided[0] & decided[1] & (first[0] == first[1])):
            present = decided[2:, at]
            rarity, of = int((present & (first[2:, at] == first[0, at])).sum()), int(present.sum())
            if of and 2 * rarity < of:
                taken = 0 if first[0, at] else 1
                side = shorten(self.sides.sides[at][taken]) or self.asked.sides[taken]
                found.append(
                    Instance(
                        item=self.sides.groups[at],
                        prompt=shorten(self.sides.prompts[at]),
                        source=side,
                        subject=side,
                        rarity=rarity,
                        of=of,
                        weight=float(np.log((of + 1) / (rarity + 1))),
                    )
                )
        return tuple(sorted(found, key=lambda i: (-i.weight, i.item))[:LISTED])
