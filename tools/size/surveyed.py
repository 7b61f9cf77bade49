"""One survey of sketches in a process of its own, and what became of every child.

`python -m size.surveyed FOLDER EXECUTOR` prints it as JSON. Nothing here needs torch, so that the
memory that it tells of is the survey's.
"""

import json
import math
import resource
import sys
import time
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Final, TypeAlias

from filiation.libraries.executor import executor_named
from filiation.libraries.pairs import COMBINED, compare_files
from filiation.libraries.weights_survey import survey_weights
from size.children import CHANGES, MIXED, TRAINED

__all__ = ["KINDS", "file_name", "peak"]

KINDS: Final = (*TRAINED, *CHANGES)
CHILD: Final = "child"
Two: TypeAlias = frozenset[str]


def file_name(kind: str, parent: int, other: int) -> str:
    """What a child's sketch is called; `other` is the stranger that may be mixed in."""
    return f"{CHILD}-{KINDS.index(kind):02}-{parent:04}-{other:04}.sketch"


def surveyed(folder: Path, executor: str) -> dict[str, Any]:
    """The cost of a survey, whom it linked, and of each kind of child what the screen lost."""
    names = sorted(path.stem for path in folder.glob("*.sketch"))
    began, before = time.perf_counter(), _core()
    found = survey_weights(
        [(name, folder / f"{name}.sketch") for name in names],
        seed=0,
        executor=executor_named(executor),
    )
    seconds, core = time.perf_counter() - began, _core() - before
    assert found.screening is not None
    log_p = {frozenset((p.a, p.b)): p.log_p for p in found.pairs if p.method == COMBINED}
    bar = math.log(found.screening.bar)
    linked = {pair for pair, value in log_p.items() if value <= bar}
    kin = _kin(names)
    related = set(kin) | _mixed(names)
    return {
        "seconds": seconds, "core": core, "peak": peak(),
        "pairs": found.screening.pairs, "compared": found.screening.compared,
        "children": len(kin), "linked": len(linked & set(kin)),
        "apart": found.screening.pairs - len(related), "strangers": len(linked - related),
        "kinds": _kinds(folder, kin, set(log_p), linked, bar),
    }  # fmt: skip


def _kin(names: Sequence[str]) -> dict[Two, str]:
    """Child and parent, to the kind of child."""
    parts = {name: name.split("-") for name in names if name.startswith(CHILD)}
    return {frozenset((name, part[2])): KINDS[int(part[1])] for name, part in parts.items()}


def _mixed(names: Sequence[str]) -> set[Two]:
    """Child and the stranger whose weights were mixed in."""
    parts = {name: name.split("-") for name in names if name.startswith(CHILD)}
    return {
        frozenset((name, part[3])) for name, part in parts.items() if KINDS[int(part[1])] in MIXED
    }


def _kinds(
    folder: Path, kin: Mapping[Two, str], compared: Set[Two], linked: Set[Two], bar: float
) -> dict[str, list[int]]:
    """Of each kind: children, linked, and those that only the screen kept from being linked."""
    found = {kind: [0, 0, 0] for kind in KINDS}
    for pair, kind in kin.items():
        found[kind][0] += 1
        found[kind][1] += pair in linked
        if pair not in compared:
            one, other = ((name, str(folder / f"{name}.sketch")) for name in sorted(pair))
            whole = compare_files(one, other, 0).likeness.log_p
            found[kind][2] += whole is not None and whole <= bar
    return found


def peak() -> float:
    """MiB that this process held at most; `ru_maxrss` would count those of its parent, too."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return int(line.split()[1]) / 1024


def _core() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    print(json.dumps(surveyed(Path(sys.argv[1]), sys.argv[2])))
