"""The verb `case replay`."""

import typer

from filiation.cli.case._options import CasePath, Quiet

__all__ = ["command"]


def command(case: CasePath, quiet: Quiet = False) -> None:
    """Derive every number again from what the case keeps; all must be the same.

    The last digits of a few figures may differ where another kind of processor computed them;
    how many is said. Of an export what it holds is derived again, and the rest named.
    """
    from filiation.errors import CaseError
    from filiation.proceedings.replaying import derive_again
    from filiation.proceedings.verifying import withheld_in
    from filiation.report.wording.verified import derived_again, derived_other, nothing_again
    from filiation.report.wording.withheld import replayed_lines

    other, again, told = [], None, {True: 0, False: 0, None: 0}
    for again in derive_again(case):
        told[again.same] += 1
        if again.same is False:
            other.append(derived_other(again.sequence, again.words))
        elif not quiet:
            typer.echo(derived_again(again.sequence, again.words, again.same, again.moved))
    if again is None and not quiet:
        typer.echo(nothing_again())
    withheld = withheld_in(case)
    if withheld is not None and not quiet:
        derived = told[True] + told[False]
        typer.echo("\n".join(replayed_lines(withheld, derived=derived, open_=told[None])))
    for problem in other[1:]:
        typer.echo(f"filiation: {problem}", err=True)
    if other:
        raise CaseError(other[0])
