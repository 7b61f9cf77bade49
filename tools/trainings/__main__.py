"""Real trainings and forged histories: made, learnt from, judged.

    python -m trainings train FOLDER    (torch) the honest runs
    python -m trainings bands FOLDER    bands.json, of all runs
    python -m trainings honest FOLDER   what is said of each run by the bands of the others
    python -m trainings forge FOLDER    (torch) the forged histories that are trained
    python -m trainings forged FOLDER   what is said of forged histories
    python -m trainings shared FOLDER   what (d) says where a share of the source is blended in
    python -m trainings attention FOLDER  (b), and (d), where its attention is put in
    python -m trainings strangers FOLDER  how many units stand in strangers as in each other
    python -m trainings blended FOLDER  where units in other axes are found
    python -m trainings healed FOLDER   (torch) what is left of them once training goes on
    python -m trainings replays FOLDER  (torch) intervals that are trained again

With PYTHONPATH=src:tools. What is there already is not made again.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from trainings.keeping import honest_file, keep
from trainings.recipes import RUNS, WIDE_RUNS, recipe


def train(folder: Path) -> Iterator[str]:
    """Make what is not there yet."""
    import torch  # type: ignore[import-not-found, unused-ignore]

    from trainings.training import trained

    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for number in (*range(RUNS), *WIDE_RUNS):
        if not honest_file(folder, number).exists():
            keep(honest_file(folder, number), trained(recipe(number)))
            yield f"honest {number}"


def bands(folder: Path) -> Iterator[str]:
    """bands.json, on stdout."""
    from trainings.learning import bands as learn

    yield learn(folder).rstrip("\n")


def honest(folder: Path) -> Iterator[str]:
    """What is said of each run by the bands of all others, and of wide ones by all claims."""
    from trainings.judging import HEAD, honest_rows
    from trainings.learning import left_out

    yield "| run: width, optimiser, schedule, event | (b), by the bands of the others |\n|---|---|"
    yield from left_out(folder)
    yield HEAD
    yield from honest_rows(folder)


def forge(folder: Path) -> Iterator[str]:
    """(torch) Make the forged histories that are trained."""
    import torch

    from trainings.healing import forged_ways

    torch.set_num_threads(1)
    yield from forged_ways(folder)


def forged(folder: Path) -> Iterator[str]:
    """What is said of forged ones."""
    from trainings.judging import FORGED_HEAD, forged_rows

    yield FORGED_HEAD
    yield from forged_rows(folder)


def shared(folder: Path) -> Iterator[str]:
    """What (d) says where a share of the source is blended into a true history."""
    from trainings.judging import SHARED_HEAD, shared_rows

    yield SHARED_HEAD
    yield from shared_rows(folder)


def attention(folder: Path) -> Iterator[str]:
    """What is said where the source's attention is put into a true history, in axes of its own."""
    from trainings.judging import ATTENTION_HEAD, attention_rows

    yield ATTENTION_HEAD
    yield from attention_rows(folder)


def strangers(folder: Path) -> Iterator[str]:
    """How many units of one run stand to each other in another as in the first."""
    from trainings.standing import stranger_rows

    yield from stranger_rows(folder)


def blended(folder: Path) -> Iterator[str]:
    """Where units of the source in other axes are found in histories with a share of it."""
    from trainings.standing import BLENDED_HEAD, blended_rows

    yield BLENDED_HEAD
    yield from blended_rows(folder)


def healed(folder: Path) -> Iterator[str]:
    """(torch) What is left of units in other axes once training goes on."""
    import torch

    from trainings.standing import HEALED_HEAD, healed_rows

    torch.set_num_threads(1)
    yield HEALED_HEAD
    yield from healed_rows(folder)


def replays(folder: Path) -> Iterator[str]:
    """(torch) How near repetitions of an interval end."""
    import torch

    from trainings.replaying import replay_rows

    torch.set_num_threads(1)
    yield from replay_rows(folder)


VERBS: Final[dict[str, Callable[[Path], Iterator[str]]]] = {
    "train": train, "bands": bands, "honest": honest, "forge": forge, "forged": forged,
    "shared": shared, "strangers": strangers, "blended": blended, "healed": healed,
    "replays": replays, "attention": attention,
}  # fmt: skip

if __name__ == "__main__":
    for line in VERBS[sys.argv[1]](Path(sys.argv[2])):
        print(line, flush=True)
