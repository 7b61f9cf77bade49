"""Options that several verbs share."""

from typing import Annotated, Final, TypeAlias

import typer

from filiation.errors import UsageError

__all__ = ["GATE", "AsCsv", "AsJson", "Quiet", "Seed", "not_both"]

GATE: Final = 1  # exit code of a gate that fails

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AsCsv: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print a table (RFC 4180).")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
Seed: TypeAlias = Annotated[int, typer.Option("--seed", help="Of all random streams.")]


def not_both(as_json: bool, as_csv: bool) -> None:
    """Refuse two formats at once.

    Raises:
        UsageError: Both were asked for.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv: found both, expected one of them")
