"""How fast is a sketch, and how much memory does it take, as checkpoints grow?

Time is measured against SHA-256 of the same bytes in the same run; memory is the peak resident set
of a fresh process. The large checkpoint is sparse: its zeros are read like any other bytes. CPU
time is told as well, against that of SHA-256, for machines that are not idle. Of a model of the
shape of Llama 2 7B the size of its sketch is told, which is known before its weights are read.

    python benchmarks/exp_sketch.py [--gigabytes 1] [--sparse-gigabytes 20] [--tokenizer]
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
from itertools import islice, product
from pathlib import Path
from statistics import median
from string import ascii_lowercase

import numpy as np

from filiation.model.sketch import SketchMethod
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import planned as planned_for
from filiation.sketching.sketch_writer import SketchWriter

TOKENS = 32000
ROWS, WIDTH, HEADS = 5632, 2048, 32  # of an up projection; TinyLlama's shape
SEVEN = (32, 11008, 4096)  # layers, rows, width
RESULTS = Path(__file__).parent / "results" / "exp_sketch.json"


def checkpoint(path: Path, gigabytes: float, *, sparse: bool) -> None:
    """A Llama-shaped BF16 checkpoint of about that size, random or all zeros and sparse."""
    size = 2 * (3 * ROWS * WIDTH + 4 * WIDTH * WIDTH)
    layers = max(1, round(gigabytes * 1e9 / size))
    write(path, (layers, ROWS, WIDTH), sparse=sparse)


def write(path: Path, shape: tuple[int, int, int], *, sparse: bool) -> None:
    """A checkpoint of these layers, rows and width; its embeddings random in any case."""
    layers, rows, width = shape
    (path.parent / "config.json").write_text(json.dumps({"num_attention_heads": HEADS}))
    mlp: dict[str, tuple[int, ...]] = {
        "gate_proj": (rows, width),
        "up_proj": (rows, width),
        "down_proj": (width, rows),
    }
    rest = {f"self_attn.{x}_proj": (width, width) for x in "qkvo"}
    layer: dict[str, tuple[int, ...]] = {**{f"mlp.{n}": s for n, s in mlp.items()}, **rest}
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (TOKENS, width)}
    for number in range(layers):
        for name, extent in layer.items():
            shapes[f"model.layers.{number}.{name}.weight"] = extent
        shapes[f"model.layers.{number}.post_attention_layernorm.weight"] = (width,)
    header, end = {}, 0
    for name, extent in shapes.items():
        begin, end = end, end + 2 * int(np.prod(extent))
        header[name] = {"dtype": "BF16", "shape": extent, "data_offsets": [begin, end]}
    raw = json.dumps(header).encode()
    rng = np.random.default_rng(0)
    pool = (rng.normal(size=1 << 24).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    with path.open("wb") as file:
        file.write(len(raw).to_bytes(8, "little") + raw)
        for name, extent in shapes.items():
            if sparse and "embed" not in name:
                continue
            count = int(np.prod(extent))
            values = np.roll(pool, int(rng.integers(pool.size)))
            file.write(np.resize(values, count).tobytes())
        file.truncate(8 + len(raw) + end)


def tokenizer(folder: Path) -> None:
    """A tokenizer whose strings are words of one to four letters, beside the checkpoint."""
    words = ("".join(t) for n in range(1, 5) for t in product(ascii_lowercase, repeat=n))
    vocabulary = {word: number for number, word in enumerate(islice(words, TOKENS))}
    described = {"model": {"type": "BPE", "vocab": vocabulary, "merges": []}, "added_tokens": []}
    (folder / "tokenizer.json").write_text(json.dumps(described))


CHILD = """
import sys, time
from pathlib import Path
from filiation.sketching.sketch import take_sketch
from filiation.readers.weights.checkpoint import open_model
began, worked = time.perf_counter(), time.process_time()
take_sketch(open_model(Path(sys.argv[1])), Path(sys.argv[2]))
seconds, worked = time.perf_counter() - began, time.process_time() - worked
# Not ru_maxrss, which a child inherits from a large parent.
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(seconds, worked, int(peak.split()[1]) / 1024)
"""


def sketched(model: Path, target: Path) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak MiB of sketching in a fresh process (imports not timed)."""
    target.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(model.parent), str(target)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, worked, memory = map(float, done.stdout.split())
    return seconds, worked, memory


def hashed(path: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of SHA-256 over a file."""
    began, worked = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - began, time.process_time() - worked


def planned(folder: Path) -> float:
    """Megabytes of the sketch of a 7B-shaped model, without reading its weights."""
    model = folder / "model.safetensors"
    write(model, SEVEN, sparse=True)
    with SketchWriter(
        folder / "seven.sketch", planned_for(open_model(folder), SketchMethod())
    ) as out:
        return out.size / 1e6


def main() -> None:
    """Measure, print, and write the results file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--sparse-gigabytes", type=float, default=20.0)
    parser.add_argument("--tokenizer", action="store_true", help="with token strings")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the results")
    given = parser.parse_args()
    found: dict[str, object] = {
        "cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__,
        "processor": platform.machine(), "tokenizer": given.tokenizer,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model, target = Path(folder) / "model.safetensors", Path(folder) / "out.sketch"
        checkpoint(model, given.gigabytes, sparse=False)
        if given.tokenizer:
            tokenizer(Path(folder))
        hashed(model)  # warms the page cache
        pairs = [(hashed(model), sketched(model, target)) for _ in range(given.repeats)]
        best = min(pair[1][0] / pair[0][0] for pair in pairs)
        found["random"] = {
            "gigabytes": model.stat().st_size / 1e9,
            "sha256_seconds": [pair[0][0] for pair in pairs],
            "sketch_seconds": [pair[1][0] for pair in pairs],
            "peak_mib": max(pair[1][2] for pair in pairs),
            "best_ratio": best,
            "median_ratio": sorted(pair[1][0] / pair[0][0] for pair in pairs)[given.repeats // 2],
            "best_cpu_ratio": min(pair[1][1] / pair[0][1] for pair in pairs),
            "median_cpu_ratio": median(pair[1][1] for pair in pairs)
            / median(pair[0][1] for pair in pairs),
        }
        model.unlink()
        checkpoint(model, given.sparse_gigabytes, sparse=True)
        seconds, _, memory = sketched(model, target)
        found["sparse"] = {
            "gigabytes": model.stat().st_size / 1e9,
            "sketch_seconds": seconds,
            "peak_mib": memory,
            "sketch_megabytes": target.stat().st_size / 1e6,
        }
        model.unlink()
        found["seven_billion_sketch_megabytes"] = planned(Path(folder))
    print(json.dumps(found, indent=1))
    if given.write:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
