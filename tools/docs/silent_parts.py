"""How little do units and layers of trained models write? `silent_parts.py [MODEL ...]`.

And from how much on is what an accuser plants no longer seen: all of a stranger's units among his
own, or its layers behind them, each so loud a share of what it was.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from adversary import changes
from adversary.forward import difference
from adversary.made import Made, stream, write
from adversary.stocks import casebook
from filiation.examining.weights.corroboration import corroborated
from filiation.examining.weights.corroboration.acting import UNIT, acting, heights, shares
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")
LOUD: Final = (0.01, 0.1, 0.2, 0.3, 0.5)


def sketched(path: Path) -> Sketch:
    """Of a file or folder."""
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(path), Path(folder) / "sketch", workers=1)
        return read_sketch(Path(folder) / "sketch")


def real(paths: list[Path]) -> None:
    """The quietest units and layers of each model."""
    print(f"{'model':<22}{'units':>8}{'least':>7}{f'< {UNIT}':>8}{'idle':>6}{'layer/stream':>14}")
    for path in paths:
        model = sketched(path)
        layers = [*model.layers, *model.attention]
        every = np.concatenate([shares(model, x, np.arange(x.units)) for x in layers])
        idle = sum(int((~acting(model, x, np.arange(x.units))).sum()) for x in layers)
        least = min(over for over, _ in heights(model))
        few = int((every < UNIT).sum())
        name = (path.parent if path.name == "model" else path).name[:20]
        print(f"{name:<22}{len(every):>8}{every.min():>7.2f}{few:>8}{idle:>6}{least:>14.2f}")


def planted(own: Made, subject: Made, loud: float, what: str) -> Made:
    """The accuser's model with what he planted."""
    rng, made = stream("silent parts"), own
    if what == "layers":
        behind = [own.layers] * subject.layers
        return changes.add_layers(own, behind, rng, donor=subject, size=loud)
    for layer in range(own.layers):
        g, u, d = (subject.weights[changes.mlp(layer, part)] for part in changes.PARTS)
        made = changes.add_units(made, layer, [g, u, np.float32(loud) * d.T], rng)
    return made


def effort() -> None:
    """What corroborates that was planted, and how far the function moves for it."""
    stock = casebook()
    own, subject = stock.parent, stock.strangers[0]
    tokens = np.random.default_rng(0).integers(10, 500, 32)
    print(f"\n{'planted':<10}{'loud':>6}{'logits differ':>15}  carried by")
    with tempfile.TemporaryDirectory() as folder:
        theirs = sketched(write(subject, Path(folder) / "subject"))
        for what in ("units", "layers"):
            for loud in LOUD:
                made = planted(own, subject, loud, what)
                ours = sketched(write(made, Path(folder) / f"{what}{loud}"))
                found = corroborated(ours, theirs, (), level=1e-6, seed=0)
                said = "what acts" if found.carries else "nothing"
                said = "idle parts alone" if found.idle_carries else said
                print(f"{what:<10}{loud:>6}{difference(own, made, tokens):>15.2g}  {said}")


if __name__ == "__main__":
    with threadpool_limits(1):
        folders = sorted(x for x in CASEBOOK.iterdir() if x.is_dir())
        real([*folders, *map(Path, sys.argv[1:])])
        effort()
