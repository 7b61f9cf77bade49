"""What do installed packages add? Entry points, loaded; a package that is broken is named."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

from filiation.errors import UsageError
from filiation.methods.foreign import told

__all__ = ["given"]


def given(group: str) -> Iterator[tuple[str, Any]]:
    """What each entry of a group names, in the order of the entries' names.

    Yields:
        Where it comes from, to begin an error with, and the object.

    Raises:
        UsageError: An entry cannot be loaded.
    """
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        where = f"entry point {entry.name} of {group}: {entry.value}"
        try:
            found = entry.load()
        except (Exception, SystemExit) as error:  # foreign code may raise anything
            package = entry.dist.name if entry.dist else "that names it"
            raise UsageError(
                f"{where} cannot be loaded: {told(error)}; the package {package} is broken, or "
                "lacks what it needs"
            ) from error
        yield where, found
