"""The verb `case power`."""

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(case: CasePath, acting: As = None, quiet: Quiet = False) -> None:
    """Reckon what these exhibits and controls could show at best, before looking."""
    from filiation.proceedings.examining import reckon
    from filiation.report.wording.deeds import reckoned

    made = reckon(case, acting=acting)
    if not quiet:
        typer.echo("\n".join(reckoned(made)))
