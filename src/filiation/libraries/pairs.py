"""One pair of models: the same question and the same p, whoever asks, a search or a survey."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, final

from pydantic import TypeAdapter

from filiation.examining.pair import Compared, compare_weights
from filiation.libraries.stemma import Likeness
from filiation.methods.weights.apart import parts_beside
from filiation.model.finding import Absent, Finding
from filiation.model.sketch import Sketch
from filiation.model.survey import Pair
from filiation.sketching.sketch_file import read_sketch

__all__ = [
    "COMBINED",
    "OUTCOME",
    "PairOutcome",
    "compare_files",
    "compare_sketches",
    "open_sketch",
    "outcome_of",
]

COMBINED: Final = "combined/harmonic-mean/1"
TRACE: Final = "unit-trace/"
OPENED: Final = 64  # sketches that a process holds open, each with a file


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PairOutcome:
    """What all methods found for one pair.

    Attributes:
        pairs: One row per method that ended in a finding, and the combined one.
        absent: The others.
        likeness: How alike the units are, layer by layer, for the stemma.
    """

    pairs: tuple[Pair, ...]
    absent: tuple[Absent, ...]
    likeness: Likeness


OUTCOME: Final = TypeAdapter(PairOutcome)


def compare_sketches(
    one: Sketch, other: Sketch, *, seed: int, quick: bool = False
) -> tuple[Sketch, Sketch, Compared]:
    """Source, subject, and what every method says of them, or those of a quick look.

    The model with the smaller digest takes the source's place: the null permutes the source's
    units, and either may be chosen as long as the weights do not choose. One with towers takes the
    subject's place beside one without, since of a source the body alone is asked for.
    """
    source, subject = sorted((one, other), key=_place)
    return source, subject, compare_weights(source, subject, seed=seed, quick=quick)


def _place(sketch: Sketch) -> tuple[bool, str]:
    return bool(parts_beside(sketch)), sketch.subject_digest


def compare_files(one: tuple[str, str], other: tuple[str, str], seed: int) -> PairOutcome:
    """Compare two models, each by its name and the path of its sketch."""
    return outcome_of(open_sketch(*one), open_sketch(*other), seed=seed)


def outcome_of(one: Sketch, other: Sketch, *, seed: int) -> PairOutcome:
    """Compare two models: a row for each method, and how alike they are."""
    source, subject, compared = compare_sketches(one, other, seed=seed)
    rows = [_row(source.name, subject.name, finding) for finding in compared.findings]
    log_p = compared.combined.log_p
    if log_p is not None:
        rows.append(
            Pair(
                a=source.name, b=subject.name, method=COMBINED, kind="combined", log_p=log_p,
                z=None, observed=float(len(rows)), items=max(row.items for row in rows), rank=None,
            )
        )  # fmt: skip
    return PairOutcome(
        pairs=tuple(rows),
        absent=compared.absent,
        likeness=_likeness(source.name, subject.name, compared.findings, log_p),
    )


def _row(source: str, subject: str, finding: Finding) -> Pair:
    return Pair(
        a=source,
        b=subject,
        method=finding.method,
        kind=finding.null.kind,
        observed=finding.observed,
        z=None,
        log_p=finding.log_p,
        items=sum(layer.units for layer in finding.layers),
        rank=None,
    )


def _likeness(
    source: str, subject: str, findings: Sequence[Finding], log_p: float | None
) -> Likeness:
    """The mean cosines of the frame in which the two are most alike."""
    traces = [finding for finding in findings if finding.method.startswith(TRACE)]
    best = max(traces, key=lambda finding: finding.observed, default=None)
    layers = () if best is None else best.layers
    return Likeness(
        a=source,
        b=subject,
        log_p=log_p,
        cosines=tuple(layer.observed for layer in layers),
        units=tuple(layer.units for layer in layers),
    )


@lru_cache(maxsize=OPENED)
def open_sketch(name: str, path: str) -> Sketch:
    """Read a sketch, under the name that it has here; the last ones are kept open."""
    return replace(read_sketch(Path(path)), name=name)
