"""The verb `case examine`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.errors import UsageError

__all__ = ["command"]


def command(
    case: CasePath,
    log: Annotated[
        str | None, typer.Option(metavar="EXHIBIT", help="A reduced log, alone, by its own plan.")
    ] = None,
    served: Annotated[
        str | None,
        typer.Option(metavar="EXHIBIT", help="A record of served answers and their twins, alone."),
    ] = None,
    session: Annotated[
        str | None,
        typer.Option(metavar="EXHIBIT", help="A comparison of sealed materials, as it was signed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Carry the plan in force out, from what the case keeps of its exhibits.

    With --log, --served or --session a question about that exhibit alone is answered.
    """
    alone = (("log", log), ("served", served), ("session", session))
    given = [(kind, exhibit) for kind, exhibit in alone if exhibit is not None]
    if len(given) > 1:
        raise UsageError(
            f"examine: --{given[0][0]} and --{given[1][0]} are two questions; expected one of them"
        )
    for kind, exhibit in given:
        _alone(case, exhibit, kind, acting, as_json=as_json, quiet=quiet)
        return
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
    case: Path, exhibit: str, kind: str, acting: str | None, *, as_json: bool, quiet: bool
) -> None:
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.inquiries import examine_alone
    from filiation.report.inquiry.shown import inquiry_json, inquiry_text
    from filiation.report.wording.inquiry import answered_line

    with bar(quiet) as shown:
        made = examine_alone(case, exhibit, kind, acting=acting, step=shown.step)
    if as_json:
        typer.echo(inquiry_json(made.material).decode(), nl=False)
    elif not quiet:
        show(inquiry_text(made.material))
        typer.echo(answered_line(made.entry))
