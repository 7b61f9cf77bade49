"""How long does a library of ten thousand models take to shortlist, on one core?

The signatures are synthetic (what is timed does not depend on what they hold), kept in a real
library file; one real relative is planted among them and has to come out on top.

    python benchmarks/exp_library.py [--models 10000]
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import tempfile
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.libraries.store import Library
from filiation.methods.weights.coarse import BLOCKS, COARSE, WIDTH, shortlist

RESULTS = Path(__file__).parent / "results" / "exp_library.json"
METHOD = "synthetic"


def fill(folder: Path, models: int, rng: np.random.Generator) -> np.ndarray:
    """Write so many rows; return the query, whose relative is the row in the middle."""
    with Library(folder, create=True):
        pass
    query = rng.integers(-127, 128, size=(BLOCKS, WIDTH)).astype(np.int8)
    rows = []
    for number in range(models):
        signature = rng.integers(-127, 128, size=(BLOCKS, WIDTH)).astype(np.int8)
        if number == models // 2:  # alike in one block, at a cosine of about a half
            signature[2] = (query[2] // 2 + signature[2] // 2).astype(np.int8)
        digest = f"{number:064x}"
        rows.append((f"m{number}", digest, digest, METHOD, 4, 896, COARSE, signature.tobytes()))
    db = sqlite3.connect(folder / "library.db")
    with db:
        db.executemany("INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.close()
    return query


def main() -> None:
    """Fill, time, print and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    models = parser.parse_args().models
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        query = fill(Path(folder), models, np.random.default_rng(0))
        seconds = []
        for _ in range(5):
            began = time.process_time()
            with Library(Path(folder)) as library:
                kept = [found for found in library.signatures(METHOD) if found[1] is not None]
            names = [name for name, _ in kept]
            first = shortlist(query, np.stack([signature for _, signature in kept]), 20)
            seconds.append(time.process_time() - began)
    found = {
        "models": models,
        "seconds_median": round(sorted(seconds)[2], 4),
        "planted_relative_at_place": first.index(names.index(f"m{models // 2}")) + 1,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
