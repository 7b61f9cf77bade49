"""The verbs of `history`: checkpoints of one training, in order."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli._options import GATE, AsJson, Quiet, Seed

__all__ = ["examine", "replay", "take", "watch"]

Checkpoints: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="A folder of checkpoints or sketches whose names end in their steps, or a manifest "
        "(TOML or JSON) that lists them: `at`, `step`, `date`, `stamp`, `seal`, `signature`.",
    ),
]
Out: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="HISTORY",
        help="The folder of sketches to make; one that was interrupted goes on.",
    ),
]  # fmt: skip
Requests: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--requests",
        help="Write a time-stamp request (RFC 3161) for each checkpoint; extra `timestamp`.",
    ),
]
Signer: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--signer", metavar="KEY",
        help="A public key (PEM) by which the checkpoints' model signatures (OpenSSF, `model.sig`) "
        "are checked.",
    ),
]  # fmt: skip
History: TypeAlias = Annotated[
    Path, typer.Argument(metavar="HISTORY", help="What `filiation history take` made.")
]
Source: TypeAlias = Annotated[
    str, typer.Option("--source", metavar="MODEL", help="The claimed source, or its sketch.")
]
Final: TypeAlias = Annotated[
    str | None,
    typer.Option("--final", metavar="MODEL", help="The exhibit that it should end in."),
]
Published: TypeAlias = Annotated[
    str,
    typer.Option(
        "--published", metavar="DATE", help="When the source was published, YYYY-MM-DD; UTC."
    ),
]
Roots: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--roots", metavar="FILE", help="Certificates (PEM) of the time-stamp authorities trusted."
    ),
]
Recipe: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--recipe", metavar="FILE",
        help="How the initial state was drawn (TOML or JSON): framework, generator, seed, draws.",
    ),
]  # fmt: skip
Lot: TypeAlias = Annotated[
    str,
    typer.Option(
        "--lot", metavar="VALUE",
        help="What drew the interval that was trained again, unknown when the history was fixed.",
    ),
]  # fmt: skip
Again: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--again", metavar="MODEL", help="The end of a repetition of that interval; several."
    ),
]


FailIf: TypeAlias = Annotated[
    Literal["failing", "not-independence"] | None,
    typer.Option(
        "--fail-if",
        help="Exit with 1 if a claim fails, or if the history does not support independence. For "
        "pipelines.",
    ),
]


def take(
    checkpoints: Checkpoints, out: Out, recipe: Recipe = None, requests: Requests = False,
    signer: Signer = None, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Sketch the checkpoints of one training, so that no weights need be handed over.

    One after another, in the memory of one; sketches that are given are taken as they are. Of a
    folder that a Trainer wrote the checkpoints are taken, and what else lies in it is named. A run
    that was interrupted goes on with the same command: a sketch is kept whose checkpoint has not
    changed.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import present

    present(checkpoints, "checkpoints, or a manifest")
    if recipe is not None:
        present(recipe, "the recipe of a start")
    if signer is not None:
        present(signer, "a public key")
    from filiation.proceedings.trainings import left_out, links_out, take_history
    from filiation.report.render.training import taken_json
    from filiation.report.wording.training import taken_lines

    left, links = left_out(checkpoints), links_out(checkpoints)
    with bar(quiet) as shown:
        found = take_history(
            checkpoints, out, recipe=recipe, requests=requests, signer=signer, step=shown.step,
            progress=shown.progress,
        )  # fmt: skip
    if as_json:
        typer.echo(taken_json(found, left, links), nl=False)
    elif not quiet:
        show(*taken_lines(found, str(out), left, links), whole=True)


def examine(
    history: History, source: Source, final: Final = None, published: Published = "",
    roots: Roots = None, lot: Lot = "", again: Again = None, seed: Seed = 0,
    fail_if: FailIf = None, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Test what a training history claims, one claim after another.

    Its start, its steps, its end, contact with the source, dates, a replay. It ends in: supports
    independence as far as .., fails at a step, or neither. It speaks of weights; what was learnt
    from answers of the source leaves a true history. The exit code is 0 whatever is found, unless
    --fail-if asks otherwise.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import model_named, present

    present(history, "a history, from `filiation history take`")
    against = model_named(source, "a model's weights")
    exhibit = None if final is None else model_named(final, "a model's weights")
    ends = [model_named(one, "a model's weights") for one in again or ()]
    from filiation.proceedings.histories import examine_history
    from filiation.report.render.training import examined_json
    from filiation.report.wording.training import history_lines

    with bar(quiet) as shown:
        found = examine_history(
            history, against, final=exhibit, published=published, roots=roots, lot=lot,
            again=ends, seed=seed, step=shown.step, progress=shown.progress,
        )  # fmt: skip
    if as_json:
        typer.echo(examined_json(found), nl=False)
    elif not quiet:
        show(*history_lines(found))
    fails = found.toward == "failing" or fail_if == "not-independence"
    if fail_if is not None and fails and found.toward != "independence":
        from filiation.report.wording.training import gate_line

        typer.echo(gate_line(fail_if, found, GATE), err=True)
        raise typer.Exit(GATE)


def replay(
    history: History, lot: Lot, again: Again = None, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Draw an interval by lot, and hold repetitions of it against the history.

    Without --again it says which interval is to be trained again. The lot is what nobody could know
    when the history was fixed: a round of a public beacon, or numbers that both parties opened.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import model_named, present

    present(history, "a history, from `filiation history take`")
    ends = [model_named(one, "a model's weights") for one in again or ()]
    from filiation.proceedings.histories import replay_history
    from filiation.report.render.training import replayed_json
    from filiation.report.wording.training import replayed_lines

    with bar(quiet) as shown:
        found = replay_history(history, lot, ends, step=shown.step)
    if as_json:
        typer.echo(replayed_json(found), nl=False)
    elif not quiet:
        show(*replayed_lines(found))


Every: TypeAlias = Annotated[
    float,
    typer.Option("--every", metavar="SECONDS", min=0.1, max=86400, help="Between two looks."),
]
Idle: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--idle", metavar="SECONDS", min=0.1, help="End when nothing has changed for so long."
    ),
]
Once: TypeAlias = Annotated[
    bool, typer.Option("--once", help="Look twice, keep what is whole, and end.")
]
Training: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Where a training writes its checkpoints.")
]
Watched: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="FOLDER",
        help="For sketches, seals, their secrets and their list; what is there is gone on with.",
    ),
]  # fmt: skip


def watch(
    training: Training, out: Watched, every: Every = 5.0, idle: Idle = None, once: Once = False,
    requests: Requests = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Sketch and seal each checkpoint of a training as it appears.

    It looks at files alone and lets whatever trains go first. Killed, it goes on with the same
    command. `filiation history take FOLDER` then makes the history of what was kept.
    """
    from filiation.cli._printing import show
    from filiation.proceedings.watching import LIST, watch_history
    from filiation.report.wording.training import watch_ended, watched_line

    watched = watch_history(training, out, every=every, idle=idle, once=once, requests=requests)
    for seen in watched:
        if not quiet or seen.told:
            show(watched_line(seen.name, seen.seal, seen.told))
    if not quiet:
        show(watch_ended(str(out), kept=(out / LIST).exists()))
