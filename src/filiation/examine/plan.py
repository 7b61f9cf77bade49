"""Fix the plan: what is asked, of which models, by which methods, at which level."""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import rfc8785
from pydantic import TypeAdapter, ValidationError

from filiation.errors import CaseError, UsageError
from filiation.methods import methods_for
from filiation.model.exhibit import Exhibit
from filiation.model.plan import Plan, PlannedPopulation, PlannedSubject, Question

__all__ = ["fix_plan", "plan_bytes", "plan_digest", "read_plan_file"]

PLAN: Final = TypeAdapter(Plan)
WEIGHTS_LEVEL: Final = 1e-6
OUTPUTS_LEVEL: Final = 0.01  # controls number dozens: they cannot support a smaller one
LONGEST: Final = 1 << 20  # bytes of a plan file


def fix_plan(
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit],
    *,
    given: Mapping[str, Any] | None = None,
    seed: int | None = None,
    population: PlannedPopulation | None = None,
) -> Plan:
    """Make the plan for these exhibits, from defaults and what was given.

    Args:
        subject: Under examination.
        source: Claimed source.
        controls: Known to be independent of both.
        given: Fields of a plan file; those that name exhibits must agree with the exhibits.
        seed: Overrides the default; must agree with a given one.
        population: Where likelihood ratios will come from; must agree with a given one.

    Raises:
        UsageError: A field is unknown or out of range, or a method is not known.
        CaseError: The given plan names other exhibits, or another population.
    """
    exhibits = tuple(_planned("subject", subject) + _planned("source", source))
    exhibits += tuple(named for control in controls for named in _planned("control", control))
    sketch = source.sketch or subject.sketch
    weights = [method.id for method in methods_for("weights")] if sketch is not None else []
    outputs = (
        [method.id for method in methods_for("answers")]
        if source.recording or subject.recording
        else []
    )
    fields: dict[str, Any] = {
        "question": _question(subject.name, source.name, weights=sketch is not None),
        "methods": (*weights, *outputs),
        "sketch": sketch.method.id if sketch is not None else "none",
        "level": WEIGHTS_LEVEL if sketch is not None else OUTPUTS_LEVEL,
        "population": population,
        **(given or {}),
    }
    if fields.get("schema_version") == 1:
        del fields["population"]
    if seed is not None and fields.setdefault("seed", seed) != seed:
        raise UsageError(
            f"--seed is {seed}, the plan says {fields['seed']}; a plan that was fixed is not "
            "changed on the command line"
        )
    named = fields.pop("exhibits", None)
    plan = _checked({**fields, "exhibits": exhibits})
    if named is not None:
        _agree(_checked({**fields, "exhibits": named}), plan)
    if plan.population != population:
        raise CaseError(
            f"plan: likelihood ratios were to come from {_which(plan.population)}, given is "
            f"{_which(population)}; a population is not chosen after the plan"
        )
    known = {method.id for method in methods_for("weights")} | {
        method.id for method in methods_for("answers")
    }
    unknown = [name for name in plan.methods if name not in known]
    if unknown:
        raise UsageError(
            f"plan: method {unknown[0]} is not known; this version has {', '.join(sorted(known))}"
        )
    return plan


def plan_bytes(plan: Plan) -> bytes:
    """Canonical JSON (RFC 8785) of a plan, and a newline."""
    fields = PLAN.dump_python(plan, mode="json")
    if plan.schema_version == 1:
        del fields["population"]
    return rfc8785.dumps(fields) + b"\n"


def plan_digest(plan: Plan) -> str:
    """SHA-256 (hex) of the bytes that are written to plan.json."""
    return hashlib.sha256(plan_bytes(plan)).hexdigest()


def read_plan_file(path: Path) -> Mapping[str, Any]:
    """Read the fields of a plan from a .toml or .json file."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise UsageError(f"{path}: {len(raw)} bytes, a plan has at most {LONGEST}")
    try:
        text = raw.decode()
        fields = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path}: not a plan in JSON or TOML: {error}") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{path}: found {type(fields).__name__}, expected fields of a plan")
    return fields


def _which(population: PlannedPopulation | None) -> str:
    if population is None:
        return "no population"
    return f"{population.name!a:.60} ({population.digest[:12]}..)"


def _checked(fields: Mapping[str, Any]) -> Plan:
    try:
        return PLAN.validate_python(fields, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"plan: {where}: {first['msg']}; found {first['input']!r}") from error


def _agree(named: Plan, found: Plan) -> None:
    before = [(e.side, e.digest) for e in named.exhibits]
    now = [(e.side, e.digest) for e in found.exhibits]
    for (side, digest), (now_side, now_digest) in zip(before, now, strict=False):
        if (side, digest) != (now_side, now_digest):
            raise CaseError(
                f"plan: the {side} was fixed as {digest[:12]}.., the {now_side} given is "
                f"{now_digest[:12]}..; the plan was made for other exhibits"
            )
    if len(before) != len(now):
        raise CaseError(
            f"plan: names {len(before)} exhibits, {len(now)} were given; "
            "the plan was made for other exhibits"
        )


def _planned(
    side: Literal["subject", "source", "control"], exhibit: Exhibit
) -> list[PlannedSubject]:
    found = []
    if exhibit.sketch is not None:
        found.append(
            PlannedSubject(side=side, name=exhibit.name, digest=exhibit.sketch.subject_digest)
        )
    if exhibit.recording is not None:
        digest = exhibit.recording.digest
        found.append(PlannedSubject(side=side, name=exhibit.name, digest=digest, kind="recording"))
    return found


def _question(subject: str, source: str, *, weights: bool) -> Question:
    if weights:
        return Question(
            derivation=f"The weights of {subject} derive from those of {source}, or both descend "
            "from the same earlier weights or the same initial weights.",
            independence=f"The weights of {subject} and those of {source} were trained from "
            "independent random initialisations.",
        )
    return Question(
        derivation=f"What {subject} answers derives from {source}: from its weights, from its "
        "outputs, or from an origin that both share and the controls do not.",
        independence=f"{subject} and {source} have no more of an origin in common than either has "
        "with the controls.",
    )
