"""Searches of one library in a process of its own, and whom they marked.

`python -m size.searched LIBRARY FOLDER full|quick` prints it as JSON: every sketch of the folder is
looked for. `child-N` is a child of the model N; whoever is called otherwise is nobody's.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Final

from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.sketching.sketch_file import read_sketch
from size.surveyed import peak

__all__ = ["searched"]

CHILD: Final = "child-"


def searched(shelf: Path, asked: Path, *, quick: bool) -> dict[str, float]:
    """What the searches cost each, how many children were found, how many strangers marked."""
    paths = sorted(asked.glob("*.sketch"))
    began, before = time.perf_counter(), _core()
    found = marked = strangers = 0
    for path in paths:
        with Library(shelf) as library:
            search = search_library(library, read_sketch(path), quick=quick)
            named = {one.name for one in search.candidates if one.found}
            parent = path.stem.removeprefix(CHILD) if path.stem.startswith(CHILD) else ""
            found += parent in named
            marked += len(named - {parent})
            strangers += len(library) - bool(parent)
    cost = time.perf_counter() - began, _core() - before
    children = sum(path.stem.startswith(CHILD) for path in paths)
    return {
        "seconds": cost[0] / len(paths), "core": cost[1] / len(paths), "peak": peak(),
        "found": found, "children": children, "marked": marked, "strangers": strangers,
    }  # fmt: skip


def _core() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(searched(Path(sys.argv[1]), Path(sys.argv[2]), quick=sys.argv[3] == "quick")))
