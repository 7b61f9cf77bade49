"""How often do methods that see through disguises find what was planted, or accuse strangers?

Power: a share of the units of the casebook's `parent` is planted in a stranger, damaged to a stated
cosine, and disguised. Size: every ordered pair of independently trained models of the casebook.
"""

import itertools
import math
import os
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from filiation.methods import Method, methods_for
from filiation.methods.weights.axis_order import AxisOrder
from filiation.methods.weights.unit_agreement import UnitAgreement, agreements
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_sign import UnitSign
from filiation.methods.weights.unit_subsequence import UnitSubsequence
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Absent, Finding
from filiation.model.sketch import ALIGNED, DeepLayer, LayerSketch, Sketch
from filiation.numerics.frames.directions import quantise
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")
SHARES: Final = (0.1, 0.25, 0.5, 1.0)
COSINES: Final = (0.5, 0.6, 0.75, 0.9)
TRIALS: Final = 10
MOST: Final = 16  # models of a population whose pairs are examined
LEVEL: Final = 1e-6

NARROW: Final = 0.75
DISGUISES: Final[Mapping[str, Mapping[str, bool]]] = {
    "units permuted": {"permute": True},
    "units kept, stream rotated": {"permute": False, "rotate": True},
    "units kept, stream rotated, a quarter of the units removed": {
        "permute": False,
        "rotate": True,
        "narrow": True,
    },
    "units permuted, stream rotated": {"permute": True, "rotate": True},
    "units permuted, signs flipped, stream rotated": {
        "permute": True,
        "rotate": True,
        "flip": True,
    },
}
METHODS: Final[Mapping[str, tuple[str, tuple[Method[Any], ...]]]] = {
    "unit-sign": ("units permuted, stream rotated", (UnitSign(),)),
    "unit-agreement": ("units permuted, signs flipped, stream rotated", (UnitAgreement(),)),
    "unit-subsequence": (
        "units kept, stream rotated, a quarter of the units removed",
        (UnitSubsequence(frame="signature"), UnitSubsequence(frame="native")),
    ),
    "axis-order": ("units permuted", (AxisOrder(),)),
    "unit-order": (
        "units kept, stream rotated",
        (UnitOrder(frame="signature"), *(UnitTrace(frame=frame, draws=1_999) for frame in ALIGNED)),
    ),
}


def sketch(name: str, models: Path = CASEBOOK) -> Sketch:
    """The sketch of one of the models in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(models / name), Path(folder) / "s")
        return replace(read_sketch(Path(folder) / "s"), name=name)


def independent(models: Path = CASEBOOK) -> list[str]:
    """The models of one shape in a folder that share neither weights nor initialisation."""
    truth = tomllib.loads((models / "truth.toml").read_text())["model"]
    alone = [
        m
        for m in truth
        if not m["weights_shared"] and m["architecture"] == "llama" and m["name"] != "other-width"
    ]
    chosen: dict[object, str] = {}
    for m in alone:
        if m.get("shape") == alone[0].get("shape"):
            chosen.setdefault(m.get("init_seed", m["name"]), m["name"])
    return list(chosen.values())


def disguised(
    a: Sketch,
    b: Sketch,
    *,
    share: float,
    cosine: float,
    rng: np.random.Generator,
    permute: bool = True,
    rotate: bool = False,
    flip: bool = False,
    narrow: bool = False,
) -> Sketch:
    """B's deep part with a share of A's units in every layer, at this cosine to the originals.

    Args:
        a: Whose units are planted.
        b: Where; layers of equal shape.
        share: Of the units of each layer.
        cosine: Of a planted unit with its original, in each matrix.
        rng: Which units, which order, which rotation.
        permute: Whether the units of each layer are put in another order.
        rotate: Whether the residual stream is rotated.
        narrow: Whether a quarter of the units of each layer is removed.
        flip: Whether half of the units change the sign of up and down.
    """
    width = next(iter(a.deep[0].rows.values())).shape[1]
    rotation = np.linalg.qr(rng.normal(size=(width, width)))[0] if rotate else np.eye(width)
    layers = list(b.layers)
    deep = []
    for one, two in zip(a.deep, b.deep, strict=True):
        count = len(two.units)
        chosen = rng.choice(count, size=max(1, round(share * count)), replace=False)
        order = rng.permutation(count) if permute or narrow else np.arange(count)
        order = np.sort(order[: round(NARROW * count)]) if narrow else order
        signs = np.where(flip & (rng.random(count) < 0.5), -1.0, 1.0)[:, None]
        deep.append(_deep(one, two, chosen, cosine, signs, rotation, order))
        ours = a.layers[one.layer]
        layers[two.layer] = _with_norms(ours, b.layers[two.layer], chosen, order)
    return replace(b, layers=layers, deep=deep)


def _deep(
    one: DeepLayer,
    two: DeepLayer,
    chosen: NDArray[np.int64],
    cosine: float,
    signs: NDArray[np.float64],
    rotation: NDArray[np.float64],
    order: NDArray[np.int64],
) -> DeepLayer:
    """The second layer with chosen units of the first, their signs, the rotation and the order."""
    rows = {}
    for role, theirs in two.rows.items():
        mixed = _mixed(one.rows[role], theirs, chosen, cosine)
        signed = mixed if role == "mlp.gate" else mixed * signs
        rows[role] = quantise((signed @ rotation)[order].astype(np.float32))
    return DeepLayer(layer=two.layer, units=np.arange(len(order), dtype=np.int32), rows=rows)


def _mixed(
    ours: NDArray[np.int8], theirs: NDArray[np.int8], chosen: NDArray[np.int64], cosine: float
) -> NDArray[np.float64]:
    x, y = (
        rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True) for rows in (ours, theirs)
    )
    y[chosen] = cosine * x[chosen] + math.sqrt(1 - cosine**2) * y[chosen]
    return np.asarray(y)


def _with_norms(
    a: LayerSketch, b: LayerSketch, chosen: NDArray[np.int64], order: NDArray[np.int64]
) -> LayerSketch:
    roles = {}
    for role, rows in b.roles.items():
        norms = rows.norms.copy()
        norms[chosen] = a.roles[role].norms[chosen]
        seen = {frame: x[order] for frame, x in rows.directions.items()}
        roles[role] = replace(rows, norms=norms[order], directions=seen)
    return replace(b, units=len(order), roles=roles)


def named(models: Sequence[str]) -> list[Sketch]:
    """Their sketches."""
    return [sketch(name) for name in models]


def narrowed(model: Sketch) -> Sketch:
    """Three quarters of the units of every layer, in every frame."""
    layers = []
    for layer in model.layers:
        kept = np.arange(layer.units)[: round(NARROW * layer.units)]
        layers.append(_with_norms(layer, layer, kept, kept))
    deep = [
        replace(
            part,
            units=part.units[: layers[part.layer].units],
            rows={role: rows[: layers[part.layer].units] for role, rows in part.rows.items()},
        )
        for part in model.deep
    ]
    return replace(model, layers=layers, deep=deep)


def power_table(
    method: Method[Any], disguise: str, a: Sketch, b: Sketch, level: float
) -> list[str]:
    """Trials, out of `TRIALS`, in which the method's own p reaches the level."""
    lines = ["share planted   " + "".join(f"cosine {c:<9g}" for c in COSINES)]
    for s, share in enumerate(SHARES):
        found = []
        for c, cosine in enumerate(COSINES):
            hits = 0
            for trial in range(TRIALS):
                rng = np.random.default_rng([trial, s, c])
                child = disguised(a, b, share=share, cosine=cosine, rng=rng, **DISGUISES[disguise])
                out = method.compare(a, child, seed=trial)
                hits += isinstance(out, Finding) and out.log_p <= math.log(level)
            found.append(hits)
        lines.append(f"{share:<16.0%}" + "".join(f"{f:>2} of {TRIALS:<10}" for f in found))
    return lines


def size_table(
    methods: tuple[Method[Any], ...], models: list[Sketch], *, narrow: bool
) -> list[str]:
    """Pairs of independent models, both directions, whose p falls below a level."""
    lines = [f"{len(models)} independent models: {', '.join(m.name for m in models)}"]
    outs: dict[str, list[Finding | Absent]] = {method.id: [] for method in methods}
    for a, b in itertools.permutations(models, 2):  # pair by pair: methods share one fit
        other = narrowed(b) if narrow else b
        for method in methods:
            outs[method.id].append(method.compare(a, other, seed=0))
    for name, each in outs.items():
        found = [out for out in each if isinstance(out, Finding)]
        if not found:
            continue
        ps = [math.exp(out.log_p) for out in found]
        below = ", ".join(
            f"p <= {level:g}: {sum(p <= level for p in ps)}" for level in (0.01, 0.05, 0.2, 0.5)
        )
        most = max(out.observed for out in found)
        lines.append(
            f"{name}: {len(ps)} pairs, largest statistic {most:.3g}, "
            f"smallest p {min(ps):.2g}, {below}"
        )
    return lines


def calibration(folders: Sequence[Path]) -> list[str]:
    """Agreements on the held-back layer over unordered pairs of independent models.

    With all matrices, and with up and down alone, as beside a model that has no gate.
    """
    seen: dict[int, Counter[int]] = {3: Counter(), 2: Counter()}
    models = 0
    for folder in folders:
        taken = [sketch(name, folder) for name in independent(folder)]
        models += len(taken)
        for a, b in itertools.combinations(taken, 2):
            seen[3][next(agreements(a, b), (0, 0))[0]] += 1
            seen[2][next(agreements(a, without_gate(b)), (0, 0))[0]] += 1
    lines = [f"{models} models, {seen[3].total()} pairs"]
    for matrices, counts in seen.items():
        told = ", ".join(f"({number}, {count})" for number, count in sorted(counts.items()))
        lines.append(f"{matrices} matrices: ({told})")
    return lines


def without_gate(model: Sketch) -> Sketch:
    """The same as if its layers had no gate."""
    deep = [
        replace(part, rows={role: rows for role, rows in part.rows.items() if role != "mlp.gate"})
        for part in model.deep
    ]
    return replace(model, deep=deep)


def main() -> None:
    """Print the tables of one method, `size` or `calibration [FOLDER ...]`.

    `size` looks at the population that FILIATION_POPULATION names, or else at the casebook.
    """
    if sys.argv[1] == "size":
        folder = Path(os.environ.get("FILIATION_POPULATION", CASEBOOK))
        with threadpool_limits(1):
            models = [sketch(name, folder) for name in independent(folder)][:MOST]
            print("\n".join(size_table(methods_for("weights"), models, narrow=False)))
        return
    if sys.argv[1] == "calibration":
        with threadpool_limits(1):
            print("\n".join(calibration([CASEBOOK, *map(Path, sys.argv[2:])])))
        return
    disguise, methods = METHODS[sys.argv[1]]
    with threadpool_limits(1):
        models = named(independent())
        level = 0.99 / 15 if isinstance(methods[0], UnitAgreement) else LEVEL
        print(f"Power at {level:.2g}, {disguise}, 4 layers x 224 units x 80 axes: {methods[0].id}")
        print("\n".join(power_table(methods[0], disguise, models[0], models[1], level)))
        print("\nSize")
        print("\n".join(size_table(methods, models, narrow="removed" in disguise)))


if __name__ == "__main__":
    main()
