"""What of a unit no turn of the stream changes, and how rarely strangers coincide in it.

Run: PYTHONPATH=tools python -m docs.unit_invariants [FOLDER SHARE]
With a folder and a share: make a model there into which that share of units was put, copied whole.

Of each unit of a gated MLP: length of its gate, product of the lengths of its up and down, and the
three cosines between them. No order of units, no orthogonal turn of the stream, whatever the tables
do, and no scale that up and down share changes these five. Two units coincide as far as the product
of (1 - difference / width) over the five is above 0, where widths are so many standard deviations
of the source's units. That product is a positive definite kernel (of each factor the Fourier
transform is a Fejer kernel), so that for units drawn independently, however each model's are
distributed,

    mean of k(source, subject)  <=  sqrt(mean of k(source, source') * mean of k(subject, subject'))

(Cauchy-Schwarz in the kernel's space). What is printed is both sides, times the number of pairs,
added up over the layers of equal number: what was seen, and what each model's own units make of it.
"""

import math
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from filiation.numerics.rng import stream

CASEBOOK: Final = Path("examples/casebook")
SOURCE: Final = "parent"
HOST: Final = "stranger-3"  # into whose layers units of the source are put
WIDTHS: Final = (0.3, 0.1)
SHARES: Final = (0.02, 0.05, 0.1)
COSINES: Final = (1.0, 0.999, 0.99)
SUBJECTS: Final = (
    *("fine-tuned", "continued", "width-pruned", "rotated"),
    *("stranger-2", "stranger-3", "stranger-4", "stranger-5"),
)
Float: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = dict[str, Float]


def weights_of(name: str) -> Weights:
    """Every tensor of a model of the casebook."""
    found: Weights = {}
    for path in sorted((CASEBOOK / name).glob("*.safetensors")):
        found |= {key: x.astype(np.float64) for key, x in load_file(path).items()}
    return found


def layers(of: Weights) -> Iterator[tuple[str, str, str]]:
    """Names of gate, up and down of each layer."""
    for down in sorted(name for name in of if "down_proj" in name):
        yield down.replace("down", "gate"), down.replace("down", "up"), down


def invariants(of: Weights) -> list[Float]:
    """By layer the five numbers of each unit, [units, 5]."""
    found = []
    for gate, up, down in layers(of):
        g, u, d = of[gate], of[up], of[down].T
        a, b, c = (np.linalg.norm(x, axis=1) + 1e-30 for x in (g, u, d))
        cosines = [(g * u).sum(1) / (a * b), (g * d).sum(1) / (a * c), (u * d).sum(1) / (b * c)]
        found.append(np.stack([np.log(a), np.log(b * c), *cosines], axis=1))
    return found


def coincidences(one: Float, other: Float, width: Float) -> Float:
    """The kernel of every two units, [units, units]."""
    apart = np.abs(one[:, None] - other[None]) / width
    return np.asarray(np.clip(1 - apart, 0, None).prod(axis=2))


def seen(source: Weights, subject: Weights, width: float) -> tuple[float, float]:
    """What coincides, and the right side, from different units of each model."""
    total = own = 0.0
    for one, other in zip(invariants(source), invariants(subject), strict=False):
        wide = width * one.std(axis=0)
        total += float(coincidences(one, other, wide).sum())
        inside = [_between(x, wide) for x in (one, other)]
        own += len(one) * len(other) * math.sqrt(inside[0] * inside[1])
    return total, own


def _between(units: Float, width: Float) -> float:
    """Mean of the kernel over two different units of one layer."""
    found = coincidences(units, units, width)
    return float((found.sum() - np.trace(found)) / (len(units) * (len(units) - 1)))


def blended(source: Weights, host: Weights, share: float, cosine: float) -> Weights:
    """The host with so many units of the source's, turned by themselves, at a cosine each."""
    rng = stream(0, "turned by themselves", f"{share:g}", f"{cosine:g}")
    made = {name: x.copy() for name, x in host.items()}
    width = next(iter(layers(host)))
    turn = np.linalg.qr(rng.standard_normal((host[width[0]].shape[1],) * 2))[0]
    for names in layers(host):
        units = min(len(source[names[0]]), len(host[names[0]]))
        count = max(1, round(share * units))
        at, of = (rng.permutation(units)[:count] for _ in range(2))
        for name in names:
            rows = source[name].T if "down" in name else source[name]
            put = _damaged(rows[of], cosine, rng) @ turn
            if "down" in name:
                made[name][:, at] = put.T
            else:
                made[name][at] = put
    return made


def _damaged(rows: Float, cosine: float, rng: np.random.Generator) -> Float:
    noise = rng.standard_normal(rows.shape)
    noise *= np.linalg.norm(rows, axis=1, keepdims=True) / np.linalg.norm(
        noise, axis=1, keepdims=True
    )
    return np.asarray(cosine * rows + math.sqrt(1 - cosine**2) * noise)


def main() -> None:
    """Print both sides for models of the casebook, and for a stranger with turned units."""
    source = weights_of(SOURCE)
    if sys.argv[1:]:
        folder, share = sys.argv[1:]
        made = blended(source, weights_of(HOST), float(share), 1.0)
        shutil.copytree(CASEBOOK / HOST, folder, ignore=shutil.ignore_patterns("*.safetensors*"))
        tensors = {name: np.ascontiguousarray(x, dtype=np.float32) for name, x in made.items()}
        save_file(tensors, Path(folder) / "model.safetensors")
        return
    told = {name: weights_of(name) for name in SUBJECTS}
    told |= {
        f"{share:.0%} turned, cosine {cosine:g}": blended(source, told[HOST], share, cosine)
        for share in SHARES
        for cosine in COSINES
    }
    print(f"{'against ' + SOURCE:28}" + "".join(f"  width {w:g}: seen      own" for w in WIDTHS))
    for name, of in told.items():
        found = [seen(source, of, width) for width in WIDTHS]
        print(f"{name:28}" + "".join(f"{a:17.2f}{b:9.2f}" for a, b in found))


if __name__ == "__main__":
    main()
