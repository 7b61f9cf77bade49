"""Arguments of the verbs of `owner`, and how their findings are shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from filiation.model.owner import OwnerExamination
    from filiation.proceedings.naming import Named
    from filiation.proceedings.owner_given import Given

__all__ = [
    *(
        "ANSWERS",
        "Case",
        "Chain",
        "Committed",
        "Controls",
        "Draw",
        "LIKELIHOODS",
        "Level",
        "Measured",
    ),
    *(
        "Model",
        "Out",
        "References",
        "Roots",
        "Rule",
        "SECRET",
        "Secret",
        "Seed",
        "Suspect",
        "Twins",
    ),
    *("held", "named", "show"),
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
Twins: TypeAlias = Annotated[
    Path | None,
    typer.Option("--twins", help="Twins of a list of served answers (JSON lines)."),
]
Draw: TypeAlias = Annotated[
    Path | None,
    typer.Option("--draw", help="What `owner draw` wrote beside the list; the lot is drawn again."),
]
Case: TypeAlias = Annotated[
    Path | None,
    typer.Option("--case", help="The case that holds commitment and coin, where they are events."),
]
Roots: TypeAlias = Annotated[
    Path | None,
    typer.Option("--roots", help="Root certificates that you trust (PEM), not those of the draw."),
]
Chain: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--chain", help="drand's description of the chain that you trust, if not quicknet."
    ),
]
Level: TypeAlias = Annotated[
    float | None,
    typer.Option("--level", help="Fixed before looking (0.001); refused where the draw fixed it."),
]
Seed: TypeAlias = Annotated[
    int | None,
    typer.Option("--seed", help="Of random orders (0); refused where the draw fixed it."),
]
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
    Literal["contains", "starts"] | None,
    typer.Option(
        "--rule",
        help="What counts as giving a reply (contains); refused where the draw fixed it.",
    ),
]


def named(
    secret: Path, subject: str, others: Sequence[str], expected: str
) -> "tuple[Named, tuple[Named, ...]]":
    """The subject and the other models, if all that is named is there.

    Raises:
        UsageError: Something is not there, or a name is empty or given twice.
    """
    from filiation.proceedings.naming import models_named, present

    present(secret, SECRET)
    first, *rest = models_named([subject, *others], expected, here=True)
    return first, tuple(rest)


def held(
    commitment: Path | None,
    draw: Path | None,
    case: Path | None,
    roots: Path | None,
    chain: Path | None,
    *,
    level: float | None = None,
    rule: Literal["contains", "starts"] | None = None,
    seed: int | None = None,
) -> "Given":
    """How a list came about, and what may still be chosen.

    Raises:
        UsageError: A file is not there.
    """
    from filiation.proceedings.naming import present_at

    present_at(
        [
            (commitment, "what `owner commit` wrote"),
            (draw, "what `owner draw` wrote"),
            (case, "a case"),
            (roots, "root certificates (PEM)"),
            (chain, "drand's /info"),
        ]
    )
    from filiation.proceedings.owner_given import Given

    return Given(
        commitment=commitment,
        draw=draw,
        case=case,
        roots=roots,
        chain=chain,
        level=level,
        rule=rule,
        seed=seed,
    )


def show(made: "OwnerExamination", *, as_json: bool, as_csv: bool) -> None:
    """Print what an owner's test found."""
    from filiation.cli._printing import show as shown
    from filiation.report.owner import owner_json, owner_lines
    from filiation.report.render.records import owner_csv

    if as_json or as_csv:
        typer.echo(owner_json(made).decode() if as_json else owner_csv(made), nl=False)
        return
    shown("\n\n".join(owner_lines(made)))
