"""How long does it take to index a million lines, and to search ten thousand projects?

Indexed are the trees that are given, again and again under other names until there are as many
lines as asked (every file is read again each time); the library of the search has rows of its own
random features, as many functions a project as asked, and one real tree among them that has to be
found by a copy of half its functions. Peaks are of a process and its workers.

    python benchmarks/exp_code_index.py TREE.. [--lines 1000000] [--projects 10000] [--workers 2]
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.examining.code.matching import RAREST
from filiation.libraries.trees import TreeLibrary
from filiation.model.library import LibraryTree
from filiation.readers.code.trees import open_tree

RESULTS: Final = Path(__file__).parent / "results" / "exp_code_index.json"


def lines_of(tree: Path, files: list[str]) -> int:
    """Lines of the files that were read."""
    return sum((tree / file).read_bytes().count(b"\n") + 1 for file in files)


def indexed(trees: list[Path], lines: int, workers: int) -> dict[str, float]:
    """Read trees until there are so many lines, into one library."""
    began, done, number = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        library = TreeLibrary(Path(scratch), create=True)
        while done < lines:
            place = trees[number % len(trees)]
            tree = open_tree(place, name=f"{place.name}-{number}", workers=workers)
            again = {f"{number}/{file}": digest for file, digest in tree.files.items()}
            library.add(replace(tree, files=again))
            done += lines_of(place, [*tree.files])
            number += 1
        library.save()
        functions = sum(one.functions for one in library.trees)
    own, kids = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "lines": done,
        "functions": functions,
        "seconds": round(time.perf_counter() - began, 1),
        "core_seconds": round(sum(u.ru_utime + u.ru_stime for u in (own, kids)), 1),
        "peak_memory_mib": (own.ru_maxrss + workers * kids.ru_maxrss) // 1024,
    }


def searched(tree: Path, projects: int, functions: int) -> dict[str, float]:
    """Search a library of so many projects for a copy of half of one of them."""
    rng = np.random.default_rng(0)
    real = open_tree(tree, name="real")
    with tempfile.TemporaryDirectory() as scratch:
        library = TreeLibrary(Path(scratch), create=True)
        library.add(real)
        library.save()
        per = RAREST * 4
        many = (projects - 1) * functions
        keys = rng.integers(0, 1 << 63, many * per, dtype=np.uint64)
        known = np.unique(np.concatenate([one.channels[1].hashes for one in real.fragments]))
        common = rng.random(len(keys)) < 0.02  # that the query has too, so that others are seen
        keys[common] = rng.choice(known, int(common.sum()))
        owners = np.repeat(np.arange(many, dtype=np.uint32) + len(real.fragments), per)
        library._keys = np.concatenate([library._keys, keys])
        library._owners = np.concatenate([library._owners, owners])
        order = np.argsort(library._keys, kind="stable")
        library._keys, library._owners = library._keys[order], library._owners[order]
        kept = library.trees[0].kept
        library.trees += tuple(
            LibraryTree(name=f"m{n}", tree=f"{n:064x}", kept=kept, functions=functions)
            for n in range(projects - 1)
        )
        library._write()
        del library, keys, owners, order
        half = replace(real, name="half", fragments=real.fragments[::2])
        began = time.perf_counter()
        core = time.process_time()
        found = TreeLibrary(Path(scratch))
        opened = time.perf_counter() - began
        seen = found._seen(
            [np.unique(np.concatenate([f.hashes for f in one.channels])) for one in half.fragments]
        )
        first = time.perf_counter() - began
        best = found.search(half, most=1).candidates[0]
    return {
        "projects": projects,
        "functions": projects * functions,
        "query_functions": len(half.fragments),
        "seconds_to_open": round(opened, 2),
        "seconds_to_shortlist": round(first - opened, 2),
        "seconds": round(time.perf_counter() - began, 2),
        "core_seconds": round(time.process_time() - core, 2),
        "found": best.name == "real",
        "alike_in_full": best.matched or 0,
        "others_seen": int((seen[1:] > 0).sum()),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Index, search, print and keep the numbers; each in a process that did nothing else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--functions", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("index", "search"))
    given = parser.parse_args()
    with threadpool_limits(1):
        if given.only == "index":
            print(json.dumps(indexed(given.trees, given.lines, given.workers)))
            return
        if given.only == "search":
            print(json.dumps(searched(given.trees[0], given.projects, given.functions)))
            return
    found = {
        what: json.loads(
            subprocess.run(
                [sys.executable, __file__, *sys.argv[1:], "--only", what],
                check=True, capture_output=True, text=True,
            ).stdout
        )
        for what in ("index", "search")
    }  # fmt: skip
    machine = {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**found, "machine": machine}, indent=1) + "\n")
    print(json.dumps({**found, "machine": machine}, indent=1))


if __name__ == "__main__":
    main()
