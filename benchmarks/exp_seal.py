"""What does a seal cost, against SHA-256 of the same bytes, and how much memory does it take?

Seal and digest are taken in turn, in fresh processes, from a file of random bytes that the system
holds in memory; the memory is also that of a sparse file of another size.

    python benchmarks/exp_seal.py [--gigabytes 2] [--sparse-gigabytes 15] [--rounds 5]
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

RESULTS = Path(__file__).parent / "results" / "exp_seal.json"
SEAL = """
import resource, sys, time
from pathlib import Path
from filiation.proceedings.sealing import seal
begin = time.process_time()
seal(Path(sys.argv[1]), Path(sys.argv[2]))
print(time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
DIGEST = """
import hashlib, sys, time
begin = time.process_time()
with open(sys.argv[1], "rb") as file:
    hashlib.file_digest(file, "sha256")
print(time.process_time() - begin, 0)
"""


def taken(code: str, *arguments: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of a fresh process."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--sparse-gigabytes", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        material = folder / "material"
        rng = np.random.default_rng(0)
        with material.open("wb") as file:
            for _ in range(round(given.gigabytes * 1e9 / (1 << 24))):
                file.write(rng.bytes(1 << 24))
        seals = [taken(SEAL, material, folder / f"{n}.seal") for n in range(given.rounds)]
        plain = [taken(DIGEST, material) for _ in range(given.rounds)]
        sparse = folder / "sparse"
        with sparse.open("wb") as file:
            file.truncate(round(given.sparse_gigabytes * 1e9))
        large = taken(SEAL, sparse, folder / "sparse.seal")
    found = {
        "machine": platform.processor() or platform.machine(),
        "gigabytes": given.gigabytes,
        "seal_cpu_seconds": median(seconds for seconds, _ in seals),
        "sha256_cpu_seconds": median(seconds for seconds, _ in plain),
        "ratio": median(s for s, _ in seals) / median(s for s, _ in plain),
        "peak_mib": max(peak for _, peak in seals),
        "sparse_gigabytes": given.sparse_gigabytes,
        "sparse_peak_mib": large[1],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
