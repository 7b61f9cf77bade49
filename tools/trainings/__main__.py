"""Real trainings and forged histories: made, learnt from, judged.

    python -m trainings train FOLDER    (torch) the honest runs, the source, the forged histories
    python -m trainings bands FOLDER    bands.json, from the runs that are learnt from
    python -m trainings honest FOLDER   what is said of the honest runs
    python -m trainings forged FOLDER   what is said of the forged ones

With PYTHONPATH=src:tools. What is there already is not made again.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from trainings.keeping import forged_file, honest_file, keep
from trainings.named import FAMILIES, STRENGTHS
from trainings.recipes import RUNS, recipe


def train(folder: Path) -> Iterator[str]:
    """Make what is not there yet."""
    import torch  # type: ignore[import-not-found, unused-ignore]

    from trainings.forging import MAKERS, source
    from trainings.training import trained

    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(RUNS):
        if not honest_file(folder, number).exists():
            keep(honest_file(folder, number), trained(recipe(number)))
            yield f"honest {number}"
    if not (folder / "source.npz").exists():
        keep(folder / "source.npz", [source()])
    for family, name in enumerate(FAMILIES):
        for strength, how in enumerate(STRENGTHS):
            path = forged_file(folder, family, strength)
            if not path.exists():
                keep(path, MAKERS[family](strength))
                yield f"{name}, {how}"


def bands(folder: Path) -> Iterator[str]:
    """bands.json, on stdout."""
    from trainings.learning import bands as learn

    yield learn(folder).rstrip("\n")


def honest(folder: Path) -> Iterator[str]:
    """Tables of what is said of honest runs."""
    from trainings.judging import honest_lines, whole_lines

    yield "| runs | claim | holds | open | fails |\n|---|---|--:|--:|--:|"
    yield from honest_lines(folder)
    yield "\n| run, kept aside | (a) | (b) | (d) | supports |\n|---|---|---|---|---|"
    yield from whole_lines(folder)


def forged(folder: Path) -> Iterator[str]:
    """The table of what is said of forged ones."""
    from trainings.judging import forged_rows

    yield "| forgery | the copy | (a) | (b) | (d) | conclusion |\n|---|---|---|---|---|---|"
    yield from forged_rows(folder)


VERBS: Final[dict[str, Callable[[Path], Iterator[str]]]] = {
    "train": train, "bands": bands, "honest": honest, "forged": forged,
}  # fmt: skip

if __name__ == "__main__":
    for line in VERBS[sys.argv[1]](Path(sys.argv[2])):
        print(line, flush=True)
