"""How often do the unit methods find what was planted, and how often do they accuse strangers?

Power: units of the casebook's `parent` are planted, damaged, in every layer of a stranger. Size:
every pair of independently trained models of the casebook, in both directions. Prints tables.
"""

import itertools
import math
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Finding
from filiation.model.sketch import FRAMES, LayerSketch, Sketch, UnitRows
from filiation.numerics.frames.directions import quantise
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path("examples/casebook")
SHARES = (0.01, 0.02, 0.05, 0.1, 0.25)
COSINES = (0.25, 0.5, 0.75)
TRIALS = 20
LEVEL = 1e-6


def sketch(name: str) -> Sketch:
    """The sketch of a casebook model."""
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(CASEBOOK / name), Path(folder) / "s")
        return replace(read_sketch(Path(folder) / "s"), name=name)


def planted(a: Sketch, b: Sketch, share: float, cosine: float, rng: np.random.Generator) -> Sketch:
    """B with a share of the units of every layer replaced by damaged units of A."""
    return replace(
        b,
        layers=[
            _planted(x, y, share, cosine, rng) for x, y in zip(a.layers, b.layers, strict=True)
        ],
    )


def _planted(
    a: LayerSketch, b: LayerSketch, share: float, cosine: float, rng: np.random.Generator
) -> LayerSketch:
    chosen = rng.choice(a.units, size=max(1, round(share * a.units)), replace=False)
    roles: dict[str, UnitRows] = {}
    for role, rows in b.roles.items():
        ours, theirs = (r.directions["native"].astype(np.float32) for r in (a.roles[role], rows))
        ours /= np.linalg.norm(ours, axis=1, keepdims=True)
        theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
        theirs[chosen] = cosine * ours[chosen] + math.sqrt(1 - cosine**2) * theirs[chosen]
        roles[role] = replace(rows, directions={"native": quantise(theirs)})
    return replace(b, roles=roles)


def power_table(method: UnitTrace | UnitOrder) -> list[str]:
    """Share of trials in which the method's own p reaches the level."""
    a, b = sketch("parent"), sketch("stranger-2")
    lines = ["share planted   " + "".join(f"cosine {c:<8g}" for c in COSINES)]
    for share in SHARES:
        found = [
            sum(
                _reached(method, a, planted(a, b, share, c, np.random.default_rng([t, k])))
                for t in range(TRIALS)
            )
            for k, c in enumerate(COSINES)
        ]
        lines.append(f"{share:<16.0%}" + "".join(f"{f:>2} of {TRIALS:<9}" for f in found))
    return lines


def _reached(method: UnitTrace | UnitOrder, a: Sketch, b: Sketch) -> bool:
    out = method.compare(a, b, seed=0)
    return isinstance(out, Finding) and out.log_p <= math.log(LEVEL)


def size_table(methods: Sequence[UnitTrace | UnitOrder]) -> list[str]:
    """Pairs of independent models, both directions, whose p falls below a level."""
    truth = tomllib.loads((CASEBOOK / "truth.toml").read_text())["model"]
    names = [
        m["name"]
        for m in truth
        if not m["weights_shared"] and m["architecture"] == "llama" and m["name"] != "other-width"
    ]
    taken = [sketch(name) for name in names]
    lines = [f"{len(names)} independent models: {', '.join(names)}"]
    for method in methods:
        ps = []
        for a, b in itertools.permutations(taken, 2):
            out = method.compare(a, b, seed=0)
            if isinstance(out, Finding):
                ps.append(math.exp(out.log_p))
        below = ", ".join(
            f"p <= {level:g}: {sum(p <= level for p in ps)}" for level in (0.01, 0.05, 0.2, 0.5)
        )
        lines.append(f"{method.id}: {len(ps)} pairs, smallest p {min(ps):.2g}, {below}")
    return lines


def main() -> None:
    """Print the tables of one method: unit-trace or unit-order."""
    methods: dict[str, list[UnitTrace | UnitOrder]] = {
        "unit-trace": [UnitTrace(frame=frame) for frame in FRAMES],
        "unit-order": [UnitOrder(frame=frame) for frame in FRAMES],
    }
    asked = methods[sys.argv[1]]
    with threadpool_limits(1):
        print(f"Power at {LEVEL:g}, native frame, 4 layers x 224 units")
        print("\n".join(power_table(asked[0])))
        print("\nSize")
        print("\n".join(size_table(asked)))


if __name__ == "__main__":
    main()
