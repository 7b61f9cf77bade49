"""The verb `case decide`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet, Supersedes

__all__ = ["command"]


def command(
    case: CasePath,
    outcome: Annotated[
        Literal["dismiss", "escalate", "need-more"], typer.Argument(help="What is decided.")
    ],
    because: Annotated[str, typer.Option(help="The reasons.")],
    supersedes: Supersedes = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Record the lead's decision with its reasons.

    There is no decision without a claim, and a further decision names the one that it supersedes.
    Reasons that claim more than an examination can show are refused, if they are in English.
    """
    from filiation.proceedings.deciding import decide
    from filiation.report.wording.deeds import decided

    made = decide(case, outcome, because=because, supersedes=supersedes, acting=acting)
    if not quiet:
        typer.echo("\n".join(decided(made)))
