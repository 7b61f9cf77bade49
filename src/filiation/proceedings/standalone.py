"""An examination outside a case, from what a person names to a folder that can be checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, final

from filiation.casefile.codec import examination_bytes
from filiation.casefile.folder import (
    EXAMINATION,
    Staging,
    check_folder,
    copy_folder,
    read_examination,
    staging,
)
from filiation.errors import UsageError
from filiation.examining.kinds import quick_fields
from filiation.examining.plan import fix_plan, plan_bytes, plan_digest, read_plan_file
from filiation.examining.run import Beforehand, examine, foretell, reckon
from filiation.model.examination import Examination, Power
from filiation.model.plan import Plan
from filiation.proceedings.alongside import asked_kinds
from filiation.proceedings.gathering import Gathered, Options, gather
from filiation.proceedings.moving import keep_moves, moves_in, with_moves
from filiation.proceedings.naming import Sided
from filiation.proceedings.report_files import pages_of, reports
from filiation.proceedings.source_texts import SIDE_BY_SIDE, side_by_side
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation.readers.remote.address import is_address, read_address
from filiation.readers.weights.adapters.spelling import JOIN, joined
from filiation.report.languages.catalogue import read_catalogue
from filiation.report.render.records import origins_json

if TYPE_CHECKING:
    from filiation.populations.reference import Reference

__all__ = [
    "Asked",
    "Beforehand",
    "Foretold",
    "Watch",
    "ask",
    "examine_into",
    "folder_of",
    "foretell_for",
    "open_examination",
    "plan_for",
    "save",
]

ORIGINS: Final = "origins.json"
LONGEST: Final = 80  # characters of a model's name in the name of a folder
ENDINGS: Final = (".safetensors", ".sketch")


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
        population_digest: SHA-256 (hex) of that file; None if the plan has it.
        options: How materials are to be read.
        plan: Fields of a plan that was fixed beforehand; None for the defaults.
        seed: Of all random streams; None for the plan's, or 0.
        earlier: An older version of the subject; None if there is none.
        components: Public components, such as an encoder of pictures.
        quick: Whether a quick look is all that is asked: of weights, and never of independence.
        classes: A table in which an examiner puts functions of source code into other classes.
        only: The kinds of material that are asked about; empty for all that there are.
    """

    subject: Sided
    source: Sided
    controls: tuple[Sided, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    population: str | None = None
    population_digest: str | None = None
    options: Options = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    seed: int | None = None
    earlier: Sided | None = None
    components: tuple[Sided, ...] = ()
    quick: bool = False
    classes: Path | None = None
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        beside = {
            "a plan": self.plan, "a population": self.population,
            "an older version": self.earlier, "kinds asked about alone": self.only or None,
        }  # fmt: skip
        if self.quick and (named := [what for what, one in beside.items() if one is not None]):
            raise UsageError(
                f"quick: found {' and '.join(named)} beside it; a quick look has a plan of its "
                "own, and no likelihood ratio: examine without it"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told how far an examination is.

    Attributes:
        advance: Told what is being read, how many bytes are done, and how many there are.
        step: Told what is being computed.
        before: Told what the population could support at best, before anything is compared.
        gathered: Told what was read, and as what, before that.
        warn: Told what changes no finding and a person should know.
    """

    advance: Advance = silent
    step: Callable[[str], None] = lambda doing: None
    before: Callable[[Sequence[Beforehand]], None] | None = None
    gathered: Callable[[Gathered], None] = lambda exhibits: None
    warn: Callable[[str], None] = lambda said: None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """A plan and what it could show at best, before anything is compared.

    Attributes:
        plan: As an examination would fix it.
        digest: Of the plan.
        told: Of each question, what could be found at best.
        powers: Of each question, what would have to be inherited to be found.
    """

    plan: Plan
    digest: str
    told: tuple[Beforehand, ...]
    powers: tuple[Power, ...]


QUIET: Final = Watch()


def ask(
    subject: Sided,
    source: Sided,
    controls: tuple[Sided, ...] = (),
    *,
    families: Path | None = None,
    population: str | None = None,
    population_digest: str | None = None,
    options: Options = NO_OPTIONS,
    plan: Path | None = None,
    seed: int | None = None,
    earlier: Sided | None = None,
    components: tuple[Sided, ...] = (),
    quick: bool = False,
    classes: Path | None = None,
    only: tuple[str, ...] = (),
) -> Asked:
    """Read what a person asks from the files that say it: a table of families, a plan.

    Raises:
        UsageError: Neither JSON nor TOML, or something else than is expected.
    """
    return Asked(
        subject=subject,
        source=source,
        controls=controls,
        families=_families(families),
        population=population,
        population_digest=population_digest,
        options=options,
        plan=read_plan_file(plan) if plan is not None else None,
        seed=seed,
        earlier=earlier,
        components=components,
        quick=quick,
        classes=classes,
        only=only,
    )


def _families(file: Path | None) -> Mapping[str, str]:
    if file is None:
        return {}
    from filiation.readers.answers import read_families  # of recorded models

    return read_families(file)


def folder_of(asked: Asked) -> Path:
    """A folder called by the two models, with a number if there is one of that name."""
    name = f"filiation-{_stem(asked.subject.spec)}-{_stem(asked.source.spec)}"
    return next(path for path in _numbered(name) if not path.exists())


def _numbered(name: str) -> Iterator[Path]:
    yield Path(name)
    yield from (Path(f"{name}-{number}") for number in count(2))


def _stem(spec: str | Taken) -> str:
    """The name of a model as a name of a file."""
    if isinstance(spec, Taken):
        spec = spec.material.name
    if is_address(spec):
        name = read_address(spec).name
    else:
        parts = [part.resolve().name for part in joined(Path(spec))]
        name = spec.partition("#")[2] or JOIN.join(parts)
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return "".join(c if c.isalnum() or c in "-_.+" else "-" for c in name)[:LONGEST] or "model"


def examine_into(
    target: Path, asked: Asked, watch: Watch = QUIET, languages: Sequence[str] = ()
) -> Examination:
    """Examine, and keep plan, findings, reports and materials in a new folder.

    Args:
        target: The folder.
        asked: What is to be examined.
        watch: Who is told how far it is.
        languages: In which others pages are put beside the English, which decide.

    Raises:
        UsageError: The folder exists, there is no such language, or what was asked cannot be
            examined.
        UnreadableError: A material is damaged.
        CaseError: The given plan was made for other exhibits.
    """
    moves = moves_in(asked.classes)
    spoken = [read_catalogue(one).language for one in dict.fromkeys(languages)]
    with staging(target) as folder:
        exhibits = _gathered(folder.materials, asked, watch)
        found = with_moves(_carried_out(folder, exhibits, asked, watch), moves)
        keep_moves(folder, asked.classes)
        folder.write(EXAMINATION, examination_bytes(found))
        if exhibits.origins:
            folder.write(ORIGINS, origins_json(exhibits.origins))
        for name, raw in reports(found, spoken).items():
            folder.write(name, raw)
        sides, read = (asked.source, asked.subject), (exhibits.source, exhibits.subject)
        page = side_by_side(found, sides, read)
        if page is not None:
            for name, raw in pages_of(SIDE_BY_SIDE, page, spoken).items():
                folder.write(name, raw)
    return found


def plan_for(asked: Asked, watch: Watch = QUIET) -> Plan:
    """The plan that an examination of the same would fix, before anything is compared.

    Raises:
        UsageError: What was asked cannot be examined.
        UnreadableError: A material is damaged.
        CaseError: The given plan was made for other exhibits.
    """
    with TemporaryDirectory(prefix="filiation-") as folder:
        plan, _ = _fixed(_gathered(Path(folder), asked, watch), asked, watch)
    return plan


def foretell_for(asked: Asked, watch: Watch = QUIET) -> Foretold:
    """What an examination of the same could find at best; nothing is compared, nothing is kept.

    Raises:
        UsageError: What was asked cannot be examined.
        UnreadableError: A material is damaged.
        CaseError: The given plan was made for other exhibits.
    """
    with TemporaryDirectory(prefix="filiation-") as folder:
        exhibits = _gathered(Path(folder), asked, watch)
        plan, reference = _fixed(exhibits, asked, watch)
        told = foretell(
            plan,
            subject=exhibits.subject,
            source=exhibits.source,
            controls=exhibits.controls,
            families=asked.families,
            earlier=exhibits.earlier,
            ratings=reference,
            step=watch.step,
        )
        watch.step("power")
        powers = reckon(plan, subject=exhibits.subject, source=exhibits.source)
    return Foretold(
        plan=plan, digest=plan_digest(plan), told=told, powers=tuple(power for _, power in powers)
    )


def save(folder: Path, target: Path) -> None:
    """Copy the folder of an examination, whole or not at all.

    Raises:
        UsageError: The target exists and is not an empty folder, or cannot be written.
        AlteredError: A file changed after it was recorded.
    """
    check_folder(folder)
    copy_folder(folder, target)


def open_examination(folder: Path) -> Examination:
    """What a folder holds that an examination was kept in, once every file is as recorded.

    Raises:
        CaseError: Not such a folder, or it names other files than there are.
        AlteredError: A file changed after it was recorded.
    """
    check_folder(folder)
    return read_examination(folder)


def _gathered(folder: Path, asked: Asked, watch: Watch) -> Gathered:
    exhibits = gather(
        folder,
        subject=asked.subject,
        source=asked.source,
        controls=asked.controls,
        options=asked.options,
        earlier=asked.earlier,
        components=asked.components,
        advance=watch.advance,
        wanted=asked_kinds(asked.only, asked.plan, quick=asked.quick),
        only=asked.only,
    )
    watch.gathered(exhibits)
    return exhibits


def _fixed(exhibits: Gathered, asked: Asked, watch: Watch) -> "tuple[Plan, Reference | None]":
    """The plan, and where its likelihood ratios come from."""
    reference = None if asked.quick else _reference(exhibits, asked, watch)
    plan: Plan = fix_plan(
        subject=exhibits.subject,
        source=exhibits.source,
        controls=exhibits.controls,
        given=quick_fields() if asked.quick else asked.plan,
        seed=asked.seed,
        population=reference and reference.planned,
        earlier=exhibits.earlier,
    )
    return plan, reference


def _reference(exhibits: Gathered, asked: Asked, watch: Watch) -> "Reference | None":
    from filiation.proceedings.reference import refer  # a quick look needs none of it

    return refer(
        exhibits,
        asked.population,
        digest=asked.population_digest,
        warn=watch.warn,
        given=asked.plan,
        families=asked.families,
        seed=asked.seed or 0,
        step=watch.step,
    )


def _carried_out(folder: Staging, exhibits: Gathered, asked: Asked, watch: Watch) -> Examination:
    """Fix the plan, write it down, and only then compare."""
    plan, reference = _fixed(exhibits, asked, watch)
    if reference is not None:
        from filiation.proceedings.reference import POPULATION

        folder.write(POPULATION, reference.raw)
    folder.write("plan.json", plan_bytes(plan))
    return examine(
        plan,
        subject=exhibits.subject,
        source=exhibits.source,
        controls=exhibits.controls,
        families=asked.families,
        earlier=exhibits.earlier,
        ratings=reference,
        step=watch.step,
        before=watch.before,
    )
