"""What the program says of each honest and each forged history, claim by claim."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import claim_contact, claim_end, claim_start, claim_steps
from filiation.model.sketch import Sketch
from filiation.model.training import HistoryExamined, TrainingClaim, TrainingHistory, TrainingPoint
from filiation.proceedings.trainings import whole_examination
from size.shape import Weights
from trainings.keeping import forged_file, honest_file, kept
from trainings.measuring import sketches
from trainings.named import FAMILIES, STRENGTHS, WIDE_HONEST
from trainings.recipes import KEPT_ASIDE, RUNS, recipe

__all__ = ["forged_rows", "honest_lines"]

SEED: Final = 0
LETTERS: Final[Mapping[str, str]] = {
    "start": "a", "steps": "b", "end": "c", "contact": "d", "dates": "e",
}  # fmt: skip


def honest_lines(folder: Path) -> Iterator[str]:
    """How many honest runs each claim holds, leaves open, or calls failing; (d) of some."""
    for title, numbers in (
        ("learnt from", range(RUNS - KEPT_ASIDE)),
        ("kept aside", range(RUNS - KEPT_ASIDE, RUNS)),
    ):
        counts = {"start": [0, 0, 0], "steps": [0, 0, 0]}
        named = []
        for number in numbers:
            points = sketches(kept(honest_file(folder, number)))
            claims = claim_start(points[0], seed=SEED), _steps(points)
            for claim in claims:
                counts[claim.claim][("holds", "open", "fails").index(claim.outcome)] += 1
                if claim.outcome == "fails":
                    named.append(f"{number} ({_said(claim)})")
        for name, (holds, left, fails) in counts.items():
            yield f"| {title}, {len(numbers)} | ({LETTERS[name]}) | {holds} | {left} | {fails} |"
        if named:
            yield f"| | failing: {', '.join(named)} | | | |"


def whole_lines(folder: Path) -> Iterator[str]:
    """Honest runs that are wide enough, by all claims, against the source."""
    against = sketches(kept(folder / "source.npz"))[0]
    for number in WIDE_HONEST:
        found = judged(kept(honest_file(folder, number)), against)
        told = recipe(number)
        yield (
            f"| {number}: {told.optimiser}, {told.schedule}, {told.event} | "
            f"{' | '.join(_cells(found))} | {found.toward} |"
        )


def forged_rows(folder: Path) -> Iterator[str]:
    """A row for each forged history."""
    against = sketches(kept(folder / "source.npz"))[0]
    for family, name in enumerate(FAMILIES):
        for strength, how in enumerate(STRENGTHS):
            path = forged_file(folder, family, strength)
            if not path.exists():
                yield f"| {name} | {how} | not made | | | | | |"
                continue
            found = judged(kept(path), against)
            yield f"| {name} | {how} | {' | '.join(_cells(found))} | {_end(found)} |"


def judged(points: list[Weights], against: Sketch) -> HistoryExamined:
    """All claims; the last checkpoint is the exhibit, as a forger would have it."""
    taken = sketches(points)
    history = TrainingHistory(
        points=tuple(
            TrainingPoint(name=one.name, file="", digest="", subject=one.subject_digest, step=n)
            for n, one in enumerate(taken)
        )
    )
    contact = claim_contact(taken, against, whole_examination(against, SEED), seed=SEED)
    return HistoryExamined(
        history=history,
        source="source",
        claims=(
            claim_start(taken[0], seed=SEED),
            _steps(taken),
            claim_end(taken[-1], taken[-1], len(taken) - 1),
            contact,
            TrainingClaim(claim="dates", outcome="not-asked", why="not-given"),
        ),
    )


def _steps(points: list[Sketch]) -> TrainingClaim:
    return claim_steps(points, learnt_bands(), seed=SEED)


def _cells(found: HistoryExamined) -> list[str]:
    return [_said(one) for one in found.claims if one.claim in ("start", "steps", "contact")]


def _said(claim: TrainingClaim) -> str:
    at = "" if claim.place is None or claim.outcome == "holds" else f" at {claim.place}"
    names = ", ".join(dict.fromkeys(figure[0] for figure in claim.figures))
    why = f" ({names})" if names and claim.outcome != "holds" else ""
    if claim.claim == "contact" and claim.outcome == "open":
        why = f" ({claim.why})"
    return f"{claim.outcome}{at}{why}"


def _end(found: HistoryExamined) -> str:
    failing = found.failing
    if failing is None:
        return found.toward
    return f"fails at {failing.place} by ({LETTERS[failing.claim]})"
