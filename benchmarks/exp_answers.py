"""How long do `survey` and `examine` take on a table of 100,000 items x 300 models, and how much memory?

Letters (ten options) and open answers (whole numbers), each through the command line in a fresh
process: seconds by the clock, of the processor, and peak resident set, reading and writing included.

    python benchmarks/exp_answers.py [--items 100000] [--models 300] [--kinds letters open]
"""  # noqa: E501

import argparse
import csv
import gzip
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def table(path: Path, items: int, models: int, *, letters: bool) -> None:
    """Answers of models of all abilities; the second model copied a third of the first's."""
    rng = np.random.default_rng(0)
    ability = rng.normal(0.0, 1.0, models)
    words = np.array([chr(65 + v) if letters else str(100 + v) for v in range(10)])
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
        rows = csv.writer(file)
        rows.writerow(
            ["question_id", "category", "key", "options", *(f"m{m:03d}" for m in range(models))]
        )
        for item in range(items):
            right = rng.random(models) < 1.0 / (1.0 + np.exp(rng.normal(0.3, 1.2) - ability))
            lure = rng.dirichlet(np.full(10, 0.5))
            said = np.where(right, item % 10, rng.choice(10, models, p=lure))
            if rng.random() < 0.33:
                said[1] = said[0]
            rows.writerow(
                [item, f"kind-{item % 14}", words[item % 10], 10 if letters else "", *words[said]]
            )


def measured(arguments: list[str], folder: Path) -> dict[str, float]:
    """Seconds and peak MiB of one command; standard output goes to a file."""
    began = time.perf_counter()
    with (folder / "out").open("wb") as out:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.chdir(folder)
            os.execv(sys.executable, [sys.executable, "-m", "filiation", *arguments])
        _, status, used = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{arguments[0]}: exit status {os.waitstatus_to_exitcode(status)}")
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--kinds", nargs="*", default=["letters", "open"])
    given = parser.parse_args()
    found: dict[str, object] = {
        "cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__,
        "processor": platform.machine(), "items": given.items, "models": given.models,
    }  # fmt: skip
    for kind in given.kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = folder / "table.csv.gz"
            table(file, given.items, given.models, letters=kind == "letters")
            everybody = f"{file}#*"
            found[kind] = {
                "megabytes": file.stat().st_size / 1e6,
                "survey": measured(["survey", everybody, "--json"], folder),
                "examine": measured(
                    [
                        *("examine", f"{file}#m001", "--source", f"{file}#m000"),
                        *("--control", everybody, "--out", "case", "-q"),
                    ],
                    folder,
                ),
            }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
