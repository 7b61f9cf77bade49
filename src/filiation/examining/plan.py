"""Fix the plan: what is asked, of which models, by which methods, at which level."""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from filiation.errors import CaseError, UsageError
from filiation.examining.kinds import Plug, plugs
from filiation.examining.question import propositions
from filiation.methods import all_methods, methods_for
from filiation.model.exhibit import Exhibit
from filiation.model.plan import Plan, PlannedPopulation, PlannedSubject
from filiation.model.subject import Side

__all__ = ["agree", "fix_plan", "plan_bytes", "plan_digest", "plan_from_bytes", "read_plan_file"]

PLAN: Final = TypeAdapter(Plan)
LONGEST: Final = 1 << 20  # bytes of a plan file
SCHEMA: Final = 3


def fix_plan(
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit] = (),
    given: Mapping[str, Any] | None = None,
    seed: int | None = None,
    population: PlannedPopulation | None = None,
) -> Plan:
    """Make the plan for these exhibits, from defaults and what was given.

    One question is asked of each kind of material that both sides exhibited.

    Args:
        subject: Under examination.
        source: Claimed source.
        controls: Known to be independent of both.
        given: Fields of a plan file: of the plan, and a table of those of each question by its
            kind, or `questions` as a plan's own file has them. Exhibits must agree.
        seed: Overrides the default; must agree with a given one.
        population: Where likelihood ratios will come from; must agree with a given one.

    Raises:
        UsageError: The sides have no kind of material in common; a field is unknown or out of
            range; or a method is not known.
        CaseError: The given plan names other exhibits, or another population.
    """
    fields = _current(given or {})
    asked = _questions(fields, subject, source)
    _same_seed(fields, seed)
    named = fields.pop("exhibits", None)
    fields = {"population": population, **fields, "questions": asked}
    if named is not None:
        before = _checked({**fields, "exhibits": named})
        agree(before, subject=subject, source=source, controls=controls)
    exhibits = _planned(subject=subject, source=source, controls=controls)
    plan = _checked({**fields, "exhibits": exhibits})
    _same_population(plan, population)
    _known(plan)
    return plan


def _same_seed(fields: dict[str, Any], seed: int | None) -> None:
    """Put the seed in where the plan has none."""
    if seed is not None and fields.setdefault("seed", seed) != seed:
        raise UsageError(
            f"--seed is {seed}, the plan says {fields['seed']}; a plan that was fixed is not "
            "changed on the command line"
        )


def _same_population(plan: Plan, population: PlannedPopulation | None) -> None:
    if plan.population != population:
        raise CaseError(
            f"plan: likelihood ratios were to come from {_which(plan.population)}, given is "
            f"{_which(population)}; a population is not chosen after the plan"
        )


def agree(
    plan: Plan, *, subject: Exhibit, source: Exhibit, controls: Sequence[Exhibit] = ()
) -> None:
    """Refuse exhibits that are not those of the plan, side by side and digest by digest.

    Raises:
        CaseError: The plan was made for other exhibits, or for these on other sides.
    """
    given = _planned(subject=subject, source=source, controls=controls)
    now = tuple((exhibit.side, exhibit.kind, exhibit.digest) for exhibit in given)
    for (side, _, digest), (now_side, _, now_digest) in zip(plan.digests(), now, strict=False):
        if (side, digest) != (now_side, now_digest):
            raise CaseError(
                f"plan: the {side} was fixed as {digest[:12]}.., the {now_side} given is "
                f"{now_digest[:12]}..; the plan was made for other exhibits"
            )
    if plan.digests() != now:
        raise CaseError(
            f"plan: names {len(plan.exhibits)} exhibits, {len(now)} were given; "
            "the plan was made for other exhibits"
        )


def plan_bytes(plan: Plan) -> bytes:
    """Canonical JSON (RFC 8785) of a plan, and a newline.

    Raises:
        UsageError: A text in it is no Unicode.
    """
    try:
        return rfc8785.dumps(PLAN.dump_python(plan, mode="json")) + b"\n"
    except (rfc8785.CanonicalizationError, PydanticSerializationError) as error:
        raise UsageError(
            f"plan: a name or a proposition cannot be written down: {error}; expected Unicode text"
        ) from error


def plan_digest(plan: Plan) -> str:
    """SHA-256 (hex) of the bytes that are written to plan.json."""
    return hashlib.sha256(plan_bytes(plan)).hexdigest()


def plan_from_bytes(raw: bytes, what: str) -> Plan:
    """A plan that was written down.

    Raises:
        CaseError: Not a plan of this schema.
    """
    try:
        return PLAN.validate_json(raw, extra="forbid")
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise CaseError(f"{what}: not a plan of this version: {said}; it was altered") from error


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


def _current(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a plan of this schema."""
    schema = given.get("schema_version", SCHEMA)
    if schema != SCHEMA:
        raise UsageError(
            f"plan: schema_version is {schema!r}, expected {SCHEMA}; plans of schema 1 and 2 asked "
            "one question of weights and answers together, and are not read by this version"
        )
    return dict(given)


def _questions(
    fields: dict[str, Any], subject: Exhibit, source: Exhibit
) -> tuple[dict[str, Any], ...]:
    """Fields of each question: defaults of its kind, and what was given for it."""
    own = _given(fields)
    common = [p for p in plugs() if p.kind.id in subject.kinds and p.kind.id in source.kinds]
    if not common:
        raise UsageError(
            f"{subject.name}: {', '.join(subject.kinds)} were exhibited, and of {source.name} "
            f"{', '.join(source.kinds)}; expected a kind of material that both have, since only "
            "like is compared with like"
        )
    strange = own.keys() - {plug.kind.id for plug in common}
    if strange:
        raise UsageError(
            f"plan: asks about {', '.join(sorted(strange))}, of which both sides exhibited "
            f"nothing; they have {', '.join(plug.kind.id for plug in common)}"
        )
    asked = [plug for plug in common if not fields.get("questions") or plug.kind.id in own]
    fields.pop("questions", None)
    return tuple({**_defaults(p, subject, source), **own.get(p.kind.id, {})} for p in asked)


def _given(fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What was given for each question, taken out of the plan's fields."""
    listed = fields.get("questions") or []
    if not isinstance(listed, list | tuple) or not all(
        isinstance(one, dict) and isinstance(one.get("kind"), str) for one in listed
    ):
        raise UsageError("plan: questions: expected a list of tables that name their kind")
    own = {str(one["kind"]): dict(one) for one in listed}
    for kind in [plug.kind.id for plug in plugs() if plug.kind.id in fields]:
        table = fields.pop(kind)
        if not isinstance(table, dict):
            raise UsageError(f"plan: {kind}: found {table!r:.60}, expected a table of fields")
        own.setdefault(kind, {}).update(table)
    return own


def _defaults(plug: Plug, subject: Exhibit, source: Exhibit) -> dict[str, Any]:
    kind, question = plug.kind.id, plug.question
    return {
        "kind": kind,
        "propositions": propositions(question, subject=subject.name, source=source.name),
        "methods": tuple(method.id for method in methods_for(kind)),
        "taken": question.taken(source.content(kind)),
        "level": question.level,
    }


def _known(plan: Plan) -> None:
    """Every method exists and reads what its question is about."""
    reads = {method.id: method.reads for method in all_methods()}
    for question in plan.questions:
        for name in question.methods:
            if name not in reads:
                raise UsageError(
                    f"plan: method {name} is not known; this version has {', '.join(sorted(reads))}"
                )
            if reads[name] != question.kind:
                raise UsageError(
                    f"plan: method {name} reads {reads[name]}, and is planned for {question.kind}"
                )


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


def _planned(
    *, subject: Exhibit, source: Exhibit, controls: Sequence[Exhibit]
) -> tuple[PlannedSubject, ...]:
    sides: list[tuple[Side, Exhibit]] = [("subject", subject), ("source", source)]
    sides += [("control", control) for control in controls]
    return tuple(
        PlannedSubject(side=side, name=exhibit.name, digest=material.digest, kind=material.kind)
        for side, exhibit in sides
        for material in exhibit.materials
    )
