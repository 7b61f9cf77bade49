"""`python tools/docs/dispute.py [TABLE]`: what a published table of cosines rests on.

TABLE is a file with a line for each tensor of two models: its name, shapes and cosine, as an
accuser published it (default: `shared/disputes/solar-vs-glm-tensors.csv` beside the checkout; it is
not part of this repository). By kind of tensor: how many were compared, how many values of one
model that is, the cosines, and how many lie within what unrelated values give. What the table lacks
stands below it: the same number centred, for a stranger and for a child, as others published it;
and all three for models of the casebook, whose ancestry is known.
"""

import csv
import math
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from casebook.checkpoint import decode, read_stored

ROOT: Final = Path(__file__).resolve().parents[2]
CASEBOOK: Final = Path("examples/casebook")
TABLE: Final = "solar-vs-glm-tensors.csv"
SAMPLED: Final = 3 * 512 * 512  # values of a tensor that the accuser's program reads, at most
KINDS: Final = {
    "input_layernorm": "gains before attention",
    "post_attention_layernorm": "gains before the MLP",
    "k_proj": "keys",
    "v_proj": "values",
    "q_proj": "queries, first rows",
    "o_proj": "attention out",
    "e_score_correction_bias": "biases of the router",
    "gate": "router of experts",
}
GAINS: Final = tuple(KINDS)[:2]
# All values of one model: layers, width, width of queries, of keys, experts and one for all, width
# of an expert, vocabulary (two tables); gains and biases of routers are too few to matter.
SIZE: Final = 48 * (2 * 4096 * (8192 + 1024) + 128 * 4096 + 129 * 3 * 4096 * 1280) + (
    2 * 4096 * 196608
)
# Cosines of gains at layers 10, 20 and 30, before attention and before the MLP, as they are and
# centred: outputs/confusions/{cosine,centered_cosine} of hyunwoongko/solar-vs-glm-vs-phi.
OTHERS: Final = {
    "Solar, GLM-4.5-Air": (
        (0.9811, 0.9918, 0.9914, 0.9874, 0.9944, 0.9969),
        (0.0092, 0.0181, 0.0356, -0.0058, 0.0121, -0.0028),
    ),
    "Solar, Phi-3.5-MoE": (
        (0.9776, 0.9914, 0.9883, 0.9862, 0.9951, 0.9967),
        (0.0006, 0.0162, -0.0037, -0.0038, 0.0004, -0.0151),
    ),
    "GLM-4.5-Air, Phi-3.5-MoE": (
        (0.9881, 0.9926, 0.9915, 0.9876, 0.9952, 0.9969),
        (0.0166, 0.0197, -0.0009, 0.0016, -0.0080, 0.0036),
    ),
}
# Means over layers, of the accuser's second analysis (sionic-ai/solar-vs-glm, README, D-2.1, E.2).
AGAIN: Final = {"Solar, GLM-4.5-Air": (0.9497, 0.0130), "GLM-4.5-Air, its child": (1.00, 1.00)}


def kind_of(tensor: str) -> str:
    """The last part of a tensor's name that says what it is."""
    return tensor.removesuffix(".weight").rsplit(".", 1)[-1]


def table(lines: Sequence[dict[str, str]]) -> Iterator[str]:
    """One line for each kind of tensor."""
    yield f"{'':<24}tensors      values   of Solar    cosine     least .. most   as chance"
    for kind, name in KINDS.items():
        mine = [line for line in lines if kind_of(line["tensor"]) == kind]
        found = [float(line["cosine"]) for line in mine if line["cosine"]]
        if not found:
            yield f"{name:<24}{'none compared: the shapes differ':>30}"
            continue
        each = [values(line) for line in mine if line["cosine"]]
        chance = [2 / math.sqrt(n) for n in each]
        near = sum(abs(c) <= most for c, most in zip(found, chance, strict=True))
        yield (
            f"{name:<24}{len(found):>7}{sum(each):>12,}{sum(each) / SIZE:>11.5%}"
            f"{np.mean(found):>10.4f}{min(found):>10.4f} .. {max(found):.4f}"
            f"{near:>6} of {len(found)}"
        )


def values(line: dict[str, str]) -> int:
    """How many values of the first model a line compares: three pieces of a large tensor."""
    shape = line["solar_shape"] or ("128" if line["tensor"].endswith("bias") else "128x4096")
    return min(math.prod(int(n) for n in shape.split("x")), SAMPLED)


def spread(given: Sequence[float]) -> str:
    """Mean, least and most."""
    return f"{np.mean(given):.3f}  {min(given):.3f} .. {max(given):.3f}"


def gains(first: str, second: str) -> tuple[list[float], list[float]]:
    """Cosines of the gains of two casebook models, as they are and centred."""
    one, two = (decode(read_stored(CASEBOOK / n / "model.safetensors")) for n in (first, second))
    names = [name for name in one if kind_of(name) in GAINS]
    pairs = [(one[name].astype(np.float64), two[name].astype(np.float64)) for name in names]
    return [cosine(a, b) for a, b in pairs], [cosine(a - a.mean(), b - b.mean()) for a, b in pairs]


def cosine(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """The cosine of two vectors."""
    return float(one @ two / math.sqrt((one @ one) * (two @ two)))


def beside() -> Iterator[str]:
    """The same number centred, of strangers and of children."""
    yield f"{'cosine of gains: mean, least .. most':<44}{'as stored':<26}{'centred'}"
    for pair, (seen, middled) in OTHERS.items():
        yield f"{pair + ' (six tensors)':<44}{spread(seen):<26}{spread(middled)}"
    for pair, (mean, middle) in AGAIN.items():
        yield f"{pair + ' (means)':<44}{mean:.3f}{'':<21}{middle:.3f}"
    for one, two, what in (
        ("parent", "fine-tuned", "its child"),
        ("parent", "continued", "its child"),
        ("parent", "stranger-2", "a stranger"),
        ("parent", "stranger-3", "a stranger"),
    ):
        raw, centred = gains(one, two)
        yield f"{f'casebook: {one}, {two}, {what}':<44}{spread(raw):<26}{spread(centred)}"


def given(arguments: Sequence[str]) -> Path | None:
    """The table that is named, or the one that lies beside the checkout."""
    places = [above / "shared" / "disputes" / TABLE for above in ROOT.parents]
    named = [Path(argument) for argument in arguments] or places
    return next((place for place in named if place.is_file()), None)


def main(arguments: Sequence[str]) -> int:
    """Print the table by kind, and what belongs beside it."""
    path = given(arguments)
    if path is None:
        sys.exit(f"dispute.py: no table was found; name a copy of {TABLE}")
    with path.open(encoding="utf-8", newline="") as stored:
        lines = list(csv.DictReader(stored))
    layers = [layer for layer, _ in groupby(sorted(int(line["layer"]) for line in lines))]
    equal = sum(line["raw_hash_equal"] == "True" for line in lines)
    compared = sum(bool(line["cosine"]) for line in lines)
    print(f"{len(lines)} tensors, {len(layers)} layers, {compared} compared; equal bytes: {equal}")
    for line in (*table(lines), "", *beside()):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
