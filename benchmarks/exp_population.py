"""What do likelihood ratios cost? A tiny pair with a population of known pairs, and without.

Core seconds of whole processes, by turns, median of all rounds: without a population; with one
whose ratios were never learnt (cold); and with one that an earlier examination learnt (warm). The
bound is on the ratio of core seconds; the exit status is 1 if it is passed.

    python benchmarks/exp_population.py [--rounds 3]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODELS: Final = ROOT / "examples" / "casebook"
KNOWN: Final = ROOT / "docs" / "validation" / "population.json"
PAIR: Final = (
    *("-m", "filiation", "examine", str(MODELS / "fine-tuned"), "--quiet"),
    *("--source", str(MODELS / "parent"), "--control", str(MODELS / "stranger-3")),
)
MOST: Final = 2.0  # times the pair without


def core_seconds(words: Sequence[str], place: Mapping[str, str]) -> float:
    """Of one process, which must succeed."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(
        sys.executable, [sys.executable, *words], {**os.environ, **place}, file_actions=quiet
    )
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime


def medians(rounds: int) -> dict[str, float]:
    """The three by turns, so that a busy minute weighs on all alike."""
    digest = sha256(KNOWN.read_bytes()).hexdigest()
    known = ("--population", str(KNOWN), "--population-digest", digest)
    runs: dict[str, list[float]] = {"without": [], "cold": [], "warm": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            place = {"FILIATION_CACHE": folder, "FILIATION_HOME": folder}
            for name, more in (("without", ()), ("cold", known), ("warm", known)):
                out = ("--out", str(Path(folder) / name))
                runs[name].append(core_seconds((*PAIR, *more, *out), place))
    return {name: round(statistics.median(found), 2) for name, found in runs.items()}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    found = medians(rounds)
    ratios = {name: round(found[name] / found["without"], 2) for name in ("cold", "warm")}
    print(
        json.dumps(
            {
                "cores": os.cpu_count(), "python": platform.python_version(),
                "processor": platform.machine(), "rounds": rounds, "core_seconds": found,
                "times_without": ratios, "bound": MOST,
            },
            indent=1,
        )
    )  # fmt: skip
    return 1 if max(ratios.values()) > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
