"""How far can a chosen order go? `python tools/docs/chosen_order.py [SMOLLM2.gguf]`.

Attacks: an accuser who arranges strangers' rows (`adversary.chosen`). Children: what corroborates
each model of the casebook. A row of the first table is the best of some choices and of several
pairs; times are in units of what a freely chosen map could account for.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from adversary.chosen import HOW, Layers, best_choice, rows_of
from casebook.checkpoint import decode, read_stored
from filiation.examining.weights.corroboration import corroborated
from filiation.examining.weights.corroboration.explained import TIMES
from filiation.model.sketch import Sketch, SketchMethod
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")
STRANGERS: Final = ("parent", "stranger-2", "stranger-3", "distilled")
MADE: Final = ((16, 32, 2), (32, 128, 2), (32, 128, 8), (64, 256, 4), (128, 256, 4))
COLUMNS: Final = 64
SMOL: Final = ((2, 10, 18), (6, 14, 22))


def pairs(gguf: Path | None) -> Iterator[tuple[str, list[tuple[Layers, Layers]]]]:
    """Name, and pairs of rows that share nothing."""
    rows = {n: rows_of(decode(read_stored(CASEBOOK / n / "model.safetensors"))) for n in STRANGERS}
    yield "casebook, 80 wide", [(rows[a], rows[b]) for a, b in combinations(STRANGERS, 2)]
    for width, units, layers in MADE:
        made = [[_random(width, units, layers, seed + side) for side in (0, 1)] for seed in (1, 3)]
        yield f"made, {width} wide, {layers} x {units}", [(a, b) for a, b in made]
    if gguf is not None:
        model = _sketched(gguf, SketchMethod(deep=1 << 20))
        sides = [[_deep(model, layer) for layer in side] for side in SMOL]
        yield "SmolLM2, three layers each", [(sides[0], sides[1])]


def _random(width: int, units: int, layers: int, seed: int) -> Layers:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((layers, 3, units, width)).astype(np.float32)
    return list(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def _deep(model: Sketch, layer: int) -> list[np.ndarray]:
    (deep,) = (deep for deep in model.deep if deep.layer == layer)
    found = [deep.rows[f"mlp.{part}"][:512].astype(np.float32) for part in ("gate", "up", "down")]
    return [x / np.linalg.norm(x, axis=1, keepdims=True) for x in found]


def _sketched(path: Path, method: SketchMethod | None = None) -> Sketch:
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(path), Path(folder) / "s", method=method or SketchMethod())
        return read_sketch(Path(folder) / "s")


def attacks(gguf: Path | None) -> None:
    """What each choice reaches."""
    print(f"{'strangers':<28}{'chosen':<10}{'columns':>8}{'times':>7}{'margin':>8}{'agree':>14}")
    for name, given in pairs(gguf):
        width = given[0][0][0][0].shape[1]
        rng = np.random.default_rng(0)
        signs = np.asarray(rng.choice([-1.0, 1.0], (width, COLUMNS)) / 8, dtype=np.float32)
        for columns, seen in ((width, None), (COLUMNS, signs)):
            if seen is not None and width <= COLUMNS:
                continue
            for how in HOW:
                found = [best_choice(a, b, how, seen) for a, b in given]
                times, margin = max(x.times for x in found), max(x.margin for x in found)
                most = max(found, key=lambda x: x.agree / x.units)
                agree = f"{most.agree} of {most.units}"
                print(f"{name:<28}{how:<10}{columns:>8}{times:>7.2f}{margin:>8.2f}{agree:>14}")


def children() -> None:
    """What corroborates each model of the casebook."""
    parent = _sketched(CASEBOOK / "parent")
    print(f"\nasked: {TIMES:g} times")
    for place in sorted(CASEBOOK.iterdir()):
        if not place.is_dir() or place.name == "parent":
            continue
        found = corroborated(parent, _sketched(place), (), level=1e-6, seed=0)
        said = [ground.words for ground in found.grounds] or ["nothing", *found.lacking]
        print(f"{place.name}: {'; '.join(said)}")


if __name__ == "__main__":
    with threadpool_limits(1):
        attacks(Path(sys.argv[1]) if sys.argv[1:] else None)
        children()
