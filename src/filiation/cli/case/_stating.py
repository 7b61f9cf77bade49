"""What the verbs `claim`, `answer` and `submit` do."""

from pathlib import Path
from typing import Literal

import typer

from filiation.errors import UsageError

__all__ = ["state"]


def state(
    case: Path,
    kind: Literal["claim", "answer", "submission"],
    *,
    by: str,
    title: str,
    text: str | None,
    file: Path | None,
    alternative: Literal["shared-data", "shared-teacher", "shared-recipe", "licence", "convergence"]
    | None = None,
    confidential: bool,
    present: list[str] | None,
    offline: Path | None,
    quiet: bool,
) -> None:
    """Put a statement on record, or sign it into a file for the lead."""
    from filiation.proceedings.stating import state_words
    from filiation.proceedings.submitting import write_submission
    from filiation.report.wording import deeds

    if offline is not None:
        if present:
            raise UsageError("--present goes without --offline: who signs needs nobody to stand by")
        write_submission(
            case, kind, offline, party=by, title=title, text=text, file=file,
            alternative=alternative, confidential=confidential,
        )  # fmt: skip
        said = deeds.submission_written(offline, by)
    else:
        made = state_words(
            case, kind, party=by, title=title, text=text, file=file, alternative=alternative,
            confidential=confidential, present=present or (),
        )  # fmt: skip
        said = "\n".join(deeds.stated(made))
    if not quiet:
        typer.echo(said)
