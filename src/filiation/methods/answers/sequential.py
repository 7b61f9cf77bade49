"""Does the subject agree with the source more often than with any control, and is that enough yet?

Queries cost money and examiners look early. Bets are laid against each control separately; the
least capital counts, and it may be read after every item (see numerics/eprocess.py). The null
needs no model of ability and no key: only a control that is as close to the subject as an
innocent source would be.

What it rejects is that, and not independence: among K + 1 strangers one is always the closest,
and with many items that shows. It says when more questions of this kind would add nothing, and it
is not counted as evidence of descent; the test of shared errors is.

Defeated by: a source abler or more usual than every control, with whom everybody agrees; choose
controls of the source's ability. Items that all answer alike cost nothing and say nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.reading.artefacts import spoken
from filiation.methods.answers.reading.rules import LETTER, TEXT, read
from filiation.methods.answers.shared_errors_reach import CONTROLS, too_few
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Place, Unreadable
from filiation.model.null import Exact
from filiation.model.recording import Item, Recording
from filiation.model.words import MethodWords
from filiation.numerics.combining.eprocess import Bets
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["Sequential", "Watch"]

BECAUSE: Final = (
    "the subject agrees with the source no more often than with one at least of the controls, "
    "item by item, whatever came before"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """Least capital over the controls, over the errors in an order fixed by the seed."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "sequential/2;bet=mean-over-square;caution=10;minimum=controls;items=not-right"

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        admitted = admit(source, subject, controls, families)
        if len(admitted.controls) < CONTROLS:
            return too_few(self.id, len(admitted.controls))
        parties = (source, subject, *admitted.controls)
        answers = code_answers(parties)
        if reason := answers.foreign:
            return Unreadable(method=self.id, reason=reason)
        missed = np.flatnonzero(answers.wrong[1] & (answers.codes[0] >= 0))
        if not missed.size:
            reason = f"{subject.name}: no wrong answer where {source.name} answered; no bet is laid"
            return Inapplicable(method=self.id, reason=reason)
        rng = stream(seed, self.id, *sorted(recording.digest for recording in parties))
        bets = _lay(answers, rng.permutation(missed))
        return Finding(
            method=self.id,
            observed=significant(bets.log_e),
            unit=f"log capital against the closest control, after {bets.items:,} errors",
            null=Exact(
                distribution="Ville's inequality for the least of several capitals",
                log_floor=-float(bets.items) * float(np.log(1.5)),
                because=BECAUSE,
            ),
            log_p=bets.log_p,
            combination="the least capital over the controls; valid whenever one stops",
            skipped=(*answers.notes, *admitted.skipped),
            counts=False,  # closest of the line-up is not yet related: somebody always is
            items=len(answers.items),
            lineup=(*_places(answers.models[2:], bets), *admitted.aside),
        )


def _lay(answers: Answers, order: NDArray[np.int64]) -> Bets:
    """Bet on these items in this order; rows: the source, the subject, the controls."""
    bets = Bets(len(answers.models) - 2)
    for item in order.tolist():
        codes = answers.codes[:, item]
        alike = codes == codes[1]
        bets.feed(bool(alike[0]), np.where(codes[2:] >= 0, alike[2:], alike[0]))
    return bets


def _places(controls: Sequence[str], bets: Bets) -> list[Place]:
    """The controls by the capital won against each, the closest first."""
    won = zip(controls, bets.log_es.tolist(), strict=True)
    places = [Place(name=c, who="control", observed=significant(e), z=0.0) for c, e in won]
    return sorted(places, key=lambda place: (place.observed, place.name))


@final
class Watch:
    """Watch a recording as it is made, against recordings already held; says when to stop.

    Feed every item in the order asked; what is said to one again tells nothing new, and is passed
    over. So are items the subject got right or left out, and those the source left out; a control
    that left an item out neither wins nor loses.
    """

    def __init__(
        self,
        source: Recording,
        controls: Sequence[Recording],
        *,
        level: float,
        normaliser: str = "",
    ) -> None:
        self._bets = Bets(len(controls))
        self._fed: set[str] = set()
        self._level, self._normaliser = level, normaliser
        self._held = [
            {item.id: output for item, output in zip(r.items, r.finished, strict=True)}
            for r in (source, *controls)
        ]

    def feed(self, item: Item, output: str | None) -> bool:
        """Add one answer of the subject; whether enough is known."""
        if item.id in self._fed:
            return self.enough
        self._fed.add(item.id)
        rule = item.normaliser or self._normaliser or (LETTER if item.options else TEXT)
        said = read(rule, spoken(output), options=item.options)
        held = [read(rule, spoken(h.get(item.id)), options=item.options) for h in self._held]
        key = read(rule, item.key, options=item.options)
        if said is not None and said != key and held[0] is not None:
            alike = held[0] == said
            others = [alike if h is None else h == said for h in held[1:]]
            self._bets.feed(alike, np.asarray(others))
        return self.enough

    @property
    def enough(self) -> bool:
        """Whether the null was rejected at the level, at this or any earlier item."""
        return self._bets.enough(self._level)

    @property
    def log_e(self) -> float:
        """Log of the least capital now."""
        return self._bets.log_e

    @property
    def log_p(self) -> float:
        """Log of the anytime-valid p."""
        return self._bets.log_p

    @property
    def items(self) -> int:
        """Errors bet on so far."""
        return self._bets.items
