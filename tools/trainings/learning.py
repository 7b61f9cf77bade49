"""The bands of real trainings: extremes over all runs; and each run against those of the others."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from filiation.examining.trainings.bands import FEATURES, Band
from filiation.examining.trainings.claims import judged_steps
from filiation.examining.trainings.measured import Measured
from trainings.keeping import honest_file, kept
from trainings.measuring import measured_once
from trainings.recipes import RUNS, WIDE_RUNS, recipe

__all__ = ["bands", "left_out"]

COMMAND: Final = "python -m trainings bands FOLDER"
SEED: Final = 0
PARTS: Final = 10_000  # to which a band is rounded, outwards


def bands(folder: Path) -> str:
    """bands.json, of all runs."""
    learnt = learnt_of(list(of_runs(folder).values()))
    told = {
        name: {
            "low": math.floor(one.low * PARTS) / PARTS,
            "high": math.ceil(one.high * PARTS) / PARTS,
            "values": one.values,
        }
        for name, one in learnt.items()
    }
    said = {"version": 1, "command": COMMAND, "runs": RUNS + len(WIDE_RUNS), "bands": told}
    return json.dumps(said, indent=1) + "\n"


def of_runs(folder: Path) -> dict[int, Measured]:
    """What is measured of each run, by its number."""
    found = {}
    for number in (*range(RUNS), *WIDE_RUNS):
        found[number] = measured_once(
            folder, f"honest-{number:02}", partial(kept, honest_file(folder, number)), SEED
        )
    return found


def learnt_of(runs: Sequence[Measured]) -> dict[str, Band]:
    """Least and largest values over these."""
    found = {}
    for name in FEATURES:
        values = np.concatenate([run.named()[name] for run in runs])
        told = values[np.isfinite(values)]
        low = 1.0 if name == "uneven" else float(told.min())  # none goes too evenly
        found[name] = Band(low=low, high=float(told.max()), values=told.size)
    return found


def left_out(folder: Path) -> Iterator[str]:
    """A row for each run, held against the bands of all others."""
    runs: Mapping[int, Measured] = of_runs(folder)
    ends = {"holds": 0, "open": 0, "fails": 0}
    for number, run in runs.items():
        others = learnt_of([one for n, one in runs.items() if n != number])
        claim, told = judged_steps(run, others), recipe(number)
        ends[claim.outcome] += 1
        names = ", ".join(dict.fromkeys(figure[0] for figure in claim.figures))
        what = f"{told.shape.width}, {told.optimiser}, {told.schedule}, {told.event}"
        if claim.outcome != "holds":
            yield f"| {number}: {what} | {claim.outcome} at {claim.place}: {names or claim.why} |"
    counted = ", ".join(f"{name} {count}" for name, count in ends.items())
    yield f"| all {sum(ends.values())} | {counted} |"
