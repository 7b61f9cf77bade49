"""What the program says of forged histories, all claims together.

The forger is given what he would like best: his start is the true one of a training of his own,
drawn again to the bit where he kept it; he has a stamp that is old enough, and a replay that holds.
What is left is the steps, and contact with the source, which is asked where the steps do not fail.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np

from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import claim_contact, judged_steps
from filiation.examining.trainings.measured import Measured, kept_path
from filiation.model.sketch import Sketch
from filiation.model.training import TrainingClaim
from filiation.proceedings.histories import whole_examination
from size.shape import Weights
from size.view import sketched
from trainings.forging import (
    FAMILIES,
    PARTS,
    SHARES,
    STRENGTHS,
    WAYS,
    Runs,
    blended_in,
    cost,
    shared,
)
from trainings.keeping import forged_file, honest_file, kept
from trainings.measuring import measured_kept, measured_once, sketches
from trainings.recipes import recipe
from trainings.started import torch_start

__all__ = [
    *("ATTENTION_HEAD", "FORGED_HEAD", "HEAD", "SHARED_HEAD", "attention_rows", "forged_rows"),
    *("honest_rows", "runs_of", "shared_rows"),
]

HEAD: Final = "| history | (a) | (b) | (d) | in all |\n|---|---|---|---|---|"
FORGED_HEAD: Final = (
    "| history | (a) | (b) | (d) | in all | cost beside the source |\n|---|---|---|---|---|---|"
)
SHARED_HEAD: Final = "| part | share | (b) | (d) | moved |\n|---|---|---|---|---|"

ATTENTION_HEAD: Final = (
    "| way | of the attention | of all values | (b) | (d) |\n|---|---|---|---|---|"
)
ATTENTIONS: Final = (0.25, 0.5, 1.0)

SEED: Final = 0
SOURCE: Final = 62  # wide enough for a whole examination of strangers to have power
OWN: Final = 64
PAIRS: Final = ((64, 62), (60, 65), (62, 64), (65, 62), (5, 8), (8, 5))


def honest_rows(folder: Path) -> Iterator[str]:
    """A row for each pair of strangers, all claims: the first a history, the other's end a source.

    The pairs are of one form: a comparison of two forms has no power.
    """
    for number, other in PAIRS:
        against = sketches(kept(honest_file(folder, other))[-1:])[0]
        points = kept(honest_file(folder, number))
        found = measured_once(folder, f"honest-{number:02}", partial(list, points), SEED)
        yield _row(f"run {number}, source run {other}", points, found, number, against)


def forged_rows(folder: Path) -> Iterator[str]:
    """A row for each forged history: those that are computed, then those that are trained.

    A row is kept beside the runs, since it takes long: killed, the same command goes on.
    """
    told = recipe(OWN)
    runs = runs_of(folder)
    against = sketched("source", runs.source[-1], told.shape)
    ways: dict[str, Callable[[], Sequence[Weights]]] = {
        f"{name}, {how}": partial(make, runs, strength)
        for name, make in FAMILIES.items()
        for strength, how in enumerate(STRENGTHS)
    }
    trained = sorted(folder.glob(forged_file(folder, "*").name))
    ways |= {path.stem.removeprefix("forged-"): partial(kept, path) for path in trained}
    for name, points in ways.items():
        paid = cost(name.rpartition(", ")[0], len(runs.own), told.steps[-1])
        yield f"{_kept_row(folder, name, points, against)} {paid} |"


def shared_rows(folder: Path) -> Iterator[str]:
    """(b) and (d) of histories that are true but for a share of one part, blended in slowly.

    And how far each step was moved from that of the true training, over its length, at least:
    what a repetition of an interval would find, where (f) holds up to a hundredth.
    """
    runs = runs_of(folder)
    source = sketched("source", runs.source[-1], recipe(OWN).shape)
    own = sketches(runs.own)
    for part in PARTS:
        for share in SHARES:
            for strength, how in enumerate(STRENGTHS):
                path = folder / f"shared-{part}-{share}-{strength}.row"
                if not path.exists():
                    points = sketches(shared(runs, strength, part, share))
                    name = path.stem.replace(" ", "-")
                    found = measured_kept(folder, name, partial(list, points), SEED)
                    steps = judged_steps(found, learnt_bands())
                    whole = whole_examination(source, SEED)
                    claim = claim_contact(points, source, whole, seed=SEED)
                    moved = _moved(points, own)
                    path.write_text(
                        f"| {part}, {how} | {share:.0%} | {_said(steps)} | {_said(claim)} | "
                        f"{moved:.2g} |"
                    )
                yield path.read_text()


def attention_rows(folder: Path) -> Iterator[str]:
    """(b), and (d) where (b) holds, of true histories into which the source's attention is put.

    In axes of its own, permuted or disguised: no method of (d) looks for that. The share is of the
    attention, and told of all values.
    """
    runs = runs_of(folder)
    source = sketched("source", runs.source[-1], recipe(OWN).shape)
    whole = whole_examination(source, SEED)
    for (way, share), strength in product(product(WAYS, ATTENTIONS), (1, 2)):
        path = folder / f"attention-{way}-{share}-{strength}.row".replace(" ", "-")
        if not path.exists():
            made = blended_in(runs, strength, "attention", share, way)
            points = sketches(made)
            found = measured_kept(folder, path.stem, partial(list, points), SEED)
            steps = judged_steps(found, learnt_bands())
            said = "not asked"
            if steps.outcome == "holds":
                said = _said(claim_contact(points, source, whole, seed=SEED))
            moved = sum(int((x != runs.own[-1][n]).sum()) for n, x in made[-1].items())
            values = moved / sum(x.size for x in made[-1].values())
            path.write_text(
                f"| {way}, {STRENGTHS[strength]} | {share:.0%} | {values:.1%} | {_said(steps)} | "
                f"{said} |"
            )
        yield path.read_text()


def _moved(points: Sequence[Sketch], own: Sequence[Sketch]) -> float:
    """Of all steps the least distance from the true one, over the length of that."""
    path = kept_path([*points, *own])
    assert path is not None  # one form
    forged, true = np.diff(path[: len(points)], axis=0), np.diff(path[len(points) :], axis=0)
    apart = np.linalg.norm(forged - true, axis=1) / np.linalg.norm(true, axis=1)
    return float(apart.min())


def runs_of(folder: Path) -> Runs:
    """The source's training and the forger's own."""
    return Runs(
        source=kept(honest_file(folder, SOURCE)),
        own=kept(honest_file(folder, OWN)),
        shape=recipe(OWN).shape,
    )


def _kept_row(
    folder: Path, name: str, made: Callable[[], Sequence[Weights]], against: Sketch
) -> str:
    file = f"judged-{name}".replace(" ", "-").replace("'", "").replace(",", "")
    path = folder / f"{file}.row"
    if not path.exists():
        points = made()
        found = measured_once(folder, file, partial(list, points), SEED)
        path.write_text(_row(name, points, found, OWN, against))
    return path.read_text()


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
    names = ", ".join(dict.fromkeys(figure[0] for figure in claim.figures))
    if claim.claim == "contact":  # its figures are those of a second question
        names = claim.said or claim.why
    names = names or claim.said
    return f"{claim.outcome}{place}" + (f": {names}" if names and claim.outcome != "holds" else "")
