"""Real trainings and forged histories: made, learnt from, judged.

    python -m trainings train FOLDER    (torch) the honest runs
    python -m trainings bands FOLDER    bands.json, from the runs that are learnt from
    python -m trainings honest FOLDER   what is said of the runs that were kept aside
    python -m trainings forged FOLDER   what is said of forged histories

With PYTHONPATH=src:tools. What is there already is not made again.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from trainings.keeping import honest_file, keep
from trainings.recipes import RUNS, recipe


def train(folder: Path) -> Iterator[str]:
    """Make what is not there yet."""
    import torch  # type: ignore[import-not-found, unused-ignore]

    from trainings.training import trained

    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(RUNS):
        if not honest_file(folder, number).exists():
            keep(honest_file(folder, number), trained(recipe(number)))
            yield f"honest {number}"


def bands(folder: Path) -> Iterator[str]:
    """bands.json, on stdout."""
    from trainings.learning import bands as learn

    yield learn(folder).rstrip("\n")


def honest(folder: Path) -> Iterator[str]:
    """What is said of honest runs."""
    from trainings.judging import honest_rows

    yield "| run: width, optimiser, schedule, event | (b) |\n|---|---|"
    yield from honest_rows(folder)


def forged(folder: Path) -> Iterator[str]:
    """What is said of forged ones."""
    from trainings.judging import forged_rows

    yield "| forgery | the copy | (b) |\n|---|---|---|"
    yield from forged_rows(folder)


VERBS: Final[dict[str, Callable[[Path], Iterator[str]]]] = {
    "train": train, "bands": bands, "honest": honest, "forged": forged,
}  # fmt: skip

if __name__ == "__main__":
    for line in VERBS[sys.argv[1]](Path(sys.argv[2])):
        print(line, flush=True)
