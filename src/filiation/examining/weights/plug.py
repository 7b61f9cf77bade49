"""What Filiation asks of weights, and how it reads them."""

import hashlib
import math
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.question import Pair, Question
from filiation.examining.weights.fitted import could_be_fitted
from filiation.examining.weights.power import measured_power, reckon_power
from filiation.examining.weights.relation import relate
from filiation.examining.words import kind_beside
from filiation.methods.weights.reordered import units_pair_up
from filiation.model.examination import Combined, Power, Support
from filiation.model.kinds import WEIGHTS
from filiation.model.material import Material
from filiation.model.relation import Relation
from filiation.model.sketch import Sketch
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["QUESTION", "READER", "weights_material"]

GUESSED: Final = (
    "its tensor names fit no known layout; the matrices that share a hidden axis were guessed from "
    "shapes, and norm gains were not folded in"
)


def _power(pair: Pair) -> Power:
    return reckon_power(pair.source, pair.subject, pair.plan, seed=pair.seed)


def _support(pair: Pair, combined: Combined, power: Power) -> Support:
    """Independence only where something would have been found, and no disguise is suspected."""
    plan = pair.plan
    if combined.log_p is None:
        return Support(toward="neither", reason="nothing-applied")
    if combined.log_p <= math.log(plan.level):
        return Support(toward="derivation", reason="level-met")
    if combined.log_p <= math.log(plan.clean_level):
        return Support(toward="neither", reason="between-levels")
    if units_pair_up(pair.source, pair.subject, seed=pair.seed):
        return Support(toward="neither", reason="disguise-suspected")
    if power.share is None or power.share > plan.power_share:
        return Support(toward="neither", reason="underpowered")
    return Support(toward="independence", reason="powered-and-clean")


def _relation(pair: Pair, support: Support) -> Relation:
    return relate(
        pair.source,
        pair.subject,
        pair.controls,
        supported=support.toward == "derivation",
        seed=pair.seed,
    )


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    if support.toward != "derivation":
        return ()
    fitted = could_be_fitted(pair.source, pair.subject, pair.names)
    return () if fitted is None else (fitted,)


def _taken(sketch: Sketch) -> str:
    return sketch.method.id


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="The weights of {subject} derive from those of {source}, or both descend "
    "from the same earlier weights or the same initial weights.",
    independence="The weights of {subject} and those of {source} were trained from "
    "independent random initialisations.",
    level=1e-6,
    taken=_taken,
    power=_power,
    support=_support,
    relation=_relation,
    notes=_notes,
    measured=measured_power,
)


def weights_material(sketch: Sketch) -> Material:
    """A sketch as a material, under its own name."""
    notes: tuple[str, ...] = (GUESSED,) if sketch.guessed else ()
    if sketch.token_absent is not None:
        notes += (f"no token frame: {sketch.token_absent}",)
    return Material(
        kind=WEIGHTS,
        name=sketch.name,
        digest=sketch.subject_digest,
        kept=sketch.digest,
        content=sketch,
        notes=notes,
    )


@final
class _Reader:
    """Checkpoints in any container, and sketches of them."""

    @property
    def suffix(self) -> str:
        return ".sketch"

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return True  # what no other kind knows is opened as weights, and told what is wrong with it

    def files(self, spec: str) -> Path:
        return Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        path = Path(spec)
        target = folder / f"{hashlib.sha256(os.fsencode(spec)).hexdigest()[:16]}.sketch"
        if is_sketch(path):
            given = read_sketch(path)
            shutil.copyfile(path, target)
            sketch = replace(read_sketch(target), name=given.name)
            return (Taken(material=weights_material(sketch), file=target),)
        view = open_model(path)
        size = sum(tensor.nbytes for tensor in view.tensors)
        done = 0

        def advanced(more: int) -> None:
            nonlocal done
            done += more
            advance(view.name, done, size)

        take_sketch(view, target, progress=advanced)
        sketch = replace(read_sketch(target), name=view.name)
        return (Taken(material=weights_material(sketch), file=target),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        sketch = read_sketch(file)
        for digest, name in wanted:
            if sketch.subject_digest != digest:
                raise CaseError(
                    f"{name}: the sketch kept of it is of {sketch.subject_digest[:12]}.., recorded "
                    f"is {digest[:12]}..; it was put in the place of another"
                )
        return tuple(weights_material(replace(sketch, name=name)) for _, name in wanted)


READER: Final = _Reader()
