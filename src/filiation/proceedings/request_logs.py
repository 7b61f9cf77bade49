"""A provider's log of requests: make its key, reduce it, say what a reduced one holds."""

from collections.abc import Sequence
from pathlib import Path

from filiation.errors import UsageError
from filiation.model.log_summary import LogSummary, summary_of
from filiation.proceedings.progress import Progress, Step, no_progress, no_step, reading
from filiation.readers.logs.columns import read_said
from filiation.readers.logs.kept import SUFFIX, open_log
from filiation.readers.logs.key import make_key, read_key
from filiation.readers.logs.reduce import Reading, reduce_logs

__all__ = ["made_key", "reduced", "summary"]


def made_key(out: Path) -> str:
    """Make a key and write it; its id.

    Raises:
        UsageError: There is such a file already, or it cannot be written.
    """
    return make_key(out).id


def reduced(
    paths: Sequence[Path],
    *,
    key: Path,
    out: Path,
    form: str = "",
    columns: Sequence[str] = (),
    zone: str = "",
    jobs: int = 1,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> LogSummary:
    """Reduce the files of a log to one file, and say what it holds.

    Raises:
        UsageError: A file is missing or already there, or an option is unknown.
        UnreadableError: A file is damaged, or leaves open who asked or when.
    """
    if not out.name.endswith(SUFFIX):
        raise UsageError(f"{out}: expected a name that ends with {SUFFIX}, by which it is known")
    how = Reading(format=form, columns=read_said(columns), zone=zone, jobs=jobs)
    reduce_logs(paths, read_key(key), out, reading=how, advance=reading(step, progress))
    return summary(out)


def summary(path: Path) -> LogSummary:
    """What a reduced log holds.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is no reduced log, or contradicts itself.
    """
    return summary_of(open_log(path))
