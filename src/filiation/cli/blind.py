"""The verbs of `blind`: comparing two secret models, step by step, by files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import Quiet

if TYPE_CHECKING:
    from filiation.proceedings.blind.steps import Said

__all__ = ["abort", "compare", "go_on", "join", "show", "start", "take"]

Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Your own folder of the session.")
]
KeyName: TypeAlias = Annotated[
    str, typer.Option("--key", metavar="NAME", help="Your key on this computer (`case key`).")
]
WAITING = 4


def start(
    folder: Folder,
    key: KeyName,
    claimant: Annotated[Path, typer.Option("--claimant", help="Public key (.pub) of that side.")],
    respondent: Annotated[
        Path, typer.Option("--respondent", help="Public key (.pub) of that side.")
    ],
    audit: Annotated[
        int, typer.Option("--audit", min=1, max=10_000, help="Tensors (or elements) to be opened.")
    ] = 8,
    both: Annotated[
        bool, typer.Option("--both", help="Each side gets the other's material afterwards.")
    ] = False,
    sets: Annotated[
        bool, typer.Option("--set", help="Compare sets of texts (one a line), not weights.")
    ] = False,
    matches: Annotated[
        bool, typer.Option("--matches", help="Of sets: tell both what matches, not how many.")
    ] = False,
    columns: Annotated[
        int, typer.Option("--columns", min=1, max=1024, help="Of sketches, in each frame.")
    ] = 64,
    deep: Annotated[int, typer.Option("--deep", min=0, help="Whole rows that sketches keep.")] = (
        8192
    ),
    error: Annotated[
        int,
        typer.Option("--error", min=0, max=100, help="Reckoning rows back must err by so many %."),
    ] = 50,
    whole: Annotated[
        int, typer.Option("--whole", min=0, max=100, help="Units kept whole, at most so many %.")
    ] = 10,
    quiet: Quiet = False,
) -> None:
    """Begin a session as its tribunal: what is compared, by whom, and how much is audited.

    A side does not join if its sketch would show more than --error and --whole allow, which
    follows from the sizes of its model; rows of toys (the casebook's) can be solved for, so that
    these ask for `--error 0 --whole 100`.
    """
    from filiation.proceedings.blind.steps import start
    from filiation.report.wording.blind import begun_line

    said = start(
        folder, key=key, claimant=claimant, respondent=respondent, audit=audit, both=both,
        material="set" if sets else "weights", share="matches" if matches else "count",
        columns=columns, deep=deep, error=error, whole=whole,
    )  # fmt: skip
    _show(said, quiet=quiet)
    if not quiet:
        typer.echo(begun_line(said.files[0][0], said.room.session.terms.material))


def join(
    folder: Folder,
    terms: Annotated[Path, typer.Argument(metavar="TERMS", help="What the tribunal wrote.")],
    key: KeyName,
    material: Annotated[
        Path, typer.Option("--material", help="The model that you sealed; or a set, one a line.")
    ],
    secret: Annotated[
        Path | None, typer.Option("--secret", help="What `filiation seal` kept of the model.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Join a session as one of its sides, with the seal of your model."""
    from filiation.proceedings.blind.steps import join

    _show(join(folder, terms, key=key, material=material, secret=secret), quiet=quiet)


def take(
    folder: Folder,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="What others handed to you.")
    ],
    quiet: Quiet = False,
) -> None:
    """Take what others handed over, once it was checked: whose it is, and where it belongs."""
    from filiation.proceedings.blind.steps import take
    from filiation.report.wording.blind import taken_lines

    got = take(folder, files)
    session = got.room.session
    awaited, last = session.awaited(), session.step is not None and session.step.name == "result"
    turn = f"compare {folder} --control MODEL" if last else f"next {folder}"
    if not quiet:
        turn = turn if got.room.own.role in awaited else ""
        for line in taken_lines(got.taken, got.known, awaited, turn):
            typer.echo(line)


def go_on(folder: Folder, quiet: Quiet = False) -> None:
    """Take your next step, whatever it is, and say what to hand to whom."""
    from filiation.proceedings.blind.steps import go_on

    said = go_on(folder)
    _show(said, quiet=quiet)
    if said.awaited:
        raise typer.Exit(WAITING)


def show(folder: Folder) -> None:
    """Show the course of a session, and who has to speak."""
    from filiation.proceedings.blind.folder import opened_room
    from filiation.report.wording.blind import course_lines

    session = opened_room(folder).session
    step = session.step.name if session.step else ""
    messages = [one.message for one in session.messages]
    for line in course_lines(session.id, messages, session.awaited(), step):
        typer.echo(line)


def compare(
    folder: Folder,
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control", metavar="MODEL", help="A model (or set) unrelated to both; repeatable."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Compare both materials as the tribunal, audit both, and sign what was found."""
    from filiation.cli._progress import bar
    from filiation.model.kinds import WEIGHTS
    from filiation.proceedings.blind.comparing import compare
    from filiation.proceedings.naming import model_named

    controls = [model_named(one, WEIGHTS, here=True) for one in control or ()]
    with bar(quiet) as watched:
        said = compare(folder, controls, step=watched.step)
    if not quiet:
        typer.echo(said.files[-1][0].read_text(), nl=False)
    _show(said, quiet=quiet)


def abort(
    folder: Folder,
    reason: Annotated[str, typer.Option("--reason", help="Why; both others can read it.")],
    quiet: Quiet = False,
) -> None:
    """End a session before its result, and sign why."""
    from filiation.proceedings.blind.steps import abort

    _show(abort(folder, reason), quiet=quiet)


def _show(said: "Said", *, quiet: bool) -> None:
    from filiation.report.wording.blind import said_lines

    if quiet:
        return
    session = said.room.session
    awaited = said.awaited or session.awaited()
    step = session.step.name if session.step else ""
    for line in said_lines(said.files, awaited, step):
        typer.echo(line)
