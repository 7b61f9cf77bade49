"""The verb `case key`."""

from typing import Annotated

import typer

__all__ = ["command"]


def command(name: Annotated[str, typer.Argument(help="What to call it, e.g. the party.")]) -> None:
    """Make a key pair to sign with. The private half never enters a case.

    It lies in the folder `keys` of FILIATION_HOME, readable by its owner alone, and encrypted if
    FILIATION_PASSPHRASE is set. Hand NAME.pub to whoever leads the case.
    """
    from filiation.casefile.ledger.keys import make_key

    path = make_key(name)
    typer.echo(f"The private key is {path}; keep it. Hand out {path.with_suffix('.pub').name}.")
