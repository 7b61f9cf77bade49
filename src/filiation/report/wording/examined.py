"""What is said where an examination's folder was made."""

import shlex

from filiation.report.wording.figures import clean

__all__ = ["folder_lines"]


def folder_lines(folder: str, *, full: bool) -> tuple[str, ...]:
    """Where the reports are, and the command that checks them, whole."""
    quoted = shlex.quote(clean(folder))
    return (
        f"\nReports: {quoted}/report.html (for people), {quoted}/report.json (for programs).",
        f"Check it again, without the models: filiation verify {quoted}",
        *(() if full else ("The whole report in this terminal: add --full",)),
    )
