"""Acceptance criteria: read from a file that was fixed before the study, judged after it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from filiation.errors import UsageError
from filiation.methods import methods_for
from filiation.model.study import Study, StudyPlan
from filiation.model.toml_text import toml_of
from filiation.model.validation import Criterion, Detection, RegimeFigures, Validation, Verdict
from filiation.populations.figures import COMBINED, RECORDED, TAUGHT, detections, regimes
from filiation.populations.likelihoods import likelihoods, population_of

__all__ = ["DEFAULT", "read_criteria", "read_study_plan", "validate_study"]

DEFAULT: Final = Path(__file__).with_name("criteria.toml")
LONGEST: Final = 1 << 20
CRITERIA: Final = TypeAdapter(tuple[Criterion, ...])
INITIAL: Final = "shared-initialisation"
TRAINED: Final = ("parent and child", "ancestor", "one ancestor")
PLAN: Final = TypeAdapter(StudyPlan)


def read_criteria(path: Path) -> tuple[tuple[Criterion, ...], str]:
    """Read the criteria and the SHA-256 (hex) of their file.

    Raises:
        UsageError: It cannot be read, is no TOML, names an unknown figure, or bounds nothing.
    """
    found, raw = _tables(path)
    tables = found.get("criterion", [])
    try:
        criteria = CRITERIA.validate_python(
            tuple(tables) if isinstance(tables, list) else tables, extra="forbid"
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: criterion {where}: {first['msg']}") from error
    idle = next((c.id for c in criteria if (c.most is None) == (c.least is None)), None)
    if idle is not None or not criteria:
        raise UsageError(f"{path}: {idle or 'no criterion'}: expected either `most` or `least`")
    twice = next((c.id for c in criteria if sum(c.id == d.id for d in criteria) > 1), None)
    if twice is not None:
        raise UsageError(f"{path}: criterion {twice} stands there twice, expected once")
    return criteria, hashlib.sha256(raw).hexdigest()


def read_study_plan(path: Path) -> StudyPlan:
    """Read the table `plan` of the same file; what it does not say is as `StudyPlan` says.

    Raises:
        UsageError: It cannot be read, is no TOML, or says something else.
    """
    found, _ = _tables(path)
    try:
        return PLAN.validate_python(found.get("plan", {}), extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: plan {where}: {first['msg']}") from error


def _tables(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise UsageError(f"{path}: more than {LONGEST} bytes, expected a list of criteria")
    try:
        return toml_of(raw.decode()), raw
    except ValueError as error:
        raise UsageError(f"{path}: not criteria in TOML: {error}") from error


def validate_study(study: Study, criteria: Sequence[Criterion], digest: str) -> Validation:
    """Reckon all figures of a study and judge the criteria."""
    found = Validation(
        population=study.population,
        digest=study.digest,
        criteria_digest=digest,
        date=study.date,
        tool=study.tool,
        seed=study.seed,
        level=study.level,
        methods=study.methods,
        outputs=study.outputs,
        not_examined=tuple(m.id for m in methods_for("answers") if m.id not in study.methods),
        outputs_level=study.outputs_level,
        pairs=len(study.rows),
        models=len(study.models),
        originals=sum(families == (name,) for name, _, families in study.models),
        left_out=study.left_out,
        verdicts=(),
        failed=(),
        regimes=regimes(study),
        detections=detections(study),
        likelihoods=likelihoods(population_of(study)),
        planted=study.planted,
    )
    verdicts = tuple(_judged(found, criterion) for criterion in criteria)
    failed = tuple(verdict.criterion.id for verdict in verdicts if verdict.passed is False)
    return replace(found, verdicts=verdicts, failed=failed)


def _judged(found: Validation, criterion: Criterion) -> Verdict:
    figures = list(_figures(found, criterion))
    if not figures:
        return Verdict(criterion=criterion, figure=None, of="", passed=None)
    worst = max if criterion.most is not None else min
    figure, of = worst(figures)
    passed = (
        figure <= criterion.most
        if criterion.most is not None
        else (criterion.least is not None and figure >= criterion.least)
    )
    return Verdict(criterion=criterion, figure=float(figure), of=of, passed=bool(passed))


def _figures(found: Validation, criterion: Criterion) -> Iterator[tuple[float, str]]:
    """The figures that a criterion speaks of, and where each is from."""
    where = criterion.where
    innocent = [r for r in found.regimes if r.innocent and where in ("", r.regime)]
    match criterion.figure:
        case "alarms" | "bound" | "bound-disjoint":
            yield from _rates(found, innocent, criterion)
        case "null-distance":
            for regime in innocent:
                for null in regime.nulls:
                    if null.pairs < criterion.fewest or not _meant(found, criterion, null.method):
                        continue
                    yield null.distance, f"{regime.regime}, {null.method}"
        case "area":
            for regime in innocent:
                if regime.curve is not None:
                    yield regime.curve.area, regime.regime
        case "detection":
            for detection in found.detections:
                if _detects(found, criterion, detection):
                    yield detection.found / detection.of, detection.operation
        case "cllr":
            for figures in found.likelihoods:
                if figures.method.startswith(where) and _meant(found, criterion, figures.method):
                    yield figures.cllr, f"{figures.regime}, {figures.method}"
        case "power":
            for cell in found.planted:
                named = f"share {cell.share:g}, cosine {cell.cosine:g}"
                if where in ("", named):
                    yield cell.found / cell.trials, named
        case "called-trained" | "called-initial":
            yield from _called(found, criterion)


def _meant(found: Validation, criterion: Criterion, method: str) -> bool:
    """Whether a criterion speaks of this method."""
    outputs = method == RECORDED or method in found.outputs
    return (criterion.channel == "outputs") == outputs and method.startswith(criterion.method)


def _detects(found: Validation, criterion: Criterion, detection: Detection) -> bool:
    """Whether a criterion speaks of this figure: of all methods together, unless it names one."""
    together = COMBINED if criterion.channel == "weights" else RECORDED
    meant = detection.method == together if not criterion.method else True
    return (
        meant
        and _meant(found, criterion, detection.method)
        and criterion.where in ("", detection.operation)
    )


def _rates(
    found: Validation, regimes: Sequence[RegimeFigures], criterion: Criterion
) -> Iterator[tuple[float, str]]:
    for regime in regimes:
        if regime.regime == TAUGHT and criterion.channel == "outputs":
            continue  # what one says comes from the other
        for alarm in (a for a in regime.alarms if _meant(found, criterion, a.method)):
            if alarm.of >= criterion.fewest and alarm.level == criterion.at:
                figure = {
                    "alarms": alarm.found / alarm.of,
                    "bound": alarm.bound,
                    "bound-disjoint": alarm.bound_disjoint,
                }[criterion.figure]
                yield figure, f"{regime.regime}, {alarm.method}"


def _called(found: Validation, criterion: Criterion) -> Iterator[tuple[float, str]]:
    """Of the pairs of a regime that were typed, the share that were typed so."""
    for regime in found.regimes:
        typed = sum(count for _, count in regime.kinds)
        by_default = TRAINED if criterion.where == "" else (criterion.where,)
        if regime.regime in by_default and typed:
            initial = dict(regime.kinds).get(INITIAL, 0)
            unknown = dict(regime.kinds).get("unknown", 0)
            count = initial if criterion.figure == "called-initial" else typed - initial - unknown
            yield count / typed, regime.regime
