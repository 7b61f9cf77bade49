"""Put the question to every pair of a population of checkpoints, and draw their stemma."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias, final

from pydantic import TypeAdapter

from filiation.errors import UsageError
from filiation.examining.pair import compare_weights
from filiation.libraries.executor import Executor, InProcess
from filiation.libraries.journal import Journal
from filiation.libraries.kept import run_kept
from filiation.libraries.stemma import Likeness, draw_up
from filiation.methods import methods_for
from filiation.model.finding import Absent, Finding
from filiation.model.sketch import Sketch
from filiation.model.survey import Pair, Survey
from filiation.sketching.sketch_file import read_sketch

__all__ = ["COMBINED", "OUTCOME", "PairOutcome", "compared", "survey_weights"]

COMBINED: Final = "combined/harmonic-mean/1"
TRACE: Final = "unit-trace/"
Step: TypeAlias = Callable[[int, int], None]


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


def survey_weights(
    sketches: Sequence[tuple[str, Path]],
    *,
    seed: int,
    executor: Executor | None = None,
    journal: Callable[[str], Journal[PairOutcome]] | None = None,
    step: Step = lambda done, of: None,
) -> Survey:
    """Compare all pairs under every method for weights.

    Of each pair the model with the smaller digest takes the source's place: the null permutes the
    source's units, and either may be chosen as long as the weights do not choose.

    Args:
        sketches: (name, sketch file) of each model.
        seed: Seed of every random stream.
        executor: Where pairs are compared; the bytes of the outcome do not depend on it.
        journal: Opens the journal of this survey, given its key; without, nothing is kept.
        step: Told (pairs done, of all).

    Raises:
        UsageError: Fewer than two models, or two of one name.
    """
    models = {name: _opened(path, name) for name, path in sketches}
    _refuse_repeats([name for name, _ in sketches])
    tasks = _tasks(sketches, models, seed)
    kept = None if journal is None else journal(_key(models, seed))
    outcomes = run_kept(_one, tasks, executor or InProcess(), kept, step)
    return Survey(
        models=tuple(models),
        pairs=_sorted(pair for outcome in outcomes for pair in outcome.pairs),
        absent=tuple(absent for outcome in outcomes for absent in outcome.absent),
        stemma=draw_up(models, [outcome.likeness for outcome in outcomes], seed=seed),
    )


def _tasks(
    sketches: Sequence[tuple[str, Path]], models: dict[str, Sketch], seed: int
) -> list[tuple[Any, ...]]:
    found = []
    for i, one in enumerate(sketches):
        for other in sketches[i + 1 :]:
            first, second = sorted((one, other), key=lambda m: (models[m[0]].subject_digest, m[0]))
            found.append((first[0], str(first[1]), second[0], str(second[1]), seed))
    return found


def _one(source: str, source_path: str, subject: str, subject_path: str, seed: int) -> PairOutcome:
    return compared(
        _opened(Path(source_path), source), _opened(Path(subject_path), subject), seed=seed
    )


def compared(source: Sketch, subject: Sketch, *, seed: int) -> PairOutcome:
    """Put the question to one pair under every method for weights."""
    outcome = compare_weights(source, subject, seed=seed)
    rows = [_row(source.name, subject.name, finding) for finding in outcome.findings]
    log_p = outcome.combined.log_p
    if log_p is not None:
        rows.append(
            Pair(
                a=source.name, b=subject.name, method=COMBINED, kind="combined", log_p=log_p,
                z=None, observed=float(len(rows)), items=max(row.items for row in rows), rank=None,
            )
        )  # fmt: skip
    return PairOutcome(
        pairs=tuple(rows),
        absent=outcome.absent,
        likeness=_likeness(source.name, subject.name, outcome.findings, log_p),
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


@lru_cache(maxsize=256)
def _opened(path: Path, name: str) -> Sketch:
    return replace(read_sketch(path), name=name)


def _refuse_repeats(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise UsageError(f"a survey needs at least two models, found {len(names)}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice}: named {names.count(twice)} times; pairs would be unclear")


def _key(models: dict[str, Sketch], seed: int) -> str:
    """SHA-256 of all that the outcomes follow from."""
    described = [
        [(name, sketch.digest) for name, sketch in models.items()],
        [method.id for method in methods_for("weights")],
        seed,
    ]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def _sorted(pairs: Any) -> tuple[Pair, ...]:
    order = {method.id: place for place, method in enumerate(methods_for("weights"))}
    return tuple(
        sorted(pairs, key=lambda p: (order.get(p.method, -1), p.log_p, -p.observed, p.a, p.b))
    )
