"""How long does the command line take to answer when nothing is computed?

Help, a version and a mistyped path, against `python -c pass` in the same run: each command in a
fresh process, the commands by turns, median of all rounds. A bound is on the ratio of seconds by
the clock; the exit status is 1 if one is passed.

    python benchmarks/exp_startup.py [--rounds 15]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence

ME = ("-m", "filiation")
COMMANDS: dict[str, tuple[tuple[str, ...], float | None]] = {
    "nothing": (("-c", "pass"), None),
    "--version": ((*ME, "--version"), 8.0),
    "--help": ((*ME, "--help"), 8.0),
    "case --help": ((*ME, "case", "--help"), 8.0),
    "examine --help": ((*ME, "examine", "--help"), 10.0),
    "a mistyped path": ((*ME, "examine", "nosuch", "--source", "nosuch2"), 10.0),
    "import typer": (("-c", "import typer"), None),
    "import typer with rich": (("-c", "import typer.rich_utils"), None),
}


def measured(words: Sequence[str]) -> dict[str, float]:
    """Seconds by the clock and of the processor, and peak MiB, of one process."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    began = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, *words], os.environ, file_actions=quiet)
    _, _, used = os.wait4(pid, 0)
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
    }


def medians(rounds: int) -> dict[str, dict[str, float]]:
    """Every command in every round, by turns, so that a busy minute weighs on all alike."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        for name, (words, _) in COMMANDS.items():
            runs[name].append(measured(words))
    return {
        name: {key: round(statistics.median(run[key] for run in found[1:]), 4) for key in found[0]}
        for name, found in runs.items()
    }  # the first round fills the caches of files


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    found = medians(given.rounds)
    nothing = found["nothing"]
    passed = 0
    for name, (_, most) in COMMANDS.items():
        ratio = found[name]["seconds"] / nothing["seconds"]
        found[name]["ratio"] = round(ratio, 1)
        found[name]["cpu_ratio"] = round(found[name]["cpu_seconds"] / nothing["cpu_seconds"], 1)
        if most is not None:
            found[name]["bound"] = most
            passed += ratio > most
    print(
        json.dumps(
            {
                "cores": os.cpu_count(), "python": platform.python_version(),
                "processor": platform.machine(), "rounds": given.rounds, "commands": found,
            },
            indent=1,
        )
    )  # fmt: skip
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
