"""The verb `owner served-twins`."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli import _owning as given
from filiation.cli._options import AsCsv, AsJson, not_both

__all__ = ["command"]

Exchanges: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="LIST", help="Served answers, as `owner draw` wrote them (JSON lines)."),
]
Twins: TypeAlias = Annotated[
    Path, typer.Option("--twins", help="What the source said again, served to nobody.")
]
Source: TypeAlias = Annotated[
    str,
    typer.Option(
        "--source", metavar="[NAME=]FILE", help="Log-likelihoods of both under the snapshot."
    ),
]
Subject: TypeAlias = Annotated[
    str,
    typer.Option(
        "--subject",
        metavar="[NAME=]FILE",
        help="The same under the subject, or its recorded answers to the prompts.",
    ),
]
Measure: TypeAlias = Annotated[
    Literal["likelihoods", "answers"] | None,
    typer.Option(
        "--measure", help="What --subject holds (likelihoods); refused where the plan fixed it."
    ),
]
Keep: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--keep",
        metavar="FILE",
        help="Write a record without a word (.served), to be an exhibit of the case of the draw.",
    ),
]


def command(
    path: Exchanges, twins: Twins, source: Source, subject: Subject,
    reference: given.References = None, measure: Measure = None,
    draw: given.Draw = None, case: given.Case = None, roots: given.Roots = None,
    chain: given.Chain = None,
    commitment: given.Committed = None, level: given.Level = None, keep: Keep = None,
    as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Does the subject know the answers that were served, better than twins that never were?

    Twins are drawn from the same snapshot, by the same settings, and served to nobody.
    """
    not_both(as_json, as_csv)
    from filiation.proceedings.naming import present

    present(twins, "twins of served answers")
    who, others = given.named(path, subject, [source, *(reference or [])], given.LIKELIHOODS)
    held = given.held(commitment, draw, case, roots, chain, level=level)
    from filiation.proceedings.owner_twins import Heard, served_twins

    heard = Heard(
        twins=twins, source=others[0], subject=who, references=others[1:], measure=measure
    )
    given.show(served_twins(path, heard, given=held, keep=keep), as_json=as_json, as_csv=as_csv)
