"""How fast is a sketch, and how much memory does it take, as checkpoints grow?

Time is measured against SHA-256 of the same bytes in the same run; memory is the peak resident set
of a fresh process. The large checkpoint is sparse: its zeros are read like any other bytes.

    python benchmarks/exp_sketch.py [--gigabytes 1] [--sparse-gigabytes 20]
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS, WIDTH = 5632, 2048  # of an up projection; TinyLlama's shape
RESULTS = Path(__file__).parent / "results" / "exp_sketch.json"


def checkpoint(path: Path, gigabytes: float, *, sparse: bool) -> None:
    """A Llama-shaped BF16 checkpoint of about that size, random or all zeros and sparse."""
    mlp = {"gate_proj": (ROWS, WIDTH), "up_proj": (ROWS, WIDTH), "down_proj": (WIDTH, ROWS)}
    rest = {f"self_attn.{x}_proj": (WIDTH, WIDTH) for x in "qkvo"}
    layer = {**{f"mlp.{n}": s for n, s in mlp.items()}, **rest}
    size = sum(2 * a * b for a, b in layer.values())
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (32000, WIDTH)}
    for number in range(max(1, round(gigabytes * 1e9 / size))):
        for name, shape in layer.items():
            shapes[f"model.layers.{number}.{name}.weight"] = shape
        shapes[f"model.layers.{number}.post_attention_layernorm.weight"] = (WIDTH,)
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, end]}
    raw = json.dumps(header).encode()
    rng = np.random.default_rng(0)
    pool = (rng.normal(size=1 << 24).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    with path.open("wb") as file:
        file.write(len(raw).to_bytes(8, "little") + raw)
        if sparse:
            file.truncate(8 + len(raw) + end)
            return
        for shape in shapes.values():
            file.write(
                np.roll(pool, int(rng.integers(pool.size)))
                .repeat(1 + int(np.prod(shape)) // pool.size)[: int(np.prod(shape))]
                .tobytes()
            )


CHILD = """
import sys, time
from pathlib import Path
from filiation.sketching.sketch import take_sketch
from filiation.readers.weights.checkpoint import open_model
began = time.perf_counter()
take_sketch(open_model(Path(sys.argv[1])), Path(sys.argv[2]))
seconds = time.perf_counter() - began
# Not ru_maxrss, which a child inherits from a large parent.
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(seconds, int(peak.split()[1]) / 1024)
"""


def sketched(model: Path, target: Path) -> tuple[float, float]:
    """Seconds and peak MiB of sketching in a fresh process (imports not timed)."""
    target.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(model), str(target)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def hashed(path: Path) -> float:
    """Seconds of SHA-256 over a file."""
    began = time.perf_counter()
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, and write the results file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--sparse-gigabytes", type=float, default=20.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the results")
    given = parser.parse_args()
    found: dict[str, object] = {
        "cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__,
        "processor": platform.machine(),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model, target = Path(folder) / "model.safetensors", Path(folder) / "out.sketch"
        checkpoint(model, given.gigabytes, sparse=False)
        hashed(model)  # warms the page cache
        pairs = [(hashed(model), sketched(model, target)) for _ in range(given.repeats)]
        best = min(pair[1][0] / pair[0] for pair in pairs)
        found["random"] = {
            "gigabytes": model.stat().st_size / 1e9,
            "sha256_seconds": [pair[0] for pair in pairs],
            "sketch_seconds": [pair[1][0] for pair in pairs],
            "peak_mib": max(pair[1][1] for pair in pairs),
            "best_ratio": best,
            "median_ratio": sorted(pair[1][0] / pair[0] for pair in pairs)[given.repeats // 2],
        }
        model.unlink()
        checkpoint(model, given.sparse_gigabytes, sparse=True)
        seconds, memory = sketched(model, target)
        found["sparse"] = {
            "gigabytes": model.stat().st_size / 1e9,
            "sketch_seconds": seconds,
            "peak_mib": memory,
            "sketch_megabytes": target.stat().st_size / 1e6,
        }
    print(json.dumps(found, indent=1))
    if given.write:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
