"""What the program says of the steps of honest and of forged histories.

Contact with the source is not asked here: what its methods find of a copy is measured elsewhere
(`tools/adversary`), and a forged history should not pass for a true one even before it is asked.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import claim_steps
from filiation.model.training import TrainingClaim
from size.shape import Weights
from trainings.forging import FAMILIES, STRENGTHS, Runs
from trainings.keeping import honest_file, kept
from trainings.measuring import sketches
from trainings.recipes import KEPT_ASIDE, RUNS, recipe

__all__ = ["forged_rows", "honest_rows"]

SEED: Final = 0
SOURCE: Final = 51  # both kept aside, of one form, with nine checkpoints
OWN: Final = 52


def honest_rows(folder: Path) -> Iterator[str]:
    """A row for each run that was kept aside, and their count."""
    ends = {"holds": 0, "open": 0, "fails": 0}
    for number in range(RUNS - KEPT_ASIDE, RUNS):
        told = recipe(number)
        steps = _steps(kept(honest_file(folder, number)))
        ends[steps.outcome] += 1
        what = f"{told.shape.width}, {told.optimiser}, {told.schedule}, {told.event}"
        yield f"| {number}: {what} | {_said(steps)} |"
    counted = ", ".join(f"{name} {count}" for name, count in ends.items())
    yield f"| all {sum(ends.values())} | {counted} |"


def forged_rows(folder: Path) -> Iterator[str]:
    """A row for each forged history."""
    runs = Runs(
        source=kept(honest_file(folder, SOURCE)),
        own=kept(honest_file(folder, OWN)),
        shape=recipe(OWN).shape,
    )
    for name, make in FAMILIES.items():
        for strength, how in enumerate(STRENGTHS):
            yield f"| {name} | {how} | {_said(_steps(make(runs, strength)))} |"


def _steps(points: Sequence[Weights]) -> TrainingClaim:
    return claim_steps(sketches(points), learnt_bands(), seed=SEED)


def _said(claim: TrainingClaim) -> str:
    at = "" if claim.place is None else f" at {claim.place}"
    names = ", ".join(dict.fromkeys(figure[0] for figure in claim.figures))
    return f"{claim.outcome}{at}" + (f": {names}" if names and claim.outcome != "holds" else "")
