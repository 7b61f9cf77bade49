"""What Filiation asks of two adapters without their bases, and how it reads them."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filiation.examining.adapters.nearness import Nearness, nearness
from filiation.examining.kept import KeptReader
from filiation.examining.question import Pair, Question, Shown
from filiation.examining.words import kind_beside
from filiation.methods.adapters.rank_order import comparable
from filiation.model.adapter import AdapterSketch
from filiation.model.examination import Support
from filiation.model.kinds import ADAPTERS
from filiation.readers.reader import Advance
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


def _opened(spec: str, advance: Advance) -> AdapterSketch:
    return take_adapter_sketch(Path(spec))


READER: Final = KeptReader(
    kind=ADAPTERS,
    suffix=".adapter.gz",
    called="sketch of an adapter",
    knows=lambda spec: is_adapter(Path(spec)),
    opened=_opened,
    kept_bytes=adapter_bytes,
    read_kept=read_adapter_sketch,
)
