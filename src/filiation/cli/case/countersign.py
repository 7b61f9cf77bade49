"""The verb `case countersign`."""

import typer

from filiation.cli.case._options import CasePath, Quiet

__all__ = ["command"]


def command(case: CasePath, quiet: Quiet = False) -> None:
    """Sign for the log as it stands, as the lead, without adding to it.

    Every deed of the lead does that, too. Until then whoever can write to the folder can cut off
    what others added since; after it, no key but the lead's makes a log that was cut look whole.
    """
    from filiation.proceedings.countersigning import countersign
    from filiation.report.wording.deeds import countersigned

    size, lead = countersign(case)
    if not quiet:
        typer.echo(countersigned(size, lead))
