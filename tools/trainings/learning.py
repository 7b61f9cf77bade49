"""The bands of real trainings: extremes over the runs that are learnt from."""

import json
from pathlib import Path
from typing import Final

import numpy as np

from filiation.examining.trainings.bands import FEATURES
from filiation.examining.trainings.measured import measured
from trainings.keeping import honest_file, kept
from trainings.measuring import sketches
from trainings.recipes import KEPT_ASIDE, RUNS

__all__ = ["bands"]

COMMAND: Final = "python -m trainings bands FOLDER"


def bands(folder: Path) -> str:
    """bands.json; the runs that are kept aside are not looked at."""
    values: dict[str, list[float]] = {name: [] for name in FEATURES}
    numbers = range(RUNS - KEPT_ASIDE)
    for number in numbers:
        found = measured(sketches(kept(honest_file(folder, number))), seed=0)
        assert found is not None, number
        for name, some in found.named().items():
            values[name] += [float(x) for x in some if np.isfinite(x)]
    told = {
        name: {"low": round(min(x), 4), "high": round(max(x), 4), "values": len(x)}
        for name, x in values.items()
    }
    return json.dumps({"command": COMMAND, "runs": len(numbers), "bands": told}, indent=1) + "\n"
