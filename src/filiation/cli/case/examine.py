"""The verb `case examine`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Carry the plan in force out, from what the case keeps of its exhibits."""
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
