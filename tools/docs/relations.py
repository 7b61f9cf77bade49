"""When is a model called the rounding of another, or a pruned one? Prints how often, by damage.

The parent of the casebook is moved by noise and rounded, group by group of 16 values as a
quantiser does, and typed against itself; then independent models are rounded and typed against one
another. Drift is in standard deviations of each matrix; a step of 4 bits is about a fifth of one.
Pruned are the smallest values of each matrix, or values whatever their size; those that are left
are moved by a tenth of a standard deviation. What was only rounded must not be called pruned.
"""

import itertools
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from filiation.examining.weights.kinship.sparse import sparse_kind
from filiation.examining.weights.kinship.values import kind_by_values
from filiation.model.sketch import RUN, RUNS, Sketch
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path("examples/casebook")
INDEPENDENT = ("parent", "stranger-2", "stranger-3", "stranger-4", "stranger-5", "distilled")
DRIFTS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
BITS = (8, 4, 3)
PRUNED = (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)
TRIALS = 10


def sketch(name: str) -> Sketch:
    """The sketch of a casebook model."""
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(CASEBOOK / name), Path(folder) / "s")
        return replace(read_sketch(Path(folder) / "s"), name=name)


def rounded(taken: Sketch, bits: int, drift: float, rng: np.random.Generator) -> Sketch:
    """Every sampled value moved, and then rounded with its group."""
    wide = {info.name for info in taken.tensors if len(info.shape) > 1}
    samples = {
        name: _rounded(values, bits, drift, rng) if name in wide else values
        for name, values in taken.samples.items()
    }
    digests = [f"{bits} {drift} {digest}" for digest in taken.tensor_digests]
    return replace(taken, samples=samples, tensor_digests=digests)


def _rounded(
    values: NDArray[np.float32], bits: int, drift: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    moved = values + drift * values.std() * rng.standard_normal(len(values))
    grouped = 2 * RUNS * RUN
    parts = [moved[:grouped].reshape(-1, RUN), moved[grouped:].reshape(1, -1)]
    if len(values) == 2 * (grouped + 128):  # square: the second half is the first, turned
        half = len(values) // 2
        return np.concatenate([_rounded(values[n : n + half], bits, drift, rng) for n in (0, half)])
    return np.concatenate([_grid(part, bits).ravel() for part in parts])


def _grid(groups: NDArray[np.float64], bits: int) -> NDArray[np.float32]:
    step = np.abs(groups).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    return np.asarray(step * np.rint(groups / step), dtype=np.float32)


def pruned(taken: Sketch, share: float, *, smallest: bool, rng: np.random.Generator) -> Sketch:
    """A share of the sampled values of every matrix zero, and the others moved."""
    wide = {info.name for info in taken.tensors if len(info.shape) > 1}

    def change(values: NDArray[np.float32]) -> NDArray[np.float32]:
        size = np.abs(values) if smallest else rng.random(len(values))
        moved = values + 0.1 * values.std() * rng.standard_normal(len(values))
        return np.where(size < np.quantile(size, share), 0.0, moved).astype(np.float32)

    samples = {name: change(x) if name in wide else x for name, x in taken.samples.items()}
    return replace(taken, samples=samples)


def prunings(parent: Sketch) -> None:
    """Print how often a pruned child is called so, and a rounded one."""
    print(f"Called sparse-pruned, of {TRIALS}, by the share of values set to zero")
    print("          " + "".join(f"{share:>8.0%}" for share in PRUNED))
    for words, smallest in (("smallest", True), ("any", False)):
        counts = []
        for share in PRUNED:
            rng = stream(0, "prunings", words, str(share))
            children = [pruned(parent, share, smallest=smallest, rng=rng) for _ in range(TRIALS)]
            counts.append(sum(sparse_kind(parent, child) is not None for child in children))
        print(f"{words:<10}" + "".join(f"{count:>8}" for count in counts))
    others = [
        sparse_kind(parent, rounded(parent, bits, drift, stream(0, "none", str(drift))))
        for bits in BITS
        for drift in DRIFTS
    ]
    called = sum(found is not None for found in others)
    print(f"Rounded and not pruned, {len(others)} children: called so {called}")


def kind(source: Sketch, subject: Sketch) -> str:
    """The kind that the values tell, or `none`."""
    found = kind_by_values(source, subject)
    return "none" if found is None else found.kind


def main() -> None:
    """Print the tables."""
    parent = sketch("parent")
    print(f"Called quantised, of {TRIALS}, by drift before rounding (standard deviations)")
    print("bits " + "".join(f"{drift:>8g}" for drift in DRIFTS))
    for bits in BITS:
        counts = []
        for drift in DRIFTS:
            rng = stream(0, "relations", str(bits), str(drift))
            kinds = [kind(parent, rounded(parent, bits, drift, rng)) for _ in range(TRIALS)]
            counts.append(kinds.count("quantised"))
        print(f"{bits:<5}" + "".join(f"{count:>8}" for count in counts))
    models = [sketch(name) for name in INDEPENDENT]
    pairs = list(itertools.permutations(models, 2))
    strangers = Counter(
        kind(one, rounded(two, bits, 0.0, stream(0, "none"))) for bits in BITS for one, two in pairs
    )
    print(f"Independent models, {len(pairs)} ordered pairs, rounded to each: {dict(strangers)}")
    print()
    prunings(parent)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
