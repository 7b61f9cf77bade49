"""How long does a survey of so many models take, with how much memory, and what does a pair cost?

Checkpoints of the population's shape (4 layers x 160 units x 64 axes, a tokenizer of 512 pieces)
with random weights, in families: every fifth is an original, the others are children of it at
growing noise, half of them with their units in another order. Each survey runs in a fresh process,
alone and with a pool of two; memory is that of the process and of its largest worker.

    python benchmarks/exp_survey.py [--models 100] [--executors local:1 local:2] [--write]
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import safetensors.numpy

from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch

RESULTS = Path(__file__).parent / "results" / "exp_survey.json"
LAYERS, UNITS, WIDTH, VOCABULARY = 4, 160, 64, 512
FAMILY = 5  # models of one origin

CHILD = """
import json, resource, sys, time
from pathlib import Path
from filiation.libraries.executor import executor_named
from filiation.libraries.weights_survey import COMBINED, survey_weights
folder, executor = Path(sys.argv[1]), sys.argv[2]
sketches = [(path.stem, path) for path in sorted(folder.glob("*.sketch"))]
began = time.perf_counter()
found = survey_weights(sketches, seed=0, executor=executor_named(executor))
seconds = time.perf_counter() - began
own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({
    "seconds": seconds,
    "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in (own, workers)),
    "peak_mib": own.ru_maxrss / 1024,
    "largest_worker_mib": workers.ru_maxrss / 1024,
    "log_p": [[p.a, p.b, p.log_p] for p in found.pairs if p.method == COMBINED],
}))
"""


def original(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Random weights under a Llama's names."""
    weights = {"model.embed_tokens.weight": rng.normal(size=(VOCABULARY, WIDTH))}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        for name, shape in (
            ("self_attn.q_proj", (WIDTH, WIDTH)),
            ("self_attn.k_proj", (WIDTH // 2, WIDTH)),
            ("self_attn.v_proj", (WIDTH // 2, WIDTH)),
            ("self_attn.o_proj", (WIDTH, WIDTH)),
            ("mlp.gate_proj", (UNITS, WIDTH)),
            ("mlp.up_proj", (UNITS, WIDTH)),
            ("mlp.down_proj", (WIDTH, UNITS)),
        ):
            weights[f"{at}{name}.weight"] = rng.normal(size=shape)
        weights[f"{at}input_layernorm.weight"] = np.ones(WIDTH)
        weights[f"{at}post_attention_layernorm.weight"] = np.ones(WIDTH)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def child(parent: dict[str, np.ndarray], place: int, rng: np.random.Generator) -> dict:
    """The parent with noise; every second one with its units in another order."""
    weights = {
        name: (value + 0.2 * place * rng.normal(size=value.shape)).astype(np.float32)
        if value.ndim == 2
        else value
        for name, value in parent.items()
    }
    for layer in range(LAYERS) if place % 2 else ():
        order = rng.permutation(UNITS)
        at = f"model.layers.{layer}.mlp."
        for name in ("gate_proj", "up_proj"):
            weights[f"{at}{name}.weight"] = weights[f"{at}{name}.weight"][order]
        weights[f"{at}down_proj.weight"] = weights[f"{at}down_proj.weight"][:, order]
    return weights


def sketches(folder: Path, models: int) -> None:
    """Write so many sketches, named family-place."""
    rng = np.random.default_rng(0)
    parent: dict[str, np.ndarray] = {}
    for number in range(models):
        family, place = divmod(number, FAMILY)
        parent = parent if place else original(rng)
        weights = child(parent, place, rng) if place else parent
        model = folder / "model.safetensors"
        stored = {name: np.ascontiguousarray(value) for name, value in weights.items()}
        safetensors.numpy.save_file(stored, model)
        take_sketch(open_model(model), folder / f"{family:02d}-{place}.sketch")
    model.unlink()


def surveyed(folder: Path, executor: str) -> dict[str, object]:
    """One survey in a fresh process; pairs at the level 1e-6, of relatives and of strangers."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), executor],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    at_level = {True: 0, False: 0}
    related = {True: 0, False: 0}
    for a, b, log_p in found.pop("log_p"):
        kin = a[:2] == b[:2]
        related[kin] += 1
        at_level[kin] += log_p <= math.log(1e-6)
    pairs = sum(related.values())
    return {
        **{name: round(float(value), 2) for name, value in found.items()},
        "pairs": pairs,
        "cpu_seconds_per_pair": round(found["cpu_seconds"] / pairs, 4),
        "relatives_found": f"{at_level[True]} of {related[True]}",
        "strangers_accused": f"{at_level[False]} of {related[False]}",
    }


def main() -> None:
    """Make, survey, print and, if asked, keep the numbers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--executors", nargs="*", default=["local:1", "local:2"])
    parser.add_argument("--write", action="store_true", help="keep the results")
    given = parser.parse_args()
    found: dict[str, object] = {
        "cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__,
        "processor": platform.machine(), "models": given.models, "load_before": os.getloadavg()[1],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        sketches(Path(name), given.models)
        sizes = [path.stat().st_size for path in Path(name).glob("*.sketch")]
        found["sketch_kilobytes"] = round(sum(sizes) / len(sizes) / 1e3)
        for executor in given.executors:
            found[executor] = surveyed(Path(name), executor)
    print(json.dumps(found, indent=1))
    if given.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
