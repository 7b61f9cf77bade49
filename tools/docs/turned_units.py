"""How many units stand to each other as the source's do, of strangers and of copies in other axes?

Run: PYTHONPATH=tools python -m docs.turned_units [FOLDER SHARE]
With a folder and a share: make a model there into which that share of units was put, copied whole
and turned. Without: of models of the casebook, and of a stranger that holds turned units of
`parent`, what `methods.weights.elsewhere` finds: units, and beyond how many they are said to stand
there; a star where they are.
"""

import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from filiation.methods.weights.elsewhere import elsewhere
from filiation.model.sketch import Sketch
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")
SOURCE: Final = "parent"
HOST: Final = "stranger-3"  # into whose layers units of the source are put
SHARES: Final = (0.02, 0.05, 0.1, 0.2)
COSINES: Final = (1.0, 0.999, 0.99, 0.97)
STRANGERS: Final = (SOURCE, "stranger-2", HOST, "stranger-4", "stranger-5")
CHILDREN: Final = (
    *("fine-tuned", "continued", "merged", "depth-pruned", "width-pruned"),
    *("rotated", "permuted", "distilled"),
)
Float: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = dict[str, Float]


def weights_of(name: str) -> Weights:
    """Every tensor of a model of the casebook."""
    found: Weights = {}
    for path in sorted((CASEBOOK / name).glob("*.safetensors")):
        found |= {key: x.astype(np.float64) for key, x in load_file(path).items()}
    return found


def blended(source: Weights, host: Weights, share: float, cosine: float) -> Weights:
    """The host with so many units of the source's, turned by themselves, at a cosine each.

    The source's gains are put on them and the host's taken off, so that they compute what they did.
    """
    rng = stream(0, "turned by themselves", f"{share:g}", f"{cosine:g}")
    made = {name: x.copy() for name, x in host.items()}
    wide = next(iter(layers(host)))[0]
    turn = np.linalg.qr(rng.standard_normal((host[wide].shape[1],) * 2))[0]
    for gate, up, down, gain in layers(host):
        units = min(len(source[gate]), len(host[gate]))
        count = max(1, round(share * units))
        at, of = (rng.permutation(units)[:count] for _ in range(2))
        for name in (gate, up):
            put = _damaged(source[name][of] * source[gain], cosine, rng) @ turn
            made[name][at] = put / host[gain]
        made[down][:, at] = (_damaged(source[down].T[of], cosine, rng) @ turn).T
    return made


def layers(of: Weights) -> Iterator[tuple[str, str, str, str]]:
    """Names of gate, up, down and gain of each layer."""
    for down in sorted(name for name in of if "down_proj" in name):
        gain = down.split("mlp")[0] + "post_attention_layernorm.weight"
        yield down.replace("down", "gate"), down.replace("down", "up"), down, gain


def _damaged(rows: Float, cosine: float, rng: np.random.Generator) -> Float:
    noise = rng.standard_normal(rows.shape)
    noise *= np.linalg.norm(rows, axis=1, keepdims=True) / np.linalg.norm(
        noise, axis=1, keepdims=True
    )
    return np.asarray(cosine * rows + math.sqrt(1 - cosine**2) * noise)


def make(folder: Path, share: float, cosine: float) -> None:
    """Write the host with turned units of the source's."""
    made = blended(weights_of(SOURCE), weights_of(HOST), share, cosine)
    shutil.copytree(CASEBOOK / HOST, folder, ignore=shutil.ignore_patterns("*.safetensors*"))
    tensors = {name: np.ascontiguousarray(x, dtype=np.float32) for name, x in made.items()}
    save_file(tensors, folder / "model.safetensors")


def _taken(folder: Path) -> Sketch:
    with tempfile.TemporaryDirectory() as made:
        take_sketch(open_model(folder), Path(made) / "s")
        return replace(read_sketch(Path(made) / "s"), name=folder.name)


def _line(source: Sketch, subject: Sketch) -> str:
    found = elsewhere(source, subject, seed=0)
    if found is None:
        return "not looked for"
    return f"{found.units:5} of {found.limit:3.0f}{'  *' if found.found else ''}"


def main() -> None:
    """Print what each look sees of strangers, of children, and of a stranger with turned units."""
    if sys.argv[1:]:
        folder, part = sys.argv[1:]
        make(Path(folder), float(part), 1.0)
        return
    models = {name: _taken(CASEBOOK / name) for name in (*STRANGERS, *CHILDREN)}
    print(f"{'source':12}{'subject':26}units, limit")
    for one, two in (*permutations(STRANGERS, 2), *((SOURCE, child) for child in CHILDREN)):
        print(f"{one:12}{two:26}{_line(models[one], models[two])}", flush=True)
    for share in SHARES:
        for cosine in COSINES:
            with tempfile.TemporaryDirectory() as made:
                make(Path(made) / HOST, share, cosine)
                told = _line(models[SOURCE], _taken(Path(made) / HOST))
            print(f"{SOURCE:12}{f'{share:.0%} turned, cosine {cosine:g}':26}{told}", flush=True)


if __name__ == "__main__":
    main()
