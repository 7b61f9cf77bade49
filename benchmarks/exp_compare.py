"""How long does the examination of two sketches take, and how does it grow with the models?

Sketches of the shapes of published models, filled with random directions; the subject's inner
layers are the source's, damaged and in another order, so that the map of layers is not known
beforehand. Timed is the whole examination, as `filiation compare` runs it: every method, what was
planted, the reservations, what corroborates, and each model's own order; and once more of the
source with a stranger, where other steps decide. Both sketches are in memory, with attention,
tables, values and whole rows of every layer (--no-deep leaves the rows out, and with them all
aligned frames).

    python benchmarks/exp_compare.py [--largest 7] [--no-deep] [--plot growth.svg]

--plot draws what the results file holds, without measuring anything.
"""

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.model.exhibit import Exhibit
from filiation.model.layout import TensorInfo
from filiation.model.sketch import (
    AXES_COLUMNS,
    FRAMES,
    TABLE_COLUMNS,
    TABLE_ROWS,
    DeepLayer,
    LayerSketch,
    Sketch,
    SketchMethod,
    TableRows,
    UnitRows,
)
from filiation.numerics.frames.directions import quantise
from filiation.report.validation.chart import Axis, Line, chart
from filiation.sketching.deep import rows_kept
from filiation.sketching.samples import SampledTensor

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
VALUES = ("attn.o", "attn.v")

ATTENTION = ("attn.k", "attn.o", "attn.q", "attn.v")
HEAD, VOCABULARY = 64, 32_000
COSINE = 0.5  # left of every unit


def sketch(
    name: str, shape: tuple[int, int, int], rng: np.random.Generator, *, deep: bool
) -> Sketch:
    """Random directions in all frames, rows of tables, values, and whole rows of every layer."""
    layers, units, width = shape
    method = SketchMethod()
    tensors = _tensors(shape)
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Sketch(
        name=name,
        digest=digest,
        subject_digest=digest,
        method=method,
        family="llama",
        guessed=False,
        tensors=tensors,
        tensor_digests=[hashlib.sha256(f"{name} {t.name}".encode()).hexdigest() for t in tensors],
        anchors=tuple(f"{i:016x}" for i in range(method.anchors)),
        anchor_rows=_directions(method.anchors, width, rng),
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
        samples={
            t.name: rng.standard_normal(SampledTensor(t).size, dtype=np.float32) for t in tensors
        },
        deep=[
            _deep_layer(i, rows_kept(units, layers, method.deep), shape, rng)
            for i in range(layers)
            if deep
        ],
        attention=[
            LayerSketch(
                label=f"layers.{i}",
                units=width,
                roles={role: _unit_rows(width, width, method.columns, rng) for role in VALUES},
                block=HEAD,
            )
            for i in range(layers)
        ],
        tables={
            name: TableRows(
                keys=tuple(str(i) for i in range(TABLE_ROWS)),
                rows=_directions(TABLE_ROWS, width, rng),
            )
            for name in ("embedding/id", "head/string", "head/id")
        },
        axes={role: _directions(width, AXES_COLUMNS, rng) for role in ATTENTION},
    )


def _tensors(shape: tuple[int, int, int]) -> list[TensorInfo]:
    layers, units, width = shape
    mlp = {"gate": (units, width), "up": (units, width), "down": (width, units)}
    shapes = {
        "model.embed_tokens.weight": (VOCABULARY, width),
        "lm_head.weight": (VOCABULARY, width),
    }
    for i in range(layers):
        shapes |= {f"model.layers.{i}.self_attn.{x}_proj.weight": (width, width) for x in "qkvo"}
        shapes |= {f"model.layers.{i}.mlp.{x}_proj.weight": s for x, s in mlp.items()}
    return [
        TensorInfo(name=name, dtype="BF16", shape=s, nbytes=2 * s[0] * s[1])
        for name, s in shapes.items()
    ]


def _directions(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.int8]:
    return quantise(rng.standard_normal((rows, columns), dtype=np.float32))


def _unit_rows(units: int, width: int, columns: int, rng: np.random.Generator) -> UnitRows:
    return UnitRows(
        width=width,
        norms=rng.uniform(0.5, 1.5, units).astype(np.float32),
        directions={
            frame: _directions(units, TABLE_COLUMNS if frame == "table" else columns, rng)
            for frame in FRAMES
        },
    )


def _deep_layer(
    layer: int, units: int, shape: tuple[int, int, int], rng: np.random.Generator
) -> DeepLayer:
    _, _, width = shape
    columns = SketchMethod().columns
    return DeepLayer(
        layer=layer,
        units=np.arange(units, dtype=np.int32),
        rows={role: _directions(units, width, rng) for role in ROLES},
        attention={role: _directions(width, columns, rng) for role in ATTENTION},
        heads=width // HEAD,
        groups=width // HEAD,
    )


def damaged(source: Sketch, rng: np.random.Generator) -> Sketch:
    """The source's layers, noisy, the inner ones in another order."""

    def moved(before: NDArray[np.int8]) -> NDArray[np.int8]:
        unit = before / np.linalg.norm(before.astype(np.float32), axis=1, keepdims=True)
        noise = rng.standard_normal(before.shape, dtype=np.float32) / np.sqrt(before.shape[1])
        return quantise((COSINE * unit + np.sqrt(1 - COSINE**2) * noise).astype(np.float32))

    def noisy(rows: UnitRows) -> UnitRows:
        return replace(rows, directions={f: moved(x) for f, x in rows.directions.items()})

    def all_noisy(layers: Sequence[LayerSketch]) -> list[LayerSketch]:
        return [
            replace(layer, roles={role: noisy(rows) for role, rows in layer.roles.items()})
            for layer in layers
        ]

    layers, attention = all_noisy(source.layers), all_noisy(source.attention)
    inner = np.arange(OUTERMOST, len(layers) - OUTERMOST)
    order = np.arange(len(layers))
    order[inner] = rng.permutation(inner)
    deep = [replace(one, rows={r: moved(x) for r, x in one.rows.items()}) for one in source.deep]
    digest = hashlib.sha256(b"subject").hexdigest()
    return replace(
        source,
        name="subject",
        digest=digest,
        subject_digest=digest,
        tensor_digests=[hashlib.sha256(x.encode()).hexdigest() for x in source.tensor_digests],
        samples={
            name: COSINE * x + rng.standard_normal(len(x), dtype=np.float32)
            for name, x in source.samples.items()
        },
        layers=[replace(layers[i], label=f"layers.{n}") for n, i in enumerate(order)],
        attention=[replace(attention[i], label=f"layers.{n}") for n, i in enumerate(order)],
        deep=[replace(deep[i], layer=n) for n, i in enumerate(order)] if deep else (),
        tables={name: replace(x, rows=moved(x.rows)) for name, x in source.tables.items()},
        anchor_rows=moved(source.anchor_rows),
        axes={role: moved(x) for role, x in source.axes.items()},
    )


def measured(billions: float, shape: tuple[int, int, int], *, deep: bool) -> dict[str, object]:
    """One pair and a stranger: seconds by the clock and of the processor, memory, the answer."""
    rng = np.random.default_rng(0)
    source = sketch("source", shape, rng, deep=deep)
    other = damaged(source, rng)
    before = peak_mib()
    pair = examined(source, other)
    peak = peak_mib()
    other = sketch("stranger", shape, rng, deep=deep)
    return {
        "billions": billions,
        "layers": shape[0],
        "units": shape[1],
        **pair,
        "memory_before_mib": before,
        "peak_memory_mib": peak,
        "stranger": examined(source, other),
    }


def examined(source: Sketch, subject: Sketch) -> dict[str, object]:
    """What one whole examination takes, and what it says."""
    one, two = (Exhibit(name=s.name, materials=(weights_material(s),)) for s in (source, subject))
    plan = fix_plan(subject=two, source=one)
    began, used = time.perf_counter(), time.process_time()
    found = examine(plan, subject=two, source=one).conclusions[0]
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "least_log10_p": round(min(f.log_p for f in found.findings) / np.log(10)),
        "methods": len(found.findings),
        "answer": f"{found.support.toward}: {found.support.reason}",
    }


def peak_mib() -> int:
    """The largest resident set of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def in_fresh_process(billions: float, *, deep: bool) -> dict[str, object]:
    """So that one size's memory and caches do not stand in the next one's figures."""
    words = [sys.executable, __file__, "--only", f"{billions:g}", *([] if deep else ["--no-deep"])]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
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
            [Line(name="the whole examination", points=points)],
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
