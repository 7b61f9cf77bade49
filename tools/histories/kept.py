"""Histories that were grown and compared once: sketches and what all methods said, in the cache."""

import hashlib
import itertools
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from filiation.libraries.pairs import outcome_of
from filiation.libraries.stemma import Likeness
from filiation.methods import methods_for
from filiation.model.sketch import Sketch, SketchMethod
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch
from histories.grown import COURSES, SHAPE, Train, grow, put
from histories.history import Birth

__all__ = ["likenesses", "sketches"]


def sketches(births: Sequence[Birth], train: Train) -> dict[str, Sketch]:
    """Sketches of the shown models, through files as they would be published."""
    folder = _folder(births)
    shown = [birth for birth in births if birth.shown]
    if not all((folder / f"{birth.name}.sketch").exists() for birth in shown):
        folder.mkdir(parents=True, exist_ok=True)
        made = grow(births, train)
        with tempfile.TemporaryDirectory() as place:
            for birth in shown:
                target = folder / f"{birth.name}.sketch"
                target.unlink(missing_ok=True)
                put(birth, made[birth.name], Path(place) / birth.name)
                take_sketch(open_model(Path(place) / birth.name), target, workers=1)
    return {
        birth.name: replace(read_sketch(folder / f"{birth.name}.sketch"), name=birth.name)
        for birth in shown
    }


def likenesses(births: Sequence[Birth], models: Mapping[str, Sketch]) -> list[Likeness]:
    """Every pair under every method, the smaller digest in the source's place, as in a survey."""
    asked = "\n".join(method.id for method in methods_for("weights"))
    path = _folder(births) / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.json"
    if path.exists():
        return [_read(row) for row in json.loads(path.read_text("utf-8"))]
    found = [
        outcome_of(one, other, seed=0).likeness
        for one, other in itertools.combinations(models.values(), 2)
    ]
    rows = [[x.a, x.b, x.log_p, x.cosines, x.units] for x in found]
    path.write_text(json.dumps(rows), encoding="utf-8")
    return found


def _read(row: list[object]) -> Likeness:
    a, b, log_p, cosines, units = row
    return Likeness(a=a, b=b, log_p=log_p, cosines=tuple(cosines), units=tuple(units))  # type: ignore[arg-type]


def _folder(births: Sequence[Birth]) -> Path:
    """Named after all that the models follow from."""
    base = os.environ.get("XDG_CACHE_HOME")
    said = repr((births, SHAPE, sorted(COURSES.items(), key=lambda x: x[0]), SketchMethod().id))
    name = hashlib.sha256(said.encode()).hexdigest()[:16]
    root = Path(base) if base else Path.home() / ".cache"
    return root / "filiation" / "histories" / name
