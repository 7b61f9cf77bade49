"""Planning an examination, and carrying it out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from filiation.api._models import Model, Models, each, sided
from filiation.api._scratch import Scratch
from filiation.api.examination import Examination
from filiation.api.plan import Plan
from filiation.api.population import Population
from filiation.errors import UsageError
from filiation.examining.plan import read_plan_file
from filiation.examining.plan_fields import check_fields
from filiation.proceedings.standalone import Asked, examine_into, plan_for
from filiation.readers.answers import read_families

__all__ = ["Families", "GivenPlan", "GivenPopulation", "examine", "plan"]

Families: TypeAlias = str | Path | Mapping[str, str]
GivenPlan: TypeAlias = str | Path | Mapping[str, Any] | Plan
GivenPopulation: TypeAlias = str | Path | Population


def examine(
    subject: Model,
    *,
    source: Model,
    controls: Models = (),
    components: Models = (),
    before: Model | None = None,
    families: Families | None = None,
    plan: GivenPlan | None = None,
    population: GivenPopulation | None = None,
    seed: int | None = None,
    normaliser: str | None = None,
    out: str | Path | None = None,
    quick: bool = False,
    only: Sequence[str] = (),
) -> Examination:
    """Examine whether `subject` derives from `source`.

    Reads each model once, fixes the plan, and runs every method that applies. Each kind of
    material that both sides have gets a conclusion of its own: beside weights also tokenizer and
    architecture, where the folders of both hold them.

    Args:
        subject: The model under examination: a path as the command line takes it (`NAME=PATH`,
            `FILE#MODEL`), what `read` or `sketch` gave, or a list of these, one for each kind of
            material of the one model.
        source: The model it is said to come from, likewise.
        controls: Models known to be independent of both; `FILE#*` for all others of a file.
        components: Public components, such as CLIP's encoder: what the source holds of them beside
            its language body is set aside.
        before: Recorded answers of an older version of `subject`.
        families: Model name to family, or a file of them, as far as known.
        plan: A plan that was fixed beforehand: what `plan` gave, its file, or its fields.
        population: Where likelihood ratios come from: what `population` gave where its digest was
            named, its file if `plan` names the digest, or, for recorded answers, `controls`, with
            `families`.
        seed: Of all random streams, 0 to 2^53 - 1; 0 by default.
        normaliser: How recorded answers are read; by default chosen by looking, and said.
        out: The folder to keep plan, findings, reports and materials in. By default nothing is
            left on disk; `Examination.save` writes the folder later.
        quick: Only a quick look, for screening: weights, as stored and with units in another
            order, at most four layers. It can support derivation, never independence.
        only: The kinds of material that are asked about, such as `["weights"]`; by default all.

    Raises:
        UsageError: Nothing is there, `out` exists, or the sides have no material in common.
        UnreadableError: A material is damaged.
        CaseError: The plan was made for other exhibits, or for these on other sides.
    """
    asked = _asked(subject, source, controls, before, families, plan, population, seed, normaliser)
    public = tuple(sided(one, normaliser) for one in each(components))
    return _examined(replace(asked, components=public, quick=quick, only=tuple(only)), out)


def plan(
    subject: Model,
    *,
    source: Model,
    controls: Models = (),
    components: Models = (),
    before: Model | None = None,
    families: Families | None = None,
    fields: GivenPlan | None = None,
    population: GivenPopulation | None = None,
    seed: int | None = None,
    normaliser: str | None = None,
    only: Sequence[str] = (),
) -> Plan:
    """Fix the plan of an examination and compare nothing.

    All models are read; give what `read` or `sketch` made, so that they are not read again.

    Args:
        subject: The model under examination, as in `examine`.
        source: The model it is said to come from.
        controls: Models known to be independent of both.
        components: Public components, as in `examine`.
        before: Recorded answers of an older version of `subject`.
        families: Model name to family, or a file of them, as far as known.
        fields: Fields that differ from the defaults, or their file: those of the plan, and for each
            kind of material a table of its question, as in `{"weights": {"level": 1e-8}}`.
        population: Where likelihood ratios will come from.
        seed: Of all random streams, 0 to 2^53 - 1; 0 by default.
        normaliser: How recorded answers are read.
        only: The kinds of material that are asked about, as in `examine`.

    Raises:
        UsageError: Nothing is there, or a field is unknown or out of range.
        UnreadableError: A material is damaged.
        CaseError: The fields name other exhibits.
    """
    asked = _asked(
        subject, source, controls, before, families, fields, population, seed, normaliser
    )
    public = tuple(sided(one, normaliser) for one in each(components))
    return Plan(record=plan_for(replace(asked, components=public, only=tuple(only))))


def _examined(asked: Asked, out: str | Path | None) -> Examination:
    if out is not None:
        return Examination(record=examine_into(Path(out), asked), folder=Path(out))
    scratch = Scratch()
    folder = scratch.folder / "examination"
    return Examination(record=examine_into(folder, asked), folder=folder, scratch=scratch)


def _asked(
    subject: Model,
    source: Model,
    controls: Models,
    before: Model | None,
    families: Families | None,
    plan: GivenPlan | None,
    population: GivenPopulation | None,
    seed: int | None,
    normaliser: str | None,
) -> Asked:
    return Asked(
        subject=sided(subject, normaliser),
        source=sided(source, normaliser),
        controls=tuple(sided(one, normaliser) for one in each(controls)),
        families=_families(families),
        population=_population(population),
        population_digest=_digest(population),
        options={} if normaliser is None else {"normaliser": normaliser},
        plan=_fields(plan),
        seed=seed,
        earlier=None if before is None else sided(before, normaliser),
    )


def _families(given: Families | None) -> Mapping[str, str]:
    if given is None:
        return {}
    return read_families(Path(given)) if isinstance(given, str | Path) else given


def _population(given: GivenPopulation | None) -> str | None:
    if given is None:
        return None
    return str(given.path if isinstance(given, Population) else given)


def _digest(given: GivenPopulation | None) -> str | None:
    return given.digest if isinstance(given, Population) and given.named else None


def _fields(given: GivenPlan | None) -> Mapping[str, Any] | None:
    if isinstance(given, Plan):
        return given.to_dict()
    if given is None:
        return None
    if isinstance(given, Mapping):
        check_fields(given, "plan")
        return given
    if isinstance(given, str | Path):
        return read_plan_file(Path(given))
    raise UsageError(
        f"{given!r:.60}: found {type(given).__name__}, expected a plan, its file or its fields"
    )
