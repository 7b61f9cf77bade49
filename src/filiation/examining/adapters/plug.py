"""What Filiation asks of two adapters without their bases, and how it reads them."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.adapters.nearness import Nearness, nearness
from filiation.examining.question import Pair, Question, Shown
from filiation.examining.words import kind_beside
from filiation.methods.adapters.rank_order import comparable
from filiation.model.adapter import AdapterSketch
from filiation.model.examination import Support
from filiation.model.kinds import ADAPTERS
from filiation.model.material import Material
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation.readers.weights.adapters.alone import (
    adapter_bytes,
    is_adapter,
    read_adapter_sketch,
    take_adapter_sketch,
)

__all__ = ["QUESTION", "READER"]


def _support(pair: Pair, shown: Shown) -> Support:
    """A common seed leaves agreement in order; only trained factors that are equal say more."""
    log_p = shown.combined.log_p
    if log_p is None:
        return Support(toward="neither", reason="nothing-applied")
    if log_p > math.log(pair.plan.level):
        return Support(toward="neither", reason="absence-is-no-evidence")
    if nearness(comparable(pair.source, pair.subject)).equal:
        return Support(toward="derivation", reason="level-met")
    return Support(toward="neither", reason="random-stream")


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    return tuple(_told(pair.source, pair.subject, pair.names))


def _told(source: AdapterSketch, subject: AdapterSketch, names: tuple[str, str]) -> Iterator[str]:
    """What is told without a probability: bases, ranks, and how near the changes lie."""
    declared = [f"“{one.declared}”" if one.declared else "none" for one in (source, subject)]
    same = "the same" if source.declared and declared[0] == declared[1] else "not the same"
    yield (
        f"{names[0]} declares the base {declared[0]} and {names[1]} declares {declared[1]}, "
        f"{same}; adapters of one base are no relatives for that"
    )
    for name, one in zip(names, (source, subject), strict=True):
        ranks = sorted({module.rank for module in one.modules}) or [0]
        other = f"; {one.others} changes of another form were not compared" if one.others else ""
        yield (
            f"{name}: {len(one.modules)} modules, rank {ranks[0]}"
            f"{f' to {ranks[-1]}' if len(ranks) > 1 else ''}{other}"
        )
    near = nearness(comparable(source, subject))
    if near.modules:
        yield from _near(near)


def _near(near: Nearness) -> Iterator[str]:
    yield (
        f"of {near.modules} modules that both change at one rank, both factors are equal to the "
        f"last bit in {near.equal}, and the changes themselves point the same way up to rounding, "
        f"in whatever factors they are written, in {near.same}"
    )
    yield (
        f"mean squared cosine of the angles between the subspaces that both read: {near.down:.2f}; "
        f"that both write: {near.up:.2f}; by chance about {near.chance:.2f}; mean cosine of the "
        f"changes: {near.change:.2f}. No probability goes with these: a common base, data, purpose "
        "or seed moves them too"
    )


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="The factors of {subject} derive from those of {source}, or both come from one "
    "training.",
    independence="The factors of {subject} and those of {source} were trained from independent "
    "random factors.",
    level=1e-6,
    support=_support,
    notes=_notes,
)


@final
class _Reader:
    """Folders and files that hold an adapter and no base."""

    @property
    def suffix(self) -> str:
        return ".adapter.gz"

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return is_adapter(Path(spec))

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
        found = take_adapter_sketch(Path(spec))
        raw = adapter_bytes(found)
        kept = hashlib.sha256(raw).hexdigest()
        file = folder / f"{kept}{self.suffix}"
        file.write_bytes(raw)
        again = read_adapter_sketch(file, found.name)
        return (Taken(material=_material(again, kept), file=file),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        found = read_adapter_sketch(file, "")
        for digest, name in wanted:
            if found.digest != digest:
                raise CaseError(
                    f"{name}: what is kept of it is of {found.digest[:12]}.., recorded is "
                    f"{digest[:12]}..; it was put in the place of another"
                )
        return tuple(_material(replace(found, name=name), kept) for _, name in wanted)


def _material(found: AdapterSketch, kept: str) -> Material:
    return Material(kind=ADAPTERS, name=found.name, digest=found.digest, kept=kept, content=found)


READER: Final = _Reader()
