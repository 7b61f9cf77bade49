"""The verb `workload`: examining two sealed models in a machine that neither side runs."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli._options import Quiet

__all__ = ["command"]


def command(
    given: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="With subject, source and controls; see below."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FOLDER", help="Where the result goes; empty, or new."),
    ],
    image: Annotated[
        str,
        typer.Option("--image", metavar="DIGEST", help="The image that this runs in (sha256:..)."),
    ] = "",
    attest: Annotated[
        bool, typer.Option("--attest", help="Ask this machine's processor for an attestation.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Examine two sealed models inside a confidential machine, and sign what was found.

    Below FOLDER lie `subject` and `source`, each with `model`, `seal` and `seal.secret`, and
    `controls` with models that are related to neither; `plan.json` if one was fixed. Each file is
    read once and held against the seal; a key is made, signs the examination and is forgotten.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.workload import work
    from filiation.report.wording.attested import worked_lines

    with bar(quiet) as watched:
        found = work(given, out, image=image, attest=attest, step=watched.step)
    if not quiet:
        for line in worked_lines(found.examination, out, attested=found.attested):
            typer.echo(line)
