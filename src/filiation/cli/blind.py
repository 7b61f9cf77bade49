"""The verbs of `blind`: comparing two secret models, step by step, by files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import Quiet
from filiation.errors import UsageError

if TYPE_CHECKING:
    from filiation.model.blind import Material
    from filiation.proceedings.blind.steps import Said

__all__ = ["abort", "compare", "go_on", "join", "keep", "show", "start", "take"]

Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Your own folder of the session.")
]
KeyName: TypeAlias = Annotated[
    str, typer.Option("--key", metavar="NAME", help="Your key on this computer (`case key`).")
]
WAITING = 4


Claimant: TypeAlias = Annotated[
    Path, typer.Option("--claimant", help="Public key (.pub) of that side.")
]
Respondent: TypeAlias = Annotated[
    Path, typer.Option("--respondent", help="Public key (.pub) of that side.")
]
Drawn: TypeAlias = Annotated[
    int,
    typer.Option("--audit", min=1, max=10_000, help="Tensors, elements or prompts drawn again."),
]
Both: TypeAlias = Annotated[
    bool, typer.Option("--both", help="Not of sets: each side gets the other's material.")
]
Sets: TypeAlias = Annotated[
    bool, typer.Option("--set", help="Compare sets of texts (one a line), not weights.")
]
Matches: TypeAlias = Annotated[
    bool, typer.Option("--matches", help="Of sets: tell both what matches, not how many.")
]
Epsilon: TypeAlias = Annotated[
    float,
    typer.Option("--epsilon", min=0.0, max=100.0, help="Of counts of sets: with such noise."),
]
Controls: TypeAlias = Annotated[
    int,
    typer.Option("--controls", min=0, max=1000, help="With --epsilon: how many controls."),
]
Battery: TypeAlias = Annotated[
    str, typer.Option("--answers", metavar="BATTERY", help="Compare answers to this, not weights.")
]
Items: TypeAlias = Annotated[
    int, typer.Option("--items", min=1, max=10_000, help="Of answers: prompts of the battery.")
]
Repeat: TypeAlias = Annotated[
    int, typer.Option("--repeat", min=1, max=100, help="Of answers: how often each is asked.")
]
Columns: TypeAlias = Annotated[
    int, typer.Option("--columns", min=1, max=1024, help="Of weights: of sketches, in each frame.")
]
Deep: TypeAlias = Annotated[
    int, typer.Option("--deep", min=0, help="Of weights: whole rows that sketches keep.")
]
Error: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--error", min=0, max=100, show_default="50; counts 0, noisy ones 20",
        help="Least error of attacks, in %.",
    ),
]  # fmt: skip
Whole: TypeAlias = Annotated[
    int,
    typer.Option(
        "--whole", min=0, max=100, help="Most that may be read as it is, in %; not of answers."
    ),
]


def start(
    given: typer.Context, folder: Folder, key: KeyName, claimant: Claimant, respondent: Respondent,
    audit: Drawn = 8, both: Both = False, sets: Sets = False, matches: Matches = False,
    epsilon: Epsilon = 0.0, controls: Controls = 0, answers: Battery = "", items: Items = 800,
    repeat: Repeat = 1, columns: Columns = 64, deep: Deep = 8192, error: Error = None,
    whole: Whole = 10, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Begin a session as its tribunal: what is compared, by whom, and how much is audited.

    Terms that let more be told than --error and --whole allow are refused here, where they tell;
    else by the side whose material it is, when it joins. Rows of toys (the casebook's) can be
    solved for, and small sets are read whole: these ask for `--error 0 --whole 100`. How much noise
    an epsilon gives hangs on how many sets are counted as controls: that is agreed as well.
    """
    from filiation.proceedings.blind.agreeing import check_options, hundredths
    from filiation.proceedings.blind.bounds import usual_error
    from filiation.proceedings.blind.steps import start
    from filiation.report.wording.blind_course import begun_line

    if answers and sets:
        raise UsageError("--answers and --set are two comparisons; expected one of them")
    asked = {"battery": answers, "items": items, "repeat": repeat} if answers else {}
    material: Material = "set" if sets else "answers" if answers else "weights"
    check_options(material, [name for name in given.params if _typed(given, name)])
    noise = hundredths(epsilon) if _typed(given, "epsilon") else 0
    said = start(
        folder, key=key, claimant=claimant, respondent=respondent, audit=audit, both=both,
        material=material, share="matches" if matches else "count",
        epsilon=noise, controls=controls, columns=columns, deep=deep,
        error=usual_error(material, noise) if error is None else error, whole=whole, **asked,
    )  # fmt: skip
    _show(said, quiet=quiet)
    if not quiet:
        typer.echo(begun_line(said.files[0][0], said.room.session.terms.material))


def _typed(given: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = given.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def join(
    folder: Folder,
    terms: Annotated[Path, typer.Argument(metavar="TERMS", help="What the tribunal wrote.")],
    key: KeyName,
    material: Annotated[
        Path,
        typer.Option(
            "--material", help="The model that you sealed; a set, one a line; or answers."
        ),
    ],
    secret: Annotated[
        Path | None, typer.Option("--secret", help="What `filiation seal` kept of the model.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Join a session as one of its sides, with the seal of your model.

    Of weights, the whole model is held against its seal first, which takes as long as sealing it.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.blind.steps import join

    with bar(quiet) as watched:
        said = join(
            folder, terms, key=key, material=material, secret=secret, progress=watched.progress
        )
    _show(said, quiet=quiet)


def take(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="What others handed to you; or their folder."),
    ],
    quiet: Quiet = False,
) -> None:
    """Take what others handed over, once it was checked: whose it is, and where it belongs."""
    from filiation.proceedings.blind.steps import take
    from filiation.report.wording.blind_course import CONTROL, taken_lines

    got = take(folder, files)
    session = got.room.session
    awaited, last = session.awaited(), session.step is not None and session.step.name == "result"
    what = CONTROL[session.terms.material]
    turn = f"compare {folder} --control {what}" if last else f"next {folder}"
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
    from filiation.report.wording.blind_course import course_lines

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
            "--control", metavar="MODEL", help="A model (answers, or set) unrelated to both."
        ),
    ] = None,
    tie: Annotated[
        list[str] | None,
        typer.Option(
            "--tie",
            metavar="SIDE:WHAT=FILE",
            help="Of answers: those of a SIDE's sealed `weights`, or of its `service` again.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Compare both materials as the tribunal, audit both, and sign what was found."""
    from filiation.cli._progress import bar
    from filiation.model.kinds import WEIGHTS
    from filiation.proceedings.blind.comparing import compare
    from filiation.proceedings.blind.controls import tie_named
    from filiation.proceedings.naming import model_named

    controls = [model_named(one, WEIGHTS, here=True) for one in control or ()]
    tied = [tie_named(one) for one in tie or ()]
    with bar(quiet) as watched:
        said = compare(folder, controls, tied=tied, step=watched.step)
    if not quiet:
        typer.echo(said.files[-1][0].read_text(), nl=False)
    _show(said, quiet=quiet)


def keep(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The file to write.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="With all that the tribunal got, to derive it again.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Keep a session as one file, an exhibit for a case.

    Without --whole it has the same bytes whoever of the three keeps it.
    """
    from filiation.proceedings.blind.exhibiting import keep_session
    from filiation.report.wording.blind_course import kept_line

    keep_session(folder, out, whole=whole)
    if not quiet:
        typer.echo(kept_line(out, whole=whole))


def abort(
    folder: Folder,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; both others can read it.")
    ] = "",
    lacks: Annotated[
        str,
        typer.Option(
            "--lacks", metavar="SIDE",
            help="Of the tribunal: that side announced a file and did not hand it over.",
        ),
    ] = "",
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """End a session before its result, and sign why.

    With --lacks the tribunal signs which file a side announced, in which message, and did not hand
    over: no message of that side shows it.
    """
    from filiation.proceedings.blind.lacking import lacks_of
    from filiation.proceedings.blind.steps import abort

    if bool(reason) == bool(lacks):
        raise UsageError("blind abort: give a --reason, or --lacks SIDE")
    _show(abort(folder, reason or lacks_of(folder, lacks)), quiet=quiet)


def _show(said: "Said", *, quiet: bool) -> None:
    from filiation.report.wording.blind_course import said_lines

    if quiet:
        return
    session = said.room.session
    awaited = said.awaited or session.awaited()
    step = session.step.name if session.step else ""
    for line in said_lines(said.files, awaited, step):
        typer.echo(line)
