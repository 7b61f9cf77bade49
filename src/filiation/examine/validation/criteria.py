"""Acceptance criteria: read from a file that was fixed before the study, judged after it."""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from filiation.errors import UsageError
from filiation.examine.validation.figures import COMBINED, detections, regimes
from filiation.examine.validation.likelihoods import likelihoods, population_of
from filiation.model.study import Study
from filiation.model.validation import Criterion, Validation, Verdict

__all__ = ["DEFAULT", "read_criteria", "validate_study"]

DEFAULT: Final = Path(__file__).with_name("criteria.toml")

LONGEST: Final = 1 << 20
CRITERIA: Final = TypeAdapter(tuple[Criterion, ...])


def read_criteria(path: Path) -> tuple[tuple[Criterion, ...], str]:
    """Read the criteria and the SHA-256 (hex) of their file.

    Raises:
        UsageError: It cannot be read, is no TOML, names an unknown figure, or bounds nothing.
    """
    try:
        raw = path.read_bytes()[: LONGEST + 1]
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise UsageError(f"{path}: more than {LONGEST} bytes, expected a list of criteria")
    try:
        tables = tomllib.loads(raw.decode()).get("criterion", [])
        found = CRITERIA.validate_python(tuple(tables), extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: criterion {where}: {first['msg']}") from error
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path}: not criteria in TOML: {error}") from error
    idle = next((c.id for c in found if (c.most is None) == (c.least is None)), None)
    if idle is not None or not found:
        raise UsageError(f"{path}: {idle or 'no criterion'}: expected either `most` or `least`")
    return found, hashlib.sha256(raw).hexdigest()


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
        models=len(study.models),
        originals=sum(families == (name,) for name, _, families in study.models),
        left_out=study.left_out,
        verdicts=(),
        regimes=regimes(study),
        detections=detections(study),
        likelihoods=likelihoods(population_of(study)),
        planted=study.planted,
    )
    return replace(found, verdicts=tuple(_judged(found, criterion) for criterion in criteria))


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
    innocent = [r for r in found.regimes if r.innocent and r.regime.startswith(where)]
    match criterion.figure:
        case "alarms" | "bound":
            for regime in innocent:
                for alarm in regime.alarms:
                    if alarm.of and alarm.level == criterion.at:
                        rate = alarm.found / alarm.of
                        figure = rate if criterion.figure == "alarms" else alarm.bound
                        yield figure, f"{regime.regime}, {alarm.method}"
        case "null-distance":
            for regime in innocent:
                for null in regime.nulls:
                    yield null.distance, f"{regime.regime}, {null.method}"
        case "area":
            for regime in innocent:
                if regime.curve is not None:
                    yield regime.curve.area, regime.regime
        case "detection":
            for detection in found.detections:
                if detection.method == COMBINED and where in ("", detection.operation):
                    yield detection.found / detection.of, detection.operation
        case "cllr":
            for figures in found.likelihoods:
                if figures.method.startswith(where):
                    yield figures.cllr, figures.method
