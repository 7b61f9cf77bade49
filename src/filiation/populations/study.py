"""Run every method over the pairs of a population whose ancestry is known.

Each pair is examined once. Where one model descends from the other, the ancestor takes the source's
place, as in a case; else the model with the smaller digest does, which the weights do not choose.
"""

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias, final

from pydantic import TypeAdapter

from filiation import __version__
from filiation.errors import PopulationError
from filiation.examining.answers import plug as answers
from filiation.examining.pair import compare_weights
from filiation.examining.weights import plug as weights
from filiation.examining.weights.relation import relate
from filiation.libraries.executor import Executor, InProcess
from filiation.libraries.journal import Journal
from filiation.libraries.kept import run_kept
from filiation.methods import methods_for
from filiation.methods.comparable import comparable
from filiation.model.ancestry import Ancestry, Kinship, Origin
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch
from filiation.model.study import Outcome, Planted, Row, Study, StudyPlan
from filiation.numerics.rng import stream
from filiation.populations.answers import RecordedAnswers, outputs_of
from filiation.populations.planting import COSINES, SHARES, plan_planting, planted_found
from filiation.sketching.sketch_file import read_sketch

__all__ = ["OUTCOME", "run_study"]

OUTCOME: Final[TypeAdapter[Row | bool]] = TypeAdapter(Row | bool)
WEIGHTS_LEVEL: Final = weights.QUESTION.level
OUTPUTS_LEVEL: Final = answers.QUESTION.level
WEIGHTS_IDS: Final = tuple(method.id for method in methods_for("weights"))
OUTPUTS_IDS: Final = tuple(method.id for method in methods_for("answers"))
Step: TypeAlias = Callable[[int, int], None]


def run_study(
    name: str,
    ancestry: Ancestry,
    sketches: dict[str, Path],
    *,
    recordings: Path | None = None,
    plan: StudyPlan | None = None,
    most: int | None = None,
    executor: Executor | None = None,
    journal: Callable[[str], Journal[Row | bool]] | None = None,
    step: Step = lambda done, of: None,
) -> Study:
    """Examine the pairs of a population.

    Args:
        name: What the population is called.
        ancestry: How each of its models was made.
        sketches: Sketch file by name of model; of those that are there.
        recordings: Folder of recorded answers; a recording is of the model of its name.
        plan: As fixed before; the default if not given.
        most: Pairs of independent models to examine at most, drawn by the seed; all pairs of
            relatives and all pairs of originals are examined in any case. None: every pair.
        executor: Where pairs are compared; the outcome does not depend on it.
        journal: Opens the journal of this study, given its key.
        step: Told (tasks done, of all).

    Raises:
        PopulationError: Two models are the same, and the plan refuses that; or fewer than two.
    """
    plan = plan or StudyPlan()
    design = _design(name, ancestry, sketches, recordings, plan, most)
    tasks = _tasks(design, ancestry, sketches, plan.seed)
    kept = None if journal is None else journal(_key(design.digests, tasks, plan.seed))
    outcomes = run_kept(_one, tasks, executor or InProcess(), kept, step)
    return _study(name, ancestry, design, plan.seed, outcomes)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    """What is compared, decided before anything is.

    Attributes:
        digests: Digest of each model's weights, of those that take part.
        pairs: The pairs that are examined, the source first.
        planting: Source, subject, share and cosine of every planted model.
        answers: The recordings, if there are any.
        drawn: The pairs whose recorded answers are compared.
        left_out: What is not compared, and why.
    """

    digests: dict[str, str]
    pairs: Sequence[tuple[str, str]]
    planting: Sequence[tuple[str, str, float, float]]
    answers: RecordedAnswers | None
    drawn: frozenset[tuple[str, str]]
    left_out: str


def _design(
    name: str,
    ancestry: Ancestry,
    sketches: dict[str, Path],
    recordings: Path | None,
    plan: StudyPlan,
    most: int | None,
) -> _Design:
    missing = [origin.name for origin in ancestry.models if origin.name not in sketches]
    digests = {model: _opened(str(path)).subject_digest for model, path in sketches.items()}
    same = _same(digests, plan)
    digests = {model: digest for model, digest in digests.items() if model not in same}
    if len(digests) < 2:
        raise PopulationError(f"{name}: {len(digests)} models, expected at least two")
    pairs, not_drawn = _choose(ancestry, digests, plan.seed, most)
    planting = plan_planting(ancestry, frozenset(digests), plan.seed, plan.planted)
    answers = (
        None if recordings is None else RecordedAnswers.of(recordings, ancestry, digests, plan)
    )
    drawn, undrawn = _drawn(ancestry, pairs, plan) if answers else (frozenset(), "")
    left_out = " ".join(part for part in (_absent(missing, same), not_drawn, undrawn) if part)
    return _Design(
        digests=digests,
        pairs=pairs,
        planting=planting,
        answers=answers,
        drawn=drawn,
        left_out=left_out,
    )


def _tasks(
    design: _Design, ancestry: Ancestry, sketches: dict[str, Path], seed: int
) -> list[tuple[Any, ...]]:
    """A task for each pair, then one for each planted model: a function and its arguments."""
    pairs = [
        (_pair, str(sketches[a]), str(sketches[b]), a, b, ancestry.kinship(a, b),
         ancestry.by_name[b], design.answers, (a, b) in design.drawn, seed)
        for a, b in design.pairs
    ]  # fmt: skip
    planted = [
        (planted_found, str(sketches[a]), str(sketches[b]), share, cosine, seed, WEIGHTS_LEVEL)
        for a, b, share, cosine in design.planting
    ]
    return [*pairs, *planted]


def _study(
    name: str, ancestry: Ancestry, design: _Design, seed: int, outcomes: Sequence[Row | bool]
) -> Study:
    answers, pairs = design.answers, len(design.pairs)
    rows = [row for row in outcomes[:pairs] if isinstance(row, Row)]
    return Study(
        population=name,
        digest=_digest(ancestry, design.digests),
        date=datetime.now(UTC).date().isoformat(),
        tool=f"filiation {__version__}",
        seed=seed,
        level=WEIGHTS_LEVEL,
        outputs_level=OUTPUTS_LEVEL,
        methods=(*WEIGHTS_IDS, *(answers.methods if answers else ())),
        outputs=answers.methods if answers else (),
        recorded=tuple(sorted(answers.recorded.items())) if answers else (),
        models=tuple(
            (model, digest, ancestry.families(model))
            for model, digest in sorted(design.digests.items())
        ),
        rows=tuple(sorted(rows, key=lambda row: (row.source, row.subject))),
        left_out=design.left_out,
        planted=_planted(design.planting, outcomes[pairs:]),
    )


def _one(function: Callable[..., Row | bool], *rest: Any) -> Row | bool:
    return function(*rest)


def _pair(
    source_path: str,
    subject_path: str,
    source: str,
    subject: str,
    kinship: Kinship,
    child: Origin,
    answers: RecordedAnswers | None,
    drawn: bool,
    seed: int,
) -> Row:
    first, second = _opened(source_path), _opened(subject_path)
    compared = compare_weights(first, second, seed=seed)
    found = {finding.method: _found(finding) for finding in compared.findings}
    found |= {
        absent.method: Outcome(method=absent.method, log_p=None, absent=absent.kind)
        for absent in compared.absent
    }
    said, together = _answers(answers, source, subject, drawn, seed)
    taught = kinship.regime == "student and teacher" and source in child.parents
    log_p = compared.combined.log_p
    supported = log_p is not None and log_p <= math.log(WEIGHTS_LEVEL)
    kind = relate(first, second, supported=True, seed=seed).kind if supported else ""
    return Row(
        source=source,
        subject=subject,
        regime=kinship.regime,
        operation=child.operation if taught or kinship.regime == "parent and child" else "",
        related=kinship.weights,
        initial=kinship.initial,
        outputs=kinship.outputs,
        outcomes=(*(found[method.id] for method in methods_for("weights")), *said),
        combined=log_p,
        kind=kind,
        heard=together,
    )


def _answers(
    answers: RecordedAnswers | None, source: str, subject: str, drawn: bool, seed: int
) -> tuple[tuple[Outcome, ...], float | None]:
    if answers is None:
        return (), None
    if drawn:
        return outputs_of(answers, source, subject, seed)
    return tuple(Outcome(method=m, log_p=None, absent="not drawn") for m in answers.methods), None


def _found(finding: Finding) -> Outcome:
    return Outcome(method=finding.method, log_p=finding.log_p, value=comparable(finding))


def _choose(
    ancestry: Ancestry, digests: dict[str, str], seed: int, most: int | None
) -> tuple[list[tuple[str, str]], str]:
    """Which pairs are examined, each with the source first; and what was left out."""
    kept: list[tuple[str, str]] = []
    open_pairs: list[tuple[str, str]] = []
    for a, b in itertools.combinations(sorted(digests), 2):
        kinship = ancestry.kinship(a, b)
        first = kinship.ancestor or _teacher(ancestry, a, b) or min(a, b, key=digests.__getitem__)
        pair = (first, b if first == a else a)
        originals = not (ancestry.by_name[a].parents or ancestry.by_name[b].parents)
        (kept if kinship.outputs or originals or most is None else open_pairs).append(pair)
    if most is None or len(open_pairs) <= most:
        return kept + open_pairs, ""
    chosen = stream(seed, "validation", "pairs").choice(len(open_pairs), size=most, replace=False)
    return kept + [open_pairs[i] for i in sorted(chosen.tolist())], (
        f"of {len(open_pairs):,} pairs of independent models of which at least one was made from "
        f"another, {most:,} were drawn by the seed; every pair of relatives and every pair of "
        "originals was examined."
    )


def _drawn(
    ancestry: Ancestry, pairs: Sequence[tuple[str, str]], plan: StudyPlan
) -> tuple[frozenset[tuple[str, str]], str]:
    """The pairs whose answers are compared, and what is said of the others."""
    of: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(pairs):
        kinship = ancestry.kinship(*pair)
        of.setdefault("" if kinship.outputs else kinship.regime, []).append(pair)
    drawn = of.pop("", [])
    said = []
    for regime, strangers in sorted(of.items()):
        if len(strangers) > plan.answers:
            said.append(f"{plan.answers:,} of {len(strangers):,} ({regime})")
            order = stream(plan.seed, "validation", "answers", regime).permutation(len(strangers))
            strangers = [strangers[place] for place in order[: plan.answers].tolist()]
        drawn += strangers
    return frozenset(drawn), (
        f"Recorded answers were compared for {', '.join(said)} pairs of independent models, drawn "
        "by the seed, and for every other pair."
        if said
        else ""
    )


def _teacher(ancestry: Ancestry, a: str, b: str) -> str | None:
    for first, second in ((a, b), (b, a)):
        if first in ancestry.ancestors(second, weights=False):
            return first
    return None


def _planted(
    planting: Sequence[tuple[str, str, float, float]], outcomes: Sequence[Row | bool]
) -> tuple[Planted, ...]:
    return tuple(
        Planted(
            share=share,
            cosine=cosine,
            found=sum(bool(o) for p, o in zip(planting, outcomes, strict=True) if p[2:] == cell),
            trials=sum(p[2:] == cell for p in planting),
        )
        for cell in itertools.product(SHARES, COSINES)
        for share, cosine in [cell]
        if planting
    )


def _same(digests: dict[str, str], plan: StudyPlan) -> dict[str, str]:
    """Models to leave out because another has the same digest, and which other."""
    seen: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, digest in sorted(digests.items()):
        other = seen.setdefault(digest, name)
        if other == name:
            continue
        if plan.same == "refuse":
            raise PopulationError(
                f"{other} and {name} are the same model ({digest[:12]}..) under two names; "
                "duplicates would inflate every figure. Take one of them out, or let the plan say "
                '`same = "leave out"`'
            )
        found[name] = other
    return found


def _absent(missing: Sequence[str], same: dict[str, str]) -> str:
    said = []
    if missing:
        said.append(f"described but not there, and left out: {', '.join(missing)}.")
    said += [
        f"{name} is the same model as {other} and was left out." for name, other in same.items()
    ]
    return " ".join(said)


def _digest(ancestry: Ancestry, digests: dict[str, str]) -> str:
    """SHA-256 of who is in it and how they were made."""
    described = [
        [o.name, digests[o.name], o.architecture, o.shape, o.tokenizer, list(o.data),
         list(o.parents), o.operation, o.weights_shared, o.init_seed, o.repeats]
        for o in sorted(ancestry.models, key=lambda o: o.name)
        if o.name in digests
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def _key(digests: dict[str, str], tasks: Sequence[tuple[Any, ...]], seed: int) -> str:
    asked = [[task[0].__name__, *map(str, task[3:])] for task in tasks]
    described = [sorted(digests.items()), WEIGHTS_IDS, OUTPUTS_IDS, asked, seed, __version__]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


@lru_cache(maxsize=256)
def _opened(path: str) -> Sketch:
    return read_sketch(Path(path))
