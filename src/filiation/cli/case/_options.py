"""Arguments that many verbs share."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

__all__ = [
    *("Alternative", "As", "By", "CasePath", "Confidential", "Follow", "Offline", "Present"),
    *("Quiet", "Supersedes", "WordsFile"),
]

CasePath: TypeAlias = Annotated[Path, typer.Argument(metavar="CASE", help="The case directory.")]
As: TypeAlias = Annotated[
    str | None, typer.Option("--as", metavar="PARTY", help="Who acts and signs (default: lead).")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
]
Follow: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--follow",
        help="The path may be a link, or its files have further names (hard links) elsewhere: what "
        "they lead to is what was handed over.",
    ),
]
By: TypeAlias = Annotated[str, typer.Option("--by", metavar="PARTY", help="Whose words these are.")]
WordsFile: TypeAlias = Annotated[
    Path | None, typer.Option(help="A file that says it, of any kind.")
]
Alternative: TypeAlias = Annotated[
    Literal["shared-data", "shared-teacher", "shared-recipe", "licence", "convergence"] | None,
    typer.Option(help="Which alternative explanation it puts forward."),
]
Confidential: TypeAlias = Annotated[
    bool, typer.Option("--confidential", help="Not for the other parties' exports.")
]
Present: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Who stood by when the lead received it from the party; repeatable.",
    ),
]
Supersedes: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="EVENT", help="The event that this one ends; needed if there is one."),
]
Offline: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Sign it into this file instead, for the lead to receive."),
]
