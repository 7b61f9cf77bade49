"""What Filiation asks of weights, and how it reads them."""

import hashlib
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.question import Pair, Question, Readied, Shown
from filiation.examining.weights.beside import met_beside, of_body, stacks_found, unmatched_note
from filiation.examining.weights.corroboration import (
    Corroboration,
    corroborated,
    order_alone_note,
    order_note,
    silent_note,
)
from filiation.examining.weights.merged import merged_notes
from filiation.examining.weights.part_only import part_relation, parts_only
from filiation.examining.weights.planting.cells import asked_of, planted_parts
from filiation.examining.weights.power import measured_power
from filiation.examining.weights.public import held_by
from filiation.examining.weights.quick import ASKED, looked_at, readied
from filiation.examining.weights.shared_stream import shared_stream
from filiation.examining.weights.unread import unread_note, unread_parts
from filiation.examining.words import kind_beside
from filiation.methods.weights.apart import body_alone
from filiation.methods.weights.exchangeable import order_of
from filiation.methods.weights.reordered import pairs_up_as_stored, warnings, what_pairs_up
from filiation.model.examination import Part, Support
from filiation.model.finding import Finding
from filiation.model.kinds import WEIGHTS
from filiation.model.material import Material
from filiation.model.relation import Relation
from filiation.model.sketch import Sketch
from filiation.model.stack_found import StackFound
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation.readers.remote.lying import lying
from filiation.readers.weights.declared import declared
from filiation.readers.weights.exhibited import open_exhibited
from filiation.readers.weights.whereabouts import archive_of, model_folder
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["QUESTION", "READER", "weights_material"]

UNTYPED: Final = {
    "order-could-be-chosen": "the order that met the level could have been chosen; what kind of "
    "relation it is was not typed",
    "silent-in-source": "what met the level does nothing in the source; what kind of relation it "
    "is was not typed",
    "random-stream": "one stream of random numbers explains what met the level; what kind of "
    "relation it is was not typed",
}
UNASKED: Final = "a quick look does not ask what kind of relation it is"
NONE_SEEN: Final = "no shared layer was found, and independence is not supported"
# Kinds that speak of all that both hold, or of nothing.
OF_ALL: Final = frozenset(
    {"unrelated", "unknown", "embeddings-only", "re-exported", "quantised", "includes"}
)
PART_READ: Final = "not all of both models was read, and of what was not nothing is known"
MOST_ASIDE: Final = 5  # tensors that a note names
GUESSED: Final = (
    "its tensor names fit no known layout; the matrices that share a hidden axis were guessed from "
    "shapes, and norm gains were not folded in"
)


def _readied(pair: Pair) -> Readied:
    return readied(of_body(pair))


def _parts(pair: Pair) -> tuple[Part, ...]:
    looked = looked_at(of_body(pair))
    return planted_parts(looked.source, looked.subject, pair.plan, seed=pair.seed)


def _support(pair: Pair, shown: Shown) -> Support:
    """Independence only where all that the plan names would have been seen, and nothing was."""
    pair, plan, log_p = of_body(pair), pair.plan, shown.combined.log_p
    if log_p is not None and log_p <= math.log(plan.level):
        return _level_met(pair, shown)
    if beside := met_beside(shown.stacks, plan.level):
        return _beside_alone(beside)
    if log_p is None:
        return Support(toward="neither", reason="nothing-applied")
    if log_p <= math.log(plan.clean_level) or met_beside(shown.stacks, plan.clean_level):
        return Support(toward="neither", reason="between-levels")
    if agreeing := _paired(pair):
        return Support(toward="neither", reason="disguise-suspected", of=agreeing)
    if plan.quick:
        return Support(toward="neither", reason="quick-look")
    if not shown.parts:
        return Support(toward="neither", reason="underpowered")
    if not all(part.reaches(plan.power_share) for part in shown.parts):
        return Support(toward="neither", reason="not-excluded")
    return Support(toward="independence", reason="powered-and-clean")


def _beside_alone(met: Sequence[StackFound]) -> Support:
    """Parts beside the body met the level, by more than an order or by an order alone."""
    shared = tuple(stack.id for stack in met if not stack.ordered)
    if not shared:
        return Support(toward="neither", reason="order-could-be-chosen")
    return Support(toward="neither", reason="part-only", of=shared)


def _paired(pair: Pair) -> tuple[str, ...]:
    """The components that agree in whatever order; a quick look sees them as they are stored."""
    look, looked = pairs_up_as_stored if pair.plan.quick else what_pairs_up, looked_at(pair)
    return look(looked.source, looked.subject, seed=pair.seed)


def _level_met(pair: Pair, shown: Shown) -> Support:
    """Derivation, unless something else than descent of the whole explains the agreement."""
    if (choice := _could_be_chosen(pair, shown)) is not None:
        return choice
    if shared_stream(pair.source, body_alone(pair.subject)) is not None:
        return Support(toward="neither", reason="random-stream")
    if parts := parts_only(pair.source, shown.findings, pair.plan.level):
        return Support(toward="neither", reason="part-only", of=parts)
    return Support(toward="derivation", reason="level-met")


def _could_be_chosen(pair: Pair, shown: Shown) -> Support | None:
    """Whether whoever holds the source could have made what met the level: an order, or values.

    Values he can have put where they do nothing; None if neither is so, or a date excludes it.
    """
    if pair.plan.source_dated is not None:
        return None
    found = _corroboration(pair, shown.findings)
    if found.carries:
        return None
    if found.idle_carries:
        return Support(toward="neither", reason="silent-in-source")
    return Support(toward="neither", reason="order-could-be-chosen")


def _corroboration(pair: Pair, findings: Sequence[Finding]) -> Corroboration:
    looked = looked_at(pair)
    return corroborated(
        looked.source, looked.subject, findings, level=pair.plan.level, seed=pair.seed
    )


def _relation(pair: Pair, support: Support) -> Relation:
    if pair.plan.quick:
        return Relation(kind="unknown", because=UNASKED)
    if support.reason in UNTYPED:
        return Relation(kind="unknown", because=UNTYPED[support.reason])
    found = _of_bodies(pair, supported=support.toward == "derivation")
    if support.reason == "part-only" and found.kind in ("unrelated", "unknown"):
        found = part_relation(body_alone(pair.source), support.of)
    if found.kind in OF_ALL and unread_parts((pair.source, pair.subject)):
        return Relation(kind="unknown", because=f"{found.because}; {PART_READ}")
    if found.kind == "unrelated" and support.toward != "independence":
        return replace(found, kind="unknown", because=NONE_SEEN)
    return found


def _of_bodies(pair: Pair, *, supported: bool) -> Relation:
    """The relation of the bodies; of all of the subject where its own body is not the one."""
    from filiation.examining.weights.relation import relate, same_tensors  # no quick look needs it

    sides = (pair.source, pair.subject), (body_alone(pair.source), body_alone(pair.subject))
    whole = same_tensors(*sides[0])
    if whole is not None:
        return whole
    found = relate(*sides[1], pair.controls, supported=supported, seed=pair.seed)
    if supported and found.kind in ("unknown", "unrelated") and sides[1][1] is not pair.subject:
        return relate(sides[1][0], pair.subject, pair.controls, supported=True, seed=pair.seed)
    return found


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    beside = (unmatched_note(pair),) if pair.source.towers or pair.subject.towers else ()
    notes = (*_unread(pair), *_left_out(pair), *_orders_alone(pair), *_idle(pair), *beside)
    pair = of_body(pair)
    if support.reason == "random-stream":
        return (*notes, shared_stream(pair.source, body_alone(pair.subject)) or "")
    if support.reason == "disguise-suspected":
        return (*notes, *warnings(pair.source, pair.subject, support.of, seed=pair.seed))
    if support.reason not in ("level-met", "order-could-be-chosen", "silent-in-source"):
        return notes
    found = _corroboration(pair, ())
    if support.reason == "silent-in-source":
        return (*notes, silent_note(found, pair.names))
    met = support.toward == "derivation"
    return (*notes, order_note(found, pair.plan.source_dated, pair.names, met=met))


def _unread(pair: Pair) -> Iterator[str]:
    """For each model, what of it was not read."""
    for name, sketch in zip(pair.names, (pair.source, pair.subject), strict=True):
        if said := unread_note(name, sketch):
            yield said


def _orders_alone(pair: Pair) -> Iterator[str]:
    """For each model, looked at alone, whether it lists its parts in a random order.

    Not in a quick look: its methods re-order neighbours only, and ask themselves what they need.
    """
    if pair.plan.quick:
        return
    for name, sketch in zip(pair.names, (pair.source, pair.subject), strict=True):
        if tests := order_of(sketch, seed=pair.seed):
            yield order_alone_note(name, tests)


def _left_out(pair: Pair) -> tuple[str, ...]:
    """What the plan does not ask about, though it could have been told."""
    known = asked_of(pair.source, pair.subject)
    named = pair.plan.components, pair.plan.alternatives
    left = [
        f"{word} {name}"
        for word, there, asked in zip(("component", "alternative"), known, named, strict=True)
        for name in there
        if name not in asked
    ]
    if not left:
        return ()
    return (f"the plan does not ask about {', '.join(left)}; nothing is said of it",)


def _idle(pair: Pair) -> Iterator[str]:
    """Which public components hold nothing of the source."""
    for name, component in pair.components:
        if not held_by(pair.source, ((name, component),)).tensors:
            yield (
                f"public component {name}: none of the source's large matrices holds its values; "
                "nothing was set aside for it"
            )


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
    asked=asked_of,
    parts=_parts,
    stacks=stacks_found,
    support=_support,
    relation=_relation,
    notes=_notes,
    measured=measured_power,
    readied=_readied,
    quick=ASKED,
)


def weights_material(sketch: Sketch) -> Material:
    """A sketch as a material, under its own name."""
    notes = tuple(note for one in sketch.merged for note in merged_notes(one))
    notes += (GUESSED,) if sketch.guessed else ()
    if sketch.token_absent is not None:
        notes += (f"no token frame: {sketch.token_absent}",)
    notes += tuple(_set_aside(sketch))
    return Material(
        kind=WEIGHTS,
        name=sketch.name,
        digest=sketch.subject_digest,
        kept=sketch.digest,
        content=sketch,
        notes=notes,
    )


def _set_aside(sketch: Sketch) -> Iterator[str]:
    """What stands in the files and counted for nothing."""
    for one in sketch.set_aside[:MOST_ASIDE]:
        yield f"set aside: {one.tensor}: {one.reason}"
    if len(sketch.set_aside) > MOST_ASIDE:
        more = len(sketch.set_aside) - MOST_ASIDE
        yield f"set aside: {more} tensors more; `filiation sketch` lists them"


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
        return archive_of(Path(spec)) or Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        with lying(spec) as at:
            taken = self._taken(spec, at.path, folder, advance)
            return (replace(taken, origin=at.origin()),)

    def _taken(self, spec: str, path: Path, folder: Path, advance: Advance) -> Taken:
        target = folder / f"{hashlib.sha256(os.fsencode(spec)).hexdigest()[:16]}.sketch"
        if is_sketch(path):
            given = read_sketch(path)
            shutil.copyfile(path, target)
            sketch = replace(read_sketch(target), name=given.name)
            return Taken(material=weights_material(sketch), file=target)
        view = open_exhibited(path)
        size = sum(tensor.nbytes for tensor in view.tensors)
        done = 0

        def advanced(more: int) -> None:
            nonlocal done
            done += more
            advance(view.name, done, size)

        take_sketch(view, target, progress=advanced)
        material = weights_material(replace(read_sketch(target), name=view.name))
        # Not of BASE+ADAPTER or an archive, nor of what stands in for a model on another machine.
        if path == Path(spec) and path.exists() and archive_of(path) is None:
            material = replace(material, declared=declared(model_folder(path)))
        return Taken(material=material, file=target)

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
