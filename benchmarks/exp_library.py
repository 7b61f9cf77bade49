"""What does the search of a library of ten thousand models take, on one core and of memory?

The shortlist is timed by itself, then whole searches, in full and at a quick look. All rows but one
have a synthetic signature (what is timed does not depend on what they hold) and the sketch of one
of the casebook's strangers, so that whatever is shortlisted is opened and compared as always. One
real relative is planted in the middle, and has to be found. Peaks are of a process that did nothing
else.

    python benchmarks/exp_library.py [--models 10000]
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.methods.weights.coarse import BLOCKS, COARSE, WIDTH, coarse_signature, shortlist
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path(__file__).parents[1] / "examples" / "casebook"
RESULTS: Final = Path(__file__).parent / "results" / "exp_library.json"
STRANGERS: Final = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
PLANTED: Final = "parent"
ROW: Final = "INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def sketched(name: str, folder: Path) -> Path:
    """The sketch of a casebook model."""
    path = folder / f"{name}.sketch"
    take_sketch(open_model(CASEBOOK / name), path, workers=1)
    return path


def fill(folder: Path, scratch: Path, models: int) -> None:
    """A library of so many rows, four real strangers and one real relative among them."""
    with Library(folder, create=True) as library:
        for name in (PLANTED, *STRANGERS):
            library.add(name, sketched(name, scratch))
        kept = [library.named(name) for name in STRANGERS]
    db = sqlite3.connect(folder / "library.db")
    with db:
        db.executemany(ROW, rows(kept, models - len(kept) - 1))
    db.close()


def rows(kept: list, models: int) -> Iterator[tuple[object, ...]]:
    """Names, digests and signatures of their own, the sketches of the strangers in turn."""
    rng = np.random.default_rng(0)
    for number in range(models):
        one = kept[number % len(kept)]
        signature = rng.integers(-127, 128, size=(BLOCKS, WIDTH)).astype(np.int8)
        yield (
            f"m{number}", one.sketch, f"{number:064x}", one.method, one.layers, one.units, COARSE,
            signature.tobytes(),
        )  # fmt: skip


def searched(folder: Path, query: Path, how: str) -> dict[str, float]:
    """One search in this process: seconds of the core, whether the relative was found, the peak."""
    began = time.process_time()
    sketch = read_sketch(query)
    with threadpool_limits(1), Library(folder) as library:
        if how == "shortlist":
            found = [one for one in library.signatures(sketch.method.id) if one[1] is not None]
            first = shortlist(coarse_signature(sketch), np.stack([one[1] for one in found]), 20)
            names = {found[place][0] for place in first}
        else:
            search = search_library(library, sketch, quick=how == "quick")
            names = {one.name for one in search.candidates if one.found}
    (peak,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return {
        "core_seconds": round(time.process_time() - began, 2),
        "relative_found": PLANTED in names,
        "others_found": 0 if how == "shortlist" else len(names - {PLANTED}),
        "peak_memory_mib": int(peak.split()[1]) // 1024,
    }


def main() -> None:
    """Fill, search, print and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--search", nargs=3, metavar=("LIBRARY", "SKETCH", "HOW"))
    given = parser.parse_args()
    if given.search:
        print(json.dumps(searched(Path(given.search[0]), Path(given.search[1]), given.search[2])))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library"
        fill(folder, Path(scratch), given.models)
        query = sketched("continued", Path(scratch))
        found = {
            how: json.loads(
                subprocess.run(
                    [sys.executable, __file__, "--search", str(folder), str(query), how],
                    check=True, capture_output=True, text=True,
                ).stdout
            )
            for how in ("shortlist", "full", "quick")
        }  # fmt: skip
    kept = {
        "models": given.models, **found,
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    print(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
