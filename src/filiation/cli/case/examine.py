"""The verb `case examine`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.errors import UsageError

__all__ = ["command"]


Log: TypeAlias = Annotated[
    str | None, typer.Option(metavar="EXHIBIT", help="A reduced log, alone, by its own plan.")
]
Served: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="EXHIBIT", help="A record of served answers and their twins, alone."),
]
History: TypeAlias = Annotated[
    str | None, typer.Option(metavar="EXHIBIT", help="A training history, by its own plan.")
]
Again: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXHIBIT",
        help="With --history: the end of a repetition of the interval that its coin drew; several.",
    ),
]
Session: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="EXHIBIT", help="A comparison of sealed materials, as it was signed."),
]
Workload: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="EXHIBIT", help="What a machine signed that neither side runs."),
]
Measured: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--measurement", metavar="NAME=HEX",
        help="With --workload: what its attestation must state; several.",
    ),
]  # fmt: skip
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def command(
    case: CasePath,
    log: Log = None,
    served: Served = None,
    history: History = None,
    again: Again = None,
    session: Session = None,
    workload: Workload = None,
    measurement: Measured = None,
    as_json: AsJson = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Carry the plan in force out, from what the case keeps of its exhibits.

    With --log, --served, --history, --session or --workload a question about that exhibit alone is
    answered; a machine's attestation is checked by all makers' certificates that the case holds.
    """
    asked = {
        "log": log, "served": served, "history": history, "session": session, "workload": workload,
    }  # fmt: skip
    if again and history is None:
        raise UsageError("examine: --again goes with --history, whose interval was trained again")
    if measurement and workload is None:
        raise UsageError("examine: --measurement goes with --workload, whose attestation states it")
    named = [(kind, exhibit) for kind, exhibit in asked.items() if exhibit is not None]
    if len(named) > 1:
        raise UsageError(
            f"examine: --{named[0][0]} and --{named[1][0]} are two questions; expected one of them"
        )
    if named:
        kind, exhibit = named[0]
        return _alone(
            case, exhibit, kind, again or (), measurement or (), acting, as_json=as_json,
            quiet=quiet,
        )  # fmt: skip
    return _in_force(case, acting, as_json=as_json, quiet=quiet)


def _in_force(case: Path, acting: str | None, *, as_json: bool, quiet: bool) -> None:
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.examining import examine_case
    from filiation.report.render.json import render_json
    from filiation.report.render.terminal import brief
    from filiation.report.wording.deeds import examined

    with bar(quiet) as shown:
        made = examine_case(case, acting=acting, step=shown.step)
    if as_json:
        typer.echo(render_json(made.found).decode(), nl=False)
    elif not quiet:
        show(brief(made.found))
        typer.echo(examined(made))


def _alone(
    case: Path, exhibit: str, kind: str, again: Sequence[str], measured: Sequence[str],
    acting: str | None, *, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.inquiries import examine_alone
    from filiation.proceedings.workload import measurements_of
    from filiation.report.inquiry.shown import inquiry_json, inquiry_text
    from filiation.report.wording.inquiry_deeds import answered_line

    with bar(quiet) as shown:
        made = examine_alone(
            case, exhibit, kind, again=again, expected=measurements_of(measured), acting=acting,
            step=shown.step,
        )  # fmt: skip
    if as_json:
        typer.echo(inquiry_json(made.material).decode(), nl=False)
    elif not quiet:
        show(inquiry_text(made.material))
        typer.echo(answered_line(made.entry))
