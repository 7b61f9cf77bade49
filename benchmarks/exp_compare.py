"""How long does the comparison of two sketches take, and how does it grow with the models?

Sketches of the shapes of published models, filled with random directions; the subject's inner
layers are the source's, damaged and in another order, so that the map of layers is not known
beforehand. Timed is every method for weights, both models' sketches in memory, some whole
rows of every layer included (--no-deep leaves them out, and with them all aligned frames).

    python benchmarks/exp_compare.py [--largest 7] [--no-deep] [--plot growth.svg]

--plot draws what the results file holds, without measuring anything.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from filiation.methods import methods_for
from filiation.model.finding import Finding
from filiation.model.sketch import (
    FRAMES,
    DeepLayer,
    LayerSketch,
    Sketch,
    SketchMethod,
    UnitRows,
)
from filiation.numerics.frames.directions import quantise
from filiation.report.validation.chart import Axis, Line, chart
from filiation.sketching.deep import rows_kept

RESULTS = Path(__file__).parent / "results" / "exp_compare.json"
SHAPES = {  # billions of parameters: layers, units, width
    0.03: (8, 1024, 512),
    0.1: (12, 2048, 768),
    0.4: (16, 4096, 1024),
    1: (22, 5632, 2048),
    3: (28, 8192, 3072),
    7: (32, 11008, 4096),
}
OUTERMOST = 2  # layers at either end that keep their place, as they do in a child
ROLES = ("mlp.down", "mlp.gate", "mlp.up")
COSINE = 0.5  # left of every unit


def sketch(
    name: str, shape: tuple[int, int, int], rng: np.random.Generator, *, deep: bool
) -> Sketch:
    """Random directions in both frames, and whole rows of every layer."""
    layers, units, width = shape
    method = SketchMethod()
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
                roles={role: _unit_rows(units, width, method.columns, rng) for role in ROLES},
            )
            for i in range(layers)
        ],
        deep=[
            _deep_layer(i, rows_kept(units, layers, method.deep), width, rng)
            for i in range(layers)
            if deep
        ],
    )


def _unit_rows(units: int, width: int, columns: int, rng: np.random.Generator) -> UnitRows:
    return UnitRows(
        width=width,
        norms=rng.uniform(0.5, 1.5, units).astype(np.float32),
        directions={
            frame: quantise(rng.normal(size=(units, columns)).astype(np.float32))
            for frame in FRAMES
            if frame in ("native", "token")
        },
    )


def _deep_layer(layer: int, units: int, width: int, rng: np.random.Generator) -> DeepLayer:
    return DeepLayer(
        layer=layer,
        units=np.arange(units, dtype=np.int32),
        rows={role: quantise(rng.normal(size=(units, width)).astype(np.float32)) for role in ROLES},
    )


def damaged(source: Sketch, rng: np.random.Generator) -> Sketch:
    """The source's layers, noisy, the inner ones in another order."""

    def moved(before: NDArray[np.int8]) -> NDArray[np.int8]:
        unit = before / np.linalg.norm(before.astype(np.float32), axis=1, keepdims=True)
        noise = rng.normal(size=before.shape) / np.sqrt(before.shape[1])
        return quantise((COSINE * unit + np.sqrt(1 - COSINE**2) * noise).astype(np.float32))

    def noisy(rows: UnitRows) -> UnitRows:
        return replace(rows, directions={f: moved(x) for f, x in rows.directions.items()})

    layers = [
        replace(layer, roles={role: noisy(rows) for role, rows in layer.roles.items()})
        for layer in source.layers
    ]
    inner = np.arange(OUTERMOST, len(layers) - OUTERMOST)
    order = np.arange(len(layers))
    order[inner] = rng.permutation(inner)
    deep = [replace(one, rows={r: moved(x) for r, x in one.rows.items()}) for one in source.deep]
    relabelled = [replace(layers[i], label=f"layers.{n}") for n, i in enumerate(order)]
    return replace(
        source,
        name="subject",
        digest="subject",
        subject_digest="subject",
        layers=relabelled,
        deep=deep,
    )


def measured(billions: float, shape: tuple[int, int, int], *, deep: bool) -> dict[str, float]:
    """One pair: seconds by the clock and of the processor, memory, and what was found."""
    rng = np.random.default_rng(0)
    source = sketch("source", shape, rng, deep=deep)
    subject = damaged(source, rng)
    before = peak_mib()
    began, used = time.perf_counter(), time.process_time()
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(
            pool.map(lambda m: m.compare(source, subject, seed=0), methods_for("weights"))
        )
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    return {
        "billions": billions,
        "layers": shape[0],
        "units": shape[1],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "least_log10_p": round(min(f.log_p for f in findings) / np.log(10)),
        "methods": len(findings),
        "memory_before_mib": before,
        "peak_memory_mib": peak_mib(),
    }


def peak_mib() -> int:
    """The largest resident set of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def in_fresh_process(billions: float, *, deep: bool) -> dict[str, float]:
    """So that one size's memory and caches do not stand in the next one's figures."""
    words = [sys.executable, __file__, "--only", f"{billions:g}", *([] if deep else ["--no-deep"])]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def plot(path: Path) -> None:
    """Seconds of the processor for one pair, by the size of the models."""
    found = json.loads(RESULTS.read_text())
    points = [(shape["billions"], shape["cpu_seconds"]) for shape in found["shapes"]]
    path.write_text(
        chart(
            "Seconds of one core for one pair, as models grow",
            Axis(
                label="billions of parameters",
                low=0.02,
                high=10,
                ticks=(0.03, 0.1, 0.3, 1, 3, 10),
                scale="log",
            ),
            Axis(label="seconds", low=10, high=300, ticks=(10, 30, 100, 300), scale="log"),
            [Line(name="every method for weights", points=points)],
        )
        + "\n"
    )


def main() -> None:
    """Time each shape, print and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=float, default=7)
    parser.add_argument("--no-deep", action="store_true", help="no whole rows, as in --deep 0")
    parser.add_argument("--only", type=float, help="one size, nothing kept")
    parser.add_argument("--plot", type=Path, help="draw the results that are kept, and stop")
    given = parser.parse_args()
    if given.plot is not None:
        plot(given.plot)
        return
    if given.only is not None:
        print(json.dumps(measured(given.only, SHAPES[given.only], deep=not given.no_deep)))
        return
    found = []
    for billions in SHAPES:
        if billions <= given.largest:
            found.append(in_fresh_process(billions, deep=not given.no_deep))
            print(json.dumps(found[-1]), flush=True)
    machine = {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[1],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    kept = {"machine": machine, "deep": not given.no_deep, "shapes": found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
