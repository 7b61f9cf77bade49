"""Whatever widths, towers and names a model has, it is examined, and a survey goes on."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import towers
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.libraries.pairs import outcome_of
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import Sketch
from filiation.report.render.json import render_json
from towers import Tensors

WIDTHS = (8, 13, 16, 24, 33, 48)
PLACES = ("audio_tower.", "other.", "vision_tower.vision_model.", "model.visual.")
PLAN = {"weights": {"components": ["mlp"], "alternatives": ["in-place"]}}


@pytest.mark.parametrize("seed", range(6))
def test_no_shape_raises(seed: int) -> None:
    rng = np.random.default_rng(seed)
    with TemporaryDirectory() as folder:
        one, two = (_drawn(Path(folder) / side, rng) for side in ("source", "subject"))
        sides = {side.name: _exhibit(side) for side in (one, two)}
        found = examine(fix_plan(**sides, given=PLAN), **sides)
        render_json(found)
        assert found.conclusions[0].support.toward in ("neither", "independence", "derivation")
        assert outcome_of(one, two, seed=0).absent is not None


def _drawn(folder: Path, rng: np.random.Generator) -> Sketch:
    """A body with up to two stacks and a projector beside it, all of drawn lengths."""
    width, units = int(rng.choice(WIDTHS)), int(rng.choice([8, 15, 31, 48]))
    tensors: Tensors = towers.body(int(rng.integers(3)), width=width, units=units, layers=2)
    for _ in range(int(rng.integers(3))):
        tensors |= _stack(rng, width)
    if rng.random() < 0.6:
        reads, writes = int(rng.choice(WIDTHS)), int(rng.choice([width, 8]))
        tensors |= towers.projector(1, reads=reads, writes=writes, units=int(rng.choice([8, 33])))
    return towers.sketched(folder, tensors)


def _stack(rng: np.random.Generator, body: int) -> Tensors:
    """An encoder, gated layers, or layers with names that no role file has."""
    width, units = int(rng.choice([*WIDTHS, body])), int(rng.choice([8, 17, 64, body]))
    layers, at = int(rng.integers(1, 5)), str(rng.choice(PLACES))
    kind, seed = rng.integers(3), int(rng.integers(3))
    if kind == 0:
        made = towers.body(seed, width=width, units=units, layers=layers, at=at)
        lacking = str(rng.choice(["none", "gate", "up", "down"]))
        return {n: x for n, x in made.items() if "layers" in n and f".{lacking}_proj" not in n}
    made = towers.tower(seed, width=width, units=units, layers=layers, at=at)
    return {name.replace("fc", "w") if kind == 1 else name: x for name, x in made.items()}


def _exhibit(sketch: Sketch) -> Exhibit:
    return Exhibit(name=sketch.name, materials=(weights_material(sketch),))
