"""The verb `doctor`: what this installation has, and what it lacks."""

import typer

from filiation.cli._options import AsJson

__all__ = ["command"]


def command(
    as_json: AsJson = False,
) -> None:
    """Show what this installation has: versions, extras, cores, memory, disk.

    Nothing is changed and nothing is sent. The exit code is 0, whatever is missing.
    """
    import json

    from filiation.proceedings.doctor import installation

    found = installation()
    if as_json:
        typer.echo(json.dumps({"schema_version": 1, **found}, indent=1))
        return
    longest = max(len(name) for rows in found.values() for name in rows)
    for title, rows in found.items():
        typer.echo(title)
        for name, value in rows.items():
            typer.echo(f"  {name:<{longest}}  {_shown(value)}")


def _shown(value: object) -> str:
    """An extra tells of several packages; everything else is a line already."""
    if isinstance(value, dict):
        return str(value["install"] or f"installed: {', '.join(value['packages'])}")
    return str(value)
