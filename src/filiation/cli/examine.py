"""The verb `examine`: the main job."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from filiation.cli import _examining as given
from filiation.cli import _sides as sides
from filiation.cli._options import GATE, AsJson, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from filiation.cli._progress import Bar
    from filiation.model.examination import Conclusion, Examination
    from filiation.proceedings.gathering import Gathered
    from filiation.proceedings.standalone import Asked, Beforehand, Watch

__all__ = ["command"]


def command(
    subject: sides.Subject, source: sides.Source, control: sides.Controls = None,
    subject_also: sides.SubjectAlso = None, source_also: sides.SourceAlso = None,
    component: sides.Components = None, before: sides.Before = None,
    families: given.Families = None, population: given.Population = None,
    population_digest: given.PopulationDigest = None,
    normaliser: given.Normaliser = None, column: given.Columns = None,
    classes: given.Classes = None,
    plan: given.PlanFile = None, seed: given.Seed = None, out: given.Out = None,
    only_plan: given.DryRun = False, quick: given.Quick = False, only: given.Only = None,
    language: given.Languages = None, fail_if: given.FailIf = None, full: given.Full = False,
    as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Examine whether MODEL derives from the model given as --source.

    Reads each model once, fixes the plan, runs every method that applies, and writes a folder with
    plan, findings and report. Each kind of material has a conclusion of its own: beside weights
    also tokenizer and architecture, where both models' folders hold them. The exit code is 0
    whatever is found, unless --fail-if asks otherwise. With --dry-run nothing is compared: it
    says what the plan could find at best. With --language the report is put beside the English page
    in German or French, too: an unreviewed translation; report.json is in English.
    """
    from filiation.proceedings.naming import present_at, sided

    first, second = sided(subject, subject_also or ()), sided(source, source_also or ())
    others = tuple(sided(one) for one in control or ())
    present_at([(families, "a table of families"), (plan, "a plan (JSON or TOML)")])
    from filiation.proceedings.standalone import ask, folder_of

    asked = ask(
        first, second, others, families=families, population=population,
        population_digest=population_digest, options=_options(normaliser, column), plan=plan,
        seed=seed, earlier=None if before is None else sided(before), quick=quick, classes=classes,
        components=tuple(sided(one) for one in component or ()), only=tuple(only or ()),
    )  # fmt: skip
    if only_plan:
        return _foretell(asked, as_json=as_json, quiet=quiet)
    shown = _Shown(languages=tuple(language or ()), full=full, as_json=as_json, quiet=quiet)
    found, along = _run(asked, out or folder_of(asked), shown)
    from filiation.report.wording.examined import gate_line

    meant = {one.kind.id for one in found.conclusions} - {*along} | {*asked.only}
    named = tuple(one for one in found.conclusions if one.kind.id in meant)
    if fail_if is not None and (failing := _failing(named, fail_if)):
        typer.echo(gate_line(fail_if, failing, GATE), err=True)
        raise typer.Exit(GATE)


def _options(normaliser: str | None, column: list[str] | None) -> dict[str, str]:
    """How recorded answers are to be read, as far as it was said."""
    said = {"normaliser": normaliser, "columns": "\n".join(column or ())}
    return {name: text for name, text in said.items() if text}


def _failing(named: "Sequence[Conclusion]", gate: given.Gate) -> "tuple[Conclusion, ...]":
    """The conclusions about what was named for which a gate fails."""
    if gate == "derivation":
        return tuple(c for c in named if c.support.toward == "derivation")
    return tuple(c for c in named if c.support.toward != "independence")


def _foretell(asked: "Asked", *, as_json: bool, quiet: bool) -> None:
    """Print the plan, and what it could show at best."""
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.progress import reading
    from filiation.proceedings.standalone import Watch, foretell_for
    from filiation.report.render.foretold import foretold, foretold_json

    with bar(quiet) as shown:
        advance = reading(shown.step, shown.progress)
        watch = Watch(advance=advance, step=shown.step, warn=_warn)
        found = foretell_for(asked, watch)
    said = found.digest, found.plan, found.told, found.powers
    if as_json:
        typer.echo(foretold_json(*said), nl=False)
    else:
        show(foretold(*said))


class _Shown(NamedTuple):
    """In which languages pages are written, and what is printed."""

    languages: tuple[str, ...]
    full: bool
    as_json: bool
    quiet: bool


def _run(asked: "Asked", target: Path, told: _Shown) -> "tuple[Examination, tuple[str, ...]]":
    """Examine, and print what was asked for; which kinds came along with weights is given back."""
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.report_files import REPORT, page_called
    from filiation.proceedings.standalone import examine_into
    from filiation.report.languages.catalogue import read_catalogue
    from filiation.report.render.json import render_json
    from filiation.report.render.terminal import brief
    from filiation.report.render.terminal import full as whole
    from filiation.report.wording.examined import folder_lines

    along: list[str] = []
    with bar(told.quiet) as shown:
        watch = _watch(shown, along, said=not (told.as_json or told.quiet))
        found = examine_into(target, asked, watch, told.languages)
    if told.as_json:
        typer.echo(render_json(found).decode(), nl=False)
    elif not told.quiet:
        show(whole(found) if told.full else brief(found))
        spoken = [read_catalogue(one).language for one in dict.fromkeys(told.languages)]
        pages = [page_called(REPORT, one) for one in spoken]
        show(*folder_lines(str(target), pages, full=told.full), whole=True)
    return found, tuple(along)


def _watch(shown: "Bar", along: list[str], *, said: bool) -> "Watch":
    """A bar on stderr, and what could be found at best before it is looked for."""
    from filiation.cli._printing import show
    from filiation.model.ratio import Strength
    from filiation.proceedings.progress import reading
    from filiation.proceedings.standalone import Watch
    from filiation.report.render.terminal import beforehand
    from filiation.report.wording.examined import lay_lines, read_lines

    def before(reckoned: "Sequence[Beforehand]") -> None:
        for one in reckoned:
            if said and any(isinstance(s, Strength) for s in one.strengths):
                show(beforehand(one.plan, one, one.strengths, one.measured))

    def gathered(exhibits: "Gathered") -> None:
        along.extend(exhibits.along)
        parties = (exhibits.subject, exhibits.source, *exhibits.controls)
        if said and (lines := (*read_lines(parties), *lay_lines(exhibits.origins))):
            show(*lines)

    return Watch(
        advance=reading(shown.step, shown.progress),
        step=shown.step,
        before=before,
        gathered=gathered,
        warn=_warn,
    )


def _warn(said: str) -> None:
    typer.echo(f"Note: {said}.", err=True)
