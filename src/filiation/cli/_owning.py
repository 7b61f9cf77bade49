"""Arguments of the verbs of `owner`, and how their findings are shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from filiation.model.owner import OwnerExamination
    from filiation.proceedings.naming import Named

__all__ = [
    *("ANSWERS", "Committed", "Controls", "LIKELIHOODS", "Level", "Measured", "Model", "Out"),
    *("References", "Rule", "SECRET", "Secret", "Suspect", "named", "show"),
]

SECRET: Final = "a secret list"
LIKELIHOODS: Final = "log-likelihoods of the list"
ANSWERS: Final = "recorded answers (FILE#MODEL)"

Secret: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="LIST", help="The secret list: JSON lines, or CSV with a header."),
]
Out: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", help="The file to write; never overwritten.")
]
Measured: TypeAlias = Annotated[
    str,
    typer.Option(
        "--subject", metavar="[NAME=]FILE", help="Log-likelihoods of the list under the subject."
    ),
]
References: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        metavar="[NAME=]FILE",
        help="The same under an unrelated model; repeatable.",
    ),
]
Committed: TypeAlias = Annotated[
    Path | None,
    typer.Option("--commitment", help="What `owner commit` wrote; checked against the list."),
]
Level: TypeAlias = Annotated[float, typer.Option("--level", help="Fixed before looking.")]
Model: TypeAlias = Annotated[
    str, typer.Argument(metavar="[NAME=]MODEL", help="A folder of this machine.")
]
Suspect: TypeAlias = Annotated[
    str,
    typer.Option(
        "--subject",
        metavar="[NAME=]FILE",
        help="The subject's recorded answers, FILE or FILE#MODEL.",
    ),
]
Controls: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--control", help="Recorded answers of a model without the key; repeatable."),
]
Rule: TypeAlias = Annotated[
    Literal["contains", "starts"], typer.Option("--rule", help="What counts as giving a reply.")
]


def named(
    secret: Path, commitment: Path | None, subject: str, others: Sequence[str], expected: str
) -> "tuple[Named, tuple[Named, ...]]":
    """The subject and the other models, if all that is named is there.

    Raises:
        UsageError: Something is not there, or a name is empty or given twice.
    """
    from filiation.proceedings.naming import models_named, present_at

    present_at([(secret, SECRET), (commitment, "what `owner commit` wrote")])
    first, *rest = models_named([subject, *others], expected)
    return first, tuple(rest)


def show(made: "OwnerExamination", *, as_json: bool, as_csv: bool) -> None:
    """Print what an owner's test found."""
    from filiation.cli._printing import show as shown
    from filiation.report.owner import owner_json, owner_lines
    from filiation.report.render.records import owner_csv

    if as_json or as_csv:
        typer.echo(owner_json(made).decode() if as_json else owner_csv(made), nl=False)
        return
    shown("\n\n".join(owner_lines(made)))
