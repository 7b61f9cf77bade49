"""How long does the comparison of two sketches take, and how does it grow with the models?

Sketches of the shapes of published models, filled with random directions; the subject's layers are
the source's, damaged and in another order, so that the map of layers is not known beforehand. Timed
is every method for weights that needs no whole rows, both models' sketches in memory: the aligned
frames look at four layers of at most 1,024 units, whatever the model's size.

    python benchmarks/exp_compare.py [--largest 7]
"""

import argparse
import json
import os
import platform
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.methods import BUILTIN
from filiation.model.finding import Finding
from filiation.model.sketch import FRAMES, LayerSketch, Sketch, SketchMethod, UnitRows
from filiation.numerics.directions import quantise

RESULTS = Path(__file__).parent / "results" / "exp_compare.json"
SHAPES = {  # billions of parameters: layers, units, width
    0.1: (12, 2048, 768),
    1: (22, 5632, 2048),
    7: (32, 11008, 4096),
}
COSINE = 0.5  # left of every unit


def sketch(name: str, shape: tuple[int, int, int], rng: np.random.Generator) -> Sketch:
    """Random directions in both frames."""
    layers, units, width = shape
    method = SketchMethod()

    def rows() -> UnitRows:
        return UnitRows(
            width=width,
            norms=rng.uniform(0.5, 1.5, units).astype(np.float32),
            directions={
                frame: quantise(rng.normal(size=(units, method.columns)).astype(np.float32))
                for frame in FRAMES
                if frame in ("native", "token")
            },
        )

    return Sketch(
        name=name,
        digest=name,
        subject_digest=name,
        method=method,
        family="llama",
        guessed=False,
        tensors=(),
        tensor_digests=(),
        anchors=tuple(f"{i:016x}" for i in range(method.anchors)),
        anchor_rows=np.zeros((method.anchors, width), dtype=np.int8),
        token_absent=None,
        skipped=(),
        layers=[
            LayerSketch(
                label=f"layers.{i}",
                units=units,
                roles={role: rows() for role in ("mlp.down", "mlp.gate", "mlp.up")},
            )
            for i in range(layers)
        ],
    )


def damaged(source: Sketch, rng: np.random.Generator) -> Sketch:
    """The source's layers, noisy, in another order."""

    def noisy(rows: UnitRows) -> UnitRows:
        directions = {}
        for frame, before in rows.directions.items():
            unit = before / np.linalg.norm(before.astype(np.float32), axis=1, keepdims=True)
            noise = rng.normal(size=before.shape) / np.sqrt(before.shape[1])
            directions[frame] = quantise(
                (COSINE * unit + np.sqrt(1 - COSINE**2) * noise).astype(np.float32)
            )
        return replace(rows, directions=directions)

    layers = [
        replace(layer, roles={role: noisy(rows) for role, rows in layer.roles.items()})
        for layer in source.layers
    ]
    order = rng.permutation(len(layers))
    relabelled = [replace(layers[i], label=f"layers.{n}") for n, i in enumerate(order)]
    return replace(
        source, name="subject", digest="subject", subject_digest="subject", layers=relabelled
    )


def main() -> None:
    """Time each shape, print and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=float, default=7)
    largest = parser.parse_args().largest
    found = []
    for billions, shape in SHAPES.items():
        if billions > largest:
            continue
        rng = np.random.default_rng(0)
        source = sketch("source", shape, rng)
        subject = damaged(source, rng)
        began = time.perf_counter()
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(
                pool.map(lambda m, a=source, b=subject: m.compare(a, b, seed=0), BUILTIN)
            )
        seconds = time.perf_counter() - began
        findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
        found.append(
            {
                "billions": billions,
                "layers": shape[0],
                "units": shape[1],
                "seconds": round(seconds, 2),
                "least_log10_p": round(min(f.log_p for f in findings) / np.log(10)),
                "methods": len(findings),
                "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
        print(json.dumps(found[-1]), flush=True)
    machine = {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[1],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "shapes": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
