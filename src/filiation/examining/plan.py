"""Fix the plan: what is asked, of which models, by which methods, at which level."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from filiation.errors import CaseError, UsageError
from filiation.examining.kinds import Plug, kinds, plug_for
from filiation.examining.plan_fields import by_kind, check_fields
from filiation.examining.question import propositions
from filiation.examining.versions import refuse_unfit
from filiation.methods import all_methods, methods_for, quick_methods
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import ADAPTERS, TOKENIZERS, WEIGHTS
from filiation.model.plan import Dated, Plan, PlannedPopulation, PlannedSubject, as_recorded
from filiation.model.subject import Side
from filiation.model.toml_text import toml_of

__all__ = ["agree", "fix_plan", "plan_bytes", "plan_digest", "plan_from_bytes", "read_plan_file"]

PLAN: Final = TypeAdapter(Plan)
DATED: Final = TypeAdapter(Dated)
LONGEST: Final = 1 << 20  # bytes of a plan file


def fix_plan(
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit] = (),
    given: Mapping[str, Any] | None = None,
    seed: int | None = None,
    population: PlannedPopulation | None = None,
    dated: Mapping[str, Dated] | None = None,
    earlier: Exhibit | None = None,
) -> Plan:
    """Make the plan for these exhibits: a question for each kind that both sides exhibited.

    Args:
        subject: Under examination.
        source: Claimed source.
        controls: Known to be independent of both; and components that are public.
        given: Fields of a plan file, with a table for each question by its kind, or `questions`.
        seed: Must agree with a given one, as must the population.
        population: Where likelihood ratios will come from.
        dated: Kind of material to what the record of a case shows of the source's date.
        earlier: An older version of the subject, for the methods that need one.

    Raises:
        UsageError: No kind of material in common, a field or method that there is not, or a date
            that no case shows.
        CaseError: The given plan names other exhibits, or another population.
    """
    fields = dict(given or {})
    _same_seed(fields, seed)
    check_fields(fields, "plan")
    asked = _dated(_questions(fields, subject, source, earlier), dated or {})
    named = fields.pop("exhibits", None)
    fields = {"population": population, **fields, "questions": asked}
    if named is not None:
        before = _whole({**fields, "exhibits": named})
        agree(before, subject=subject, source=source, controls=controls, earlier=earlier)
    if earlier is not None:
        refuse_unfit(earlier, subject=subject, source=source, controls=controls)
    _distinct(subject, source, (*controls, *(() if earlier is None else (earlier,))))
    exhibits = _planned(subject=subject, source=source, controls=controls, earlier=earlier)
    plan = _whole({**fields, "exhibits": exhibits})
    _lawful(plan, population, subject=subject, source=source)
    return plan


def _lawful(
    plan: Plan, population: PlannedPopulation | None, *, subject: Exhibit, source: Exhibit
) -> None:
    """The population given, known methods, parts that both have, the kind's own propositions."""
    _same_population(plan, population)
    _known(plan)
    _with_layers(plan)
    _asked(plan, subject=subject, source=source)
    _own_words(plan, subject=subject, source=source)


def _dated(
    asked: Sequence[dict[str, Any]], shown: Mapping[str, Dated]
) -> tuple[dict[str, Any], ...]:
    """Put in what the case shows; what a file says of its own accord must be the same."""
    for fields in asked:
        found = shown.get(fields["kind"])
        given = fields.get("source_dated")
        if given is not None and DATED.validate_python(given) != found:
            raise UsageError(
                f"plan, {fields['kind']}: source_dated is not what the record of a case shows; a "
                "date that is only stated dates nothing (`filiation case plan --subject-available`)"
            )
    return tuple({**fields, "source_dated": shown.get(fields["kind"])} for fields in asked)


def _distinct(subject: Exhibit, source: Exhibit, controls: Sequence[Exhibit]) -> None:
    """No control is called like a party or like another control: line-ups tell models by name."""
    taken = {(m.kind, m.name): m.digest for party in (subject, source) for m in party.materials}
    for control in controls:
        for material in control.materials:
            called = (material.kind, material.name)
            if taken.setdefault(called, material.digest) != material.digest:
                raise UsageError(
                    f"{material.name!r:.80}: two exhibits of {material.kind} are called so, "
                    "expected a name for each; NAME=PATH gives one"
                )


def _same_seed(fields: dict[str, Any], seed: int | None) -> None:
    """Put the seed in where the plan has none."""
    if seed is not None and fields.setdefault("seed", seed) != seed:
        raise UsageError(
            f"seed: {seed} was given, the plan says {fields['seed']}; a plan that was fixed is not "
            "changed"
        )


def _same_population(plan: Plan, population: PlannedPopulation | None) -> None:
    if plan.population != population:
        raise CaseError(
            f"plan: likelihood ratios were to come from {_which(plan.population)}, given is "
            f"{_which(population)}; a population is not chosen after the plan"
        )


def agree(
    plan: Plan,
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit] = (),
    earlier: Exhibit | None = None,
) -> None:
    """Refuse exhibits that are not those of the plan, side by side and digest by digest.

    Raises:
        CaseError: The plan was made for other exhibits, or for these on other sides.
    """
    given = _planned(subject=subject, source=source, controls=controls, earlier=earlier)
    _same_sides(plan.exhibits, given)
    for before, now in zip(plan.exhibits, given, strict=False):
        if (before.side, before.digest) != (now.side, now.digest):
            raise CaseError(
                f"plan: the {before.side} was fixed as {_who(before)}, the {now.side} given is "
                f"{_who(now)}; the plan was made for other exhibits"
            )
    _own_words(plan, subject=subject, source=source)
    if plan.digests() != tuple((one.side, one.kind, one.digest) for one in given):
        raise CaseError(
            f"plan: names {len(plan.exhibits)} exhibits, {len(given)} were given; "
            "the plan was made for other exhibits"
        )


def _own_words(plan: Plan, *, subject: Exhibit, source: Exhibit) -> None:
    """Propositions are those of the kind about these two, and materials were taken as is said.

    Raises:
        CaseError: A plan states propositions of its own, or others than the exhibits are read by.
    """
    for asked in plan.questions:
        question, content = plug_for(asked.kind).question, source.content(asked.kind)
        if content is None:
            continue
        own = propositions(question, subject=subject.name, source=source.name)
        if asked.propositions != own:
            raise CaseError(
                f"plan, {asked.kind}: its propositions are not those of a question about "
                f"{subject.name!r} and {source.name!r}; what else a party alleges is a statement "
                "of its own"
            )
        if asked.taken != question.taken(content):
            raise CaseError(
                f"plan, {asked.kind}: taken as {asked.taken!r:.80}, the source was taken as "
                f"{question.taken(content)!r:.80}"
            )


def _same_sides(planned: Sequence[PlannedSubject], given: Sequence[PlannedSubject]) -> None:
    """Refuse the plan's own exhibits on other sides than the plan has them."""
    before, now = (sorted(one.digest for one in of) for of in (planned, given))
    sides = {(one.side, one.digest) for one in given}
    moved = [one for one in planned if (one.side, one.digest) not in sides]
    if moved and before == now:
        named = " and ".join(f"{_who(one)} as {one.side}" for one in moved)
        raise CaseError(
            f"plan: the sides are swapped: the plan has {named}; on other sides the question is "
            "another"
        )


def _who(one: PlannedSubject) -> str:
    return f"{one.name!a:.60} ({one.digest[:12]}..)"


def plan_bytes(plan: Plan) -> bytes:
    """Canonical JSON (RFC 8785) of a plan, and a newline.

    Raises:
        UsageError: A text in it is no Unicode.
    """
    try:
        fields = PLAN.dump_python(plan, mode="json")
        as_recorded(fields["questions"])
        return rfc8785.dumps(fields) + b"\n"
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
    """Read the fields of a plan from a .toml or .json file.

    Raises:
        UsageError: It cannot be read, or holds something else than fields of a plan.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise UsageError(f"{path}: {len(raw)} bytes, a plan has at most {LONGEST}")
    try:
        text = raw.decode()
        fields = toml_of(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a plan in JSON or TOML: {error}") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{path}: found {type(fields).__name__}, expected fields of a plan")
    check_fields(fields, path.name)
    return fields


def _questions(
    fields: dict[str, Any], subject: Exhibit, source: Exhibit, earlier: Exhibit | None
) -> tuple[dict[str, Any], ...]:
    """Fields of each question: defaults of its kind, and what was given for it."""
    own = by_kind(fields)
    both = {*subject.kinds} & {*source.kinds}
    common = [plug_for(kind) for kind in kinds() if kind in both]
    if not common:
        raise UsageError(
            f"{subject.name}: exhibited were {', '.join(subject.kinds)}, and of {source.name} "
            f"{', '.join(source.kinds)}; expected a kind of material that both have, since only "
            f"like is compared with like{_instead({*subject.kinds, *source.kinds})}"
        )
    strange = own.keys() - {plug.kind.id for plug in common}
    if strange:
        raise UsageError(
            f"plan: asks about {', '.join(sorted(strange))}, of which both sides exhibited "
            f"nothing; they have {', '.join(plug.kind.id for plug in common)}"
        )
    asked = [plug for plug in common if not fields.get("questions") or plug.kind.id in own]
    fields.pop("questions", None)
    return tuple(
        {**_defaults(p, subject, source, earlier), **own.get(p.kind.id, {})} for p in asked
    )


def _instead(exhibited: set[str]) -> str:
    """What to do about an adapter or a tokenizer that was exhibited where a model was meant."""
    if ADAPTERS in exhibited:
        return (
            "; an adapter is compared with adapters, or with its base as a model: give it as "
            "BASE+ADAPTER, and it is merged while it is read"
        )
    if TOKENIZERS in exhibited and WEIGHTS in exhibited:
        return "; of a model, give its tokenizer.json: a tokenizer is compared with tokenizers"
    return ""


def _defaults(
    plug: Plug, subject: Exhibit, source: Exhibit, earlier: Exhibit | None
) -> dict[str, Any]:
    kind, question = plug.kind.id, plug.question
    versions = earlier is not None and kind in earlier.kinds
    components, alternatives = question.asked(source.content(kind), subject.content(kind))
    return {
        "kind": kind,
        "propositions": propositions(question, subject=subject.name, source=source.name),
        "methods": tuple(method.id for method in methods_for(kind, versions=versions)),
        "taken": question.taken(source.content(kind)),
        "level": question.level,
        "combination": question.combination,
        "components": components,
        "alternatives": alternatives,
    }


def _known(plan: Plan) -> None:
    """Every method exists and reads what its question is about."""
    for question in plan.questions:
        ours = (*methods_for(question.kind, versions=True), *quick_methods(question.kind))
        known = {method.id for method in ours}
        for name in question.methods:
            if name in known:
                continue
            reads = {method.id: method.reads for method in all_methods()}
            if name not in reads:
                raise UsageError(
                    f"plan: method {name} is not known; this version has {', '.join(sorted(reads))}"
                )
            raise UsageError(
                f"plan: method {name} reads {reads[name]}, and is planned for {question.kind}"
            )


def _with_layers(plan: Plan) -> None:
    """Layers are counted only of what has such a look."""
    for asked in plan.questions:
        if asked.layers is not None and plug_for(asked.kind).question.quick is None:
            raise UsageError(
                f"plan, {asked.kind}: layers is {asked.layers}; {asked.kind} have no layers of "
                "which a few could be compared"
            )


def _asked(plan: Plan, *, subject: Exhibit, source: Exhibit) -> None:
    """Components and alternatives are those that the kind can tell of these two, or fewer."""
    for question in plan.questions:
        content = source.content(question.kind), subject.content(question.kind)
        known = plug_for(question.kind).question.asked(*content)
        named = ("component", question.components), ("alternative", question.alternatives)
        for (word, names), there in zip(named, known, strict=True):
            strange = [name for name in names if name not in there]
            if strange or len(set(names)) < len(names):
                raise UsageError(
                    f"plan, {question.kind}: {word}s are {', '.join(names)!a:.120}, expected each "
                    f"once, of {', '.join(there) or 'none'}"
                )


def _which(population: PlannedPopulation | None) -> str:
    if population is None:
        return "no population"
    return f"{population.name!a:.60} ({population.digest[:12]}..)"


def _whole(fields: Mapping[str, Any]) -> Plan:
    return PLAN.validate_python(fields, extra="forbid")


def _planned(
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit],
    earlier: Exhibit | None = None,
) -> tuple[PlannedSubject, ...]:
    sides: list[tuple[Side, Exhibit]] = [("subject", subject), ("source", source)]
    sides += [("component" if one.public else "control", one) for one in controls]
    sides += [("earlier", earlier)] if earlier is not None else []
    return tuple(
        PlannedSubject(side=side, name=exhibit.name, digest=material.digest, kind=material.kind)
        for side, exhibit in sides
        for material in exhibit.materials
    )
