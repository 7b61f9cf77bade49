"""The verb `import`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._examining import Columns
from filiation.cli._options import AsJson, Quiet

__all__ = ["command"]


Log: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="LOG",
        help="A table, chats, prompts and responses, a provider's batch, or the log of an "
        "evaluation tool; FILE#MODEL for one model of several.",
    ),
]
Out: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", help="The file of recordings to write.")
]
Called: TypeAlias = Annotated[
    str,
    typer.Option(
        "--model", metavar="NAME", help="Which model of the log, or what its only one is called."
    ),
]
Prompts: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What was asked, by the same ids: the requests of a batch, a battery, or a table.",
    ),
]
ByPrompt: TypeAlias = Annotated[
    bool, typer.Option("--by-prompt", help="Name each question by the digest of its words.")
]


def command(
    log: Log, out: Out, called: Called = "", prompts: Prompts = None, column: Columns = None,
    by_prompt: ByPrompt = False, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Turn chats, prompts and responses, or a provider's export into recordings to be examined.

    Says what was read as what. Without --model every model of the log is kept under the name that
    it has there. The file that is written stands wherever recorded answers may stand.
    """
    from filiation.errors import UsageError
    from filiation.proceedings.importing import import_log
    from filiation.proceedings.naming import free
    from filiation.report.render.records import imported_json
    from filiation.report.wording.verbs import imported_lines

    if called and not called.isprintable():
        raise UsageError(f"--model {called!r}: expected a name that can be printed")
    found = import_log(
        log, free(out, "recordings are never overwritten"), model=called, prompts=prompts,
        columns=column or (), by_prompt=by_prompt,
    )  # fmt: skip
    if as_json:
        typer.echo(imported_json(found), nl=False)
    elif not quiet:
        for line in imported_lines(found):
            typer.echo(line)
