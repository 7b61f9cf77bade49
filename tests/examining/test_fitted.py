"""An order of units that was chosen to fit a stranger's is told from a child's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from casebook.checkpoint import decode, read_stored
from casebook.operations import PermuteUnits, Weights, layer_count, mix
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.fitted import could_be_fitted
from filiation.examining.weights.plug import weights_material
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import Sketch
from filiation.numerics.frames.assignment import pair_units
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

NAMES = ("source", "subject")
CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"


def weights(name: str) -> Weights:
    return decode(read_stored(CASEBOOK / name / "model.safetensors"))


def sketched(model: Weights, folder: Path, name: str) -> Sketch:
    path = folder / f"{name}.safetensors"
    safetensors.numpy.save_file({n: np.ascontiguousarray(x) for n, x in model.items()}, path)
    take_sketch(open_model(path), folder / name)
    return read_sketch(folder / name)


def fitted(source: Weights, subject: Weights, share: float) -> Weights:
    """The source with the units of each layer in the subject's order, the surest share of them."""
    changed = dict(source)
    for layer in range(layer_count(source)):
        names = [f"model.layers.{layer}.mlp.{part}_proj.weight" for part in ("gate", "up", "down")]
        a, b = (
            np.concatenate([_unit(m[n].T if "down" in n else m[n]) for n in names], axis=1)
            for m in (source, subject)
        )
        order = pair_units(a, b, np.random.default_rng(0), exact_to=len(a))
        likeness = np.einsum("ij,ij->i", a[order], b)
        spare = np.argsort(likeness)[: round((1 - share) * len(order))]
        order[spare] = order[np.roll(spare, 1)]
        for name in names:
            changed[name] = source[name][:, order] if "down" in name else source[name][order]
    return changed


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_a_fitted_order_meets_the_level_and_carries_the_note(tmp_path: Path, share: float) -> None:
    stranger = weights("stranger-2")
    source = sketched(fitted(weights("parent"), stranger, share), tmp_path, "made")
    subject = sketched(stranger, tmp_path, "stranger")
    named = (("claimed", source), ("new", subject))
    claimed, new = (
        Exhibit(name=n, materials=(weights_material(replace(s, name=n)),)) for n, s in named
    )
    plan = fix_plan(subject=new, source=claimed)
    (case,) = examine(plan, subject=new, source=claimed).conclusions

    assert case.support.toward == "derivation"  # this is why the note is needed
    (note,) = (note for note in case.notes if "chosen with the other model in view" in note)
    assert note.startswith("units of claimed and new that stand at one place")


@pytest.mark.parametrize("name", ["fine-tuned", "continued", "quantised-4bit", "merged", "rotated"])
def test_a_child_carries_none(tmp_path: Path, name: str) -> None:
    sketches = []
    for model in ("parent", name):
        take_sketch(open_model(CASEBOOK / model), tmp_path / model)
        sketches.append(read_sketch(tmp_path / model))

    assert could_be_fitted(sketches[0], sketches[1], NAMES) is None


def test_a_merge_with_mostly_a_stranger_carries_none(tmp_path: Path) -> None:
    parent, stranger = weights("parent"), weights("stranger-2")
    source = sketched(parent, tmp_path, "parent")
    subject = sketched(mix((parent, stranger), (0.4, 0.6)), tmp_path, "mixed")

    assert could_be_fitted(source, subject, NAMES) is None


def test_strangers_and_other_orders_carry_none(tmp_path: Path) -> None:
    """Nothing is in contact, so there is nothing to hold a reservation against."""
    parent = weights("parent")
    source = sketched(parent, tmp_path, "parent")
    for name, model in (
        ("stranger", weights("stranger-2")),
        ("other", PermuteUnits(seed=1)(parent)),
    ):
        assert could_be_fitted(source, sketched(model, tmp_path, name), NAMES) is None
