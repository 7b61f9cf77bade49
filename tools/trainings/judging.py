"""What the program says of forged histories, all claims together.

The forger is given what he would like best: his start is the true one of a training of his own,
drawn again to the bit where he kept it; he has a stamp that is old enough, and a replay that holds.
What is left is the steps, and contact with the source, which is asked where the steps do not fail.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import claim_contact, judged_steps
from filiation.examining.trainings.measured import Measured
from filiation.model.sketch import Sketch
from filiation.model.training import TrainingClaim
from filiation.proceedings.trainings import whole_examination
from size.shape import Weights
from size.view import sketched
from trainings.forging import FAMILIES, STRENGTHS, Runs
from trainings.keeping import forged_file, honest_file, kept
from trainings.measuring import measured_once, sketches
from trainings.recipes import WIDE_RUNS, recipe
from trainings.started import torch_start

__all__ = ["HEAD", "forged_rows", "honest_rows"]

HEAD: Final = "| history | (a) | (b) | (d) | in all |\n|---|---|---|---|---|"

SEED: Final = 0
SOURCE: Final = 62  # wide enough for a whole examination of strangers to have power
OWN: Final = 64


def honest_rows(folder: Path) -> Iterator[str]:
    """A row for each wide run against the next as a source, all claims."""
    for number, other in zip(WIDE_RUNS, (*WIDE_RUNS[1:], WIDE_RUNS[0]), strict=True):
        against = sketches(kept(honest_file(folder, other))[-1:])[0]
        points = kept(honest_file(folder, number))
        found = measured_once(folder, f"honest-{number:02}", partial(list, points), SEED)
        yield _row(f"run {number}, source run {other}", points, found, number, against)


def forged_rows(folder: Path) -> Iterator[str]:
    """A row for each forged history: those that are computed, then those that are trained."""
    shape = recipe(OWN).shape
    runs = Runs(
        source=kept(honest_file(folder, SOURCE)), own=kept(honest_file(folder, OWN)), shape=shape
    )
    against = sketched("source", runs.source[-1], shape)
    for name, make in FAMILIES.items():
        for strength, how in enumerate(STRENGTHS):
            points = make(runs, strength)
            file = f"forged-{name}-{strength}".replace(" ", "-").replace("'", "").replace(",", "")
            found = measured_once(folder, file, partial(list, points), SEED)
            yield _row(f"{name}, {how}", points, found, OWN, against)
    for path in sorted(folder.glob(forged_file(folder, "*").name)):
        points = kept(path)
        found = measured_once(folder, path.stem, partial(list, points), SEED)
        yield _row(path.stem.removeprefix("forged-"), points, found, OWN, against)


def _row(name: str, points: Sequence[Weights], found: Measured, own: int, source: Sketch) -> str:
    start = torch_start(recipe(own).shape, own)
    drawn = all(np.array_equal(points[0][n], x) for n, x in start.items())
    steps = judged_steps(found, learnt_bands())
    said = [_said(steps)]
    if steps.outcome != "fails":
        contact = claim_contact(
            sketches(points), source, whole_examination(source, SEED), seed=SEED
        )
        said.append(_said(contact))
    ends = {part.split()[0] for part in said}
    end = "fails" if "fails" in ends else "supports" if drawn and ends == {"holds"} else "neither"
    told = said[1] if len(said) == 2 else "not asked"
    return f"| {name} | {'drawn again' if drawn else 'open'} | {said[0]} | {told} | {end} |"


def _said(claim: TrainingClaim) -> str:
    place = "" if claim.place is None else f" at {claim.place}"
    names = ", ".join(dict.fromkeys(figure[0] for figure in claim.figures)) or claim.said
    return f"{claim.outcome}{place}" + (f": {names}" if names and claim.outcome != "holds" else "")
