"""The verb `identity`."""

from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson

__all__ = ["command"]

EXPECTED = "recorded answers (FILE#MODEL)"

Answers: TypeAlias = Annotated[
    str, typer.Argument(metavar="[NAME=]ANSWERS", help="The model's recorded answers.")
]
Controls: TypeAlias = Annotated[
    list[str],
    typer.Option("--control", help="Recorded answers of others, FILE#* for all; repeatable."),
]


def command(path: Answers, control: Controls, as_json: AsJson = False) -> None:
    """What does a model say it is, beside twenty controls in the same languages?

    Record answers by `filiation ask MODEL --battery identity-languages --out FILE`. Context, never
    a finding.
    """
    from filiation.proceedings.identities import who_it_says
    from filiation.proceedings.naming import model_named, models_named

    named = model_named(path, EXPECTED, here=True)
    others = models_named(control, EXPECTED, here=True)
    found = who_it_says(named, others)
    from filiation.report.render.identities import identities_grid, identities_json

    if as_json:
        typer.echo(identities_json(found), nl=False)
        return
    from filiation.cli._printing import show
    from filiation.cli._tables import table
    from filiation.report.wording.identities import identity_lines

    show("\n\n".join(identity_lines(found)), "", table(identities_grid(found)))
