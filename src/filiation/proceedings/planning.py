"""Fixing the plan before anything is compared, or amending it in the open."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, final

from filiation.casefile import facts
from filiation.casefile.dated import Token, dated_sources
from filiation.casefile.deeds import PlanFixed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError
from filiation.examining.plan import fix_plan, plan_bytes, read_plan_file
from filiation.model.plan import Dated
from filiation.populations.reference import Reference
from filiation.proceedings.exhibits import planned_exhibits
from filiation.proceedings.given import on_record, read_file
from filiation.proceedings.reference import named_file
from filiation.readers.answers import read_families

__all__ = ["PlanAsked", "plan"]

LONGEST: Final = 1 << 20  # bytes of a stamp or of certificates


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAsked:
    """What a plan is to be.

    Attributes:
        subject: The exhibits under examination, one for each kind of material.
        source: The exhibits they are said to come from, likewise.
        controls: Exhibits known to be independent.
        components: Exhibits of components that are public, such as an encoder of pictures.
        before: The exhibit of an older version of the subject; None if there is none.
        population: Known pairs that likelihood ratios come from.
        population_digest: SHA-256 (hex) of their file; None if `fields` have it.
        families: Which models are known relatives.
        fields: Fields of a plan.
        seed: Of all random streams; an amendment keeps the first one.
        because: Why a plan that was fixed is amended.
        available: From when on the subject could be had; then the case must date the source.
        stamp: A time stamp over the digest of the source's only material, and the authority's
            root certificates (PEM); neither, or both.
    """

    subject: Sequence[str]
    source: Sequence[str]
    controls: Sequence[str] = ()
    components: Sequence[str] = ()
    before: str | None = None
    population: Path | None = None
    population_digest: str | None = None
    families: Path | None = None
    fields: Path | None = None
    seed: int | None = None
    because: str = ""
    available: date | None = None
    stamp: tuple[Path | None, Path | None] = (None, None)


def plan(case: Path, asked: PlanAsked, *, acting: str | None = None) -> PlanFixed:
    """Fix a plan: methods, controls, level and seed are hashed and signed.

    Raises:
        UsageError: A law of the case forbids it, or the plan cannot be made as asked.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    named = _named(asked)
    for name in named.exhibits:
        state.comparable(name)
    reference = _reference(asked)
    exhibits = planned_exhibits(record, state, named)
    token = _token(asked)
    fixed = fix_plan(
        subject=exhibits.subject,
        source=exhibits.source,
        controls=exhibits.controls,
        earlier=exhibits.earlier,
        given=_fields(asked, state),
        seed=asked.seed,
        population=reference and reference.planned,
        dated=_dates(record, state, named, asked.available, token),
    )
    raw = plan_bytes(fixed)
    levels = tuple((question.kind, question.level) for question in fixed.questions)
    fact = replace(named, digest=hashlib.sha256(raw).hexdigest(), seed=fixed.seed, levels=levels)
    draft = Draft(
        verb="plan",
        fact=fact,
        arguments=_arguments(asked),
        reads={name: state.exhibits[name].fact.digest for name in fact.exhibits},
        blobs=[("plan", raw, ""), *_kept(reference), *_stamped(token)],
    )
    return PlanFixed(
        entry=Entry(event=record.append(draft, *signer), fact=fact),
        methods=tuple((question.kind, len(question.methods)) for question in fixed.questions),
        population=reference.planned.name if reference is not None else "",
        looks=max(state.looks(kind) for kind, _ in levels),
    )


def _reference(asked: PlanAsked) -> Reference | None:
    """The population that was named, by its digest."""
    fields = read_plan_file(asked.fields) if asked.fields is not None else {}
    return named_file(asked.population, asked.population_digest, given=fields)


def _dates(
    record: Record,
    state: State,
    named: facts.Planned,
    available: date | None,
    token: Token | None,
) -> Mapping[str, Dated]:
    """What the case shows of the source's date, by kind of material."""
    return dated_sources(
        record.id,
        state,
        named.source,
        available,
        kept=record.objects.get,
        subject=named.subject,
        token=token,
    )


def _named(asked: PlanAsked) -> facts.Planned:
    """The exhibits that are asked for; the plan itself is not fixed yet."""
    if not asked.subject or not asked.source:
        raise UsageError("plan: names no subject or no source; expected one exhibit of each kind")
    known = read_families(asked.families) if asked.families is not None else {}
    return facts.Planned(
        digest="",
        seed=0,
        levels=(),
        subject=tuple(asked.subject),
        source=tuple(asked.source),
        controls=tuple(asked.controls),
        components=tuple(asked.components),
        families=tuple(sorted(known.items())),
        because=asked.because,
        earlier=() if asked.before is None else (asked.before,),
    )


def _fields(asked: PlanAsked, state: State) -> Mapping[str, Any]:
    """Fields of the plan; what an amendment is held to, where the user says nothing."""
    given = dict(read_plan_file(asked.fields)) if asked.fields is not None else {}
    for kind in sorted({state.exhibits[name].fact.kind for name in asked.subject}):
        left = state.level_left(kind)
        if left is not None and not _level_given(given, kind):
            given[kind] = {**given.get(kind, {}), "level": left}
    if state.of(facts.Planned) and asked.seed is None:
        given.setdefault("seed", state.of(facts.Planned)[0].fact.seed)
    return given


def _level_given(given: Mapping[str, Any], kind: str) -> bool:
    """Whether the file names a level for this kind, or holds what `fix_plan` will refuse."""
    listed = given.get("questions")
    own = [given.get(kind, {}), *(listed if isinstance(listed, list) else [])]
    tables = [one for one in own if isinstance(one, dict)]
    return len(tables) < len(own) or any(
        "level" in one for one in tables if one.get("kind", kind) == kind
    )


def _arguments(asked: PlanAsked) -> dict[str, str]:
    return on_record(
        {
            "subject": list(asked.subject),
            "source": list(asked.source),
            "control": list(asked.controls),
            "component": list(asked.components),
            "before": asked.before,
            "plan": asked.fields,
            "seed": asked.seed,
            "families": asked.families,
            "population": asked.population,
            "population-digest": asked.population_digest,
            "because": asked.because or None,
            "subject-available": asked.available and asked.available.isoformat(),
            "source-stamp": asked.stamp[0],
            "stamp-roots": asked.stamp[1],
        }
    )


def _token(asked: PlanAsked) -> Token | None:
    """The stamp over the source's digest that was brought along.

    Raises:
        UsageError: A stamp without its roots or without the day, or one that cannot be read.
    """
    response, roots = asked.stamp
    if response is None and roots is None:
        return None
    if response is None or roots is None or asked.available is None or len(asked.source) != 1:
        raise UsageError(
            "plan: a stamp over the source's digest needs --source-stamp, --stamp-roots, "
            "--subject-available and a source of one exhibit"
        )
    return Token(response=read_file(response, LONGEST), roots=read_file(roots, LONGEST))


def _stamped(token: Token | None) -> list[tuple[str, bytes, str]]:
    if token is None:
        return []
    return [("source-stamp", token.response, ""), ("stamp-roots", token.roots, "")]


def _kept(reference: Reference | None) -> list[tuple[str, bytes, str]]:
    return [("population", reference.raw, "")] if reference is not None else []
