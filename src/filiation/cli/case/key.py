"""The verb `case key`."""

from typing import Annotated

import typer

__all__ = ["command"]


def command(name: Annotated[str, typer.Argument(help="What to call it, e.g. the party.")]) -> None:
    """Make a key pair to sign with. The private half never enters a case.

    It lies in the folder `keys` of FILIATION_HOME, readable by its owner alone, and encrypted if
    FILIATION_PASSPHRASE is set. Hand NAME.pub to whoever leads the case.
    """
    from filiation.proceedings.opening import make_key
    from filiation.report.wording.deeds import key_made

    typer.echo(key_made(make_key(name)))
