"""The verb `case add`."""

from typing import Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Follow, Present, Quiet

__all__ = ["command"]

Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        help="A model's folder, a file of weights, an archive of one, BASE+ADAPTER, where one "
        "lies (hf://ORG/NAME@REVISION, https://.., s3://..), answers as FILE#MODEL, a tokenizer, "
        "a source tree, a reduced log, a record of served answers, any files."
    ),
]
Copy: TypeAlias = Annotated[
    bool, typer.Option("--copy", help="Keep the files themselves, not only their digests.")
]
Unexamined: TypeAlias = Annotated[
    bool,
    typer.Option("--unexamined", help="Files that no method is to read: digests and custody only."),
]
Along: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--along",
        help="Put tokenizer and configuration of a model's folder in as exhibits of their own, "
        "NAME-tokenizers and NAME-architecture.",
    ),
]


def command(
    case: CasePath,
    model: Model,
    name: Annotated[str, typer.Option(help="What the exhibit is called in this case.")],
    offered_by: Annotated[str, typer.Option("--from", metavar="PARTY", help="Who put it in.")],
    how: Annotated[str, typer.Option(help="How it was acquired: from where, by what means, when.")],
    copy: Copy = False,
    unexamined: Unexamined = False,
    along: Along = False,
    present: Present = None,
    follow: Follow = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Put a model, its answers or other files in as an exhibit.

    A party that has a key signs what it puts in. The lead records what a party hands over that has
    none, or with --present what one hands over that does not sign.

    The files are opened read-only. Nothing is reached through a link that leads out of the folder,
    and a pipe, a socket or a device is not read. The record keeps SHA-256 of every file (a manifest
    shaped like OpenSSF model signing) and of every tensor, and the sketch that all numbers follow
    from; with --copy also the files. A model on another machine is read whole, held against what
    its host declares, and recorded with the commit or the ETag that it had. What is --unexamined
    keeps the first alone.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.adding import ExhibitOffered, add_exhibit, with_along
    from filiation.report.wording.deeds import added

    offered = ExhibitOffered(
        model=model, name=name, offered_by=offered_by, how=how, copy=copy, unexamined=unexamined,
        present=present or (), follow=follow,
    )  # fmt: skip
    for one in with_along(offered) if along else (offered,):
        with bar(quiet) as shown:
            made = add_exhibit(case, one, acting=acting, step=shown.step, progress=shown.progress)
        if not quiet:
            typer.echo(added(made))
