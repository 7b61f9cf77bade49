"""(torch) What a watch does to the time of a step, by the clock, on a run of the casebook.

    PYTHONPATH=src:tools python -m trainings.clocked examples/casebook/parent

The training of a member of the casebook (its shape, batches and optimiser, on tokens drawn at
random) goes on in blocks of so many steps, in whose middle a checkpoint is written, a copy of
MODEL; beside every second block `filiation history watch` looks at the folder. Blocks alternate,
so that what else the machine does meets both alike.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from casebook.family import FAMILY
from casebook.making import load, to_torch
from casebook.training import train

BLOCKS: Final = 16
STEPS: Final = 40
TOKENS: Final = 100_000


@contextmanager
def watched(run: Path, kept: Path, *, beside: bool) -> Iterator[None]:
    """A watch beside, or none."""
    if not beside:
        yield
        return
    look = [sys.executable, "-m", "filiation", "history", "watch", str(run), "-o", str(kept)]
    watching = subprocess.Popen(look, stdin=subprocess.DEVNULL)
    time.sleep(2.0)  # begun, so that no import is counted as a look
    try:
        yield
    finally:
        watching.terminate()
        watching.wait()


def main(model: Path) -> None:
    """Print the median seconds of a step, alone and watched, and of each pair the ratio."""
    torch.set_num_threads(1)
    parent = FAMILY[model.name]
    assert parent.schedule is not None
    schedule = replace(parent.schedule, steps=STEPS)
    rng, weights = np.random.default_rng(5), to_torch(load(model.parent, model.name))
    rows = {
        name: rng.integers(parent.shape.vocabulary, size=TOKENS).astype(np.int32)
        for name in schedule.domains
    }
    found: dict[bool, list[float]] = {False: [], True: []}
    with TemporaryDirectory() as scratch:
        run = Path(scratch) / "run"
        for block in range(BLOCKS):
            beside = block % 2 == 1
            with watched(run, Path(scratch) / "kept", beside=beside):
                begin = time.perf_counter()
                train(parent.shape, weights, rows, schedule)
                shutil.copytree(model, run / f"checkpoint-{block}")
                train(parent.shape, weights, rows, schedule)
                found[beside].append((time.perf_counter() - begin) / (2 * STEPS))
    alone, with_watch = (statistics.median(found[beside]) for beside in (False, True))
    ratios = [b / a for a, b in zip(found[False], found[True], strict=True)]
    low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
    print(f"a step alone {alone:.4f} s, watched {with_watch:.4f} s (medians of {BLOCKS // 2})")
    print(f"watched over alone, block by block: {low:.4f}, {middle:.4f}, {high:.4f} (quartiles)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
