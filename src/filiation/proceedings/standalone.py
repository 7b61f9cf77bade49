"""An examination outside a case, from what a person names to a folder that can be checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from filiation.casefile.codec import examination_bytes
from filiation.casefile.folder import EXAMINATION, Staging, staging
from filiation.examining.plan import fix_plan, plan_bytes
from filiation.examining.run import Beforehand, examine
from filiation.model.examination import Examination
from filiation.model.plan import Plan
from filiation.proceedings.gathering import Gathered, Options, Sided, gather
from filiation.proceedings.reference import POPULATION, refer
from filiation.readers.reader import Advance, silent
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json

__all__ = ["Asked", "Watch", "examine_into", "reports"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks to be examined.

    Attributes:
        subject: The model under examination.
        source: The model it is said to come from.
        controls: Models known to be independent of both.
        families: Model name to family, as far as known.
        population: A file of known pairs, `controls`, or None.
        options: How materials are to be read.
        plan: Fields of a plan that was fixed beforehand; None for the defaults.
        seed: Of all random streams; None for the plan's, or 0.
    """

    subject: Sided
    source: Sided
    controls: tuple[Sided, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    population: str | None = None
    options: Options = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    seed: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told how far an examination is.

    Attributes:
        advance: Told what is being read, how many bytes are done, and how many there are.
        step: Told what is being computed.
        before: Told what the population could support at best, before anything is compared.
    """

    advance: Advance = silent
    step: Callable[[str], None] = lambda doing: None
    before: Callable[[Sequence[Beforehand]], None] | None = None


QUIET = Watch()


def examine_into(target: Path, asked: Asked, watch: Watch = QUIET) -> Examination:
    """Examine, and keep plan, findings, reports and materials in a new folder.

    Raises:
        UsageError: The folder exists, or what was asked cannot be examined.
        UnreadableError: A material is damaged.
        CaseError: The given plan was made for other exhibits.
    """
    with staging(target) as folder:
        exhibits = gather(
            folder.materials,
            subject=asked.subject,
            source=asked.source,
            controls=asked.controls,
            options=asked.options,
            advance=watch.advance,
        )
        found = _carried_out(folder, exhibits, asked, watch)
        folder.write(EXAMINATION, examination_bytes(found))
        for name, raw in reports(found).items():
            folder.write(name, raw)
    return found


def reports(examination: Examination) -> dict[str, bytes]:
    """The reports of an examination, by the names of their files."""
    return {"report.json": render_json(examination), "report.html": render_html(examination)}


def _carried_out(folder: Staging, exhibits: Gathered, asked: Asked, watch: Watch) -> Examination:
    """Fix the plan, write it down, and only then compare."""
    reference = refer(
        exhibits,
        asked.population,
        given=asked.plan,
        families=asked.families,
        seed=asked.seed or 0,
        step=watch.step,
    )
    plan: Plan = fix_plan(
        subject=exhibits.subject,
        source=exhibits.source,
        controls=exhibits.controls,
        given=asked.plan,
        seed=asked.seed,
        population=reference and reference.planned,
    )
    if reference is not None:
        folder.write(POPULATION, reference.raw)
    folder.write("plan.json", plan_bytes(plan))
    return examine(
        plan,
        subject=exhibits.subject,
        source=exhibits.source,
        controls=exhibits.controls,
        families=asked.families,
        ratings=reference,
        step=watch.step,
        before=watch.before,
    )
