"""The verbs of `log`: a provider's own records, reduced so that no prompt need be read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet

if TYPE_CHECKING:
    from filiation.model.log_summary import LogSummary

__all__ = ["key", "reduce", "show"]

Logs: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        metavar="LOG...",
        help="Files of one log: JSON lines or documents, CSV, Parquet (extra `logs`); packed with "
        "gzip, bzip2, xz or zstd, too.",
    ),
]
KeyFile: TypeAlias = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="The key, from `filiation log key`.")
]
Out: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="The reduced log, NAME.requests.")
]
NewKey: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="The file of the new key.")
]
Format: TypeAlias = Annotated[
    str,
    typer.Option(
        "--format",
        help="`langfuse`, `litellm`, `openai-usage`, `openai-compliance`, `anthropic-usage` or "
        "`anthropic-compliance`; `table` for usual names only (default: recognised).",
    ),
]
Columns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="FIELD=COLUMN",
        help="Which column holds time, account, request, prompt, system, model, tokens_in, "
        "tokens_out, parameters, payment, network, client or ended; `a.b` within objects.",
    ),
]
Zone: TypeAlias = Annotated[
    str,
    typer.Option("--zone", help="The zone of times that state none, such as UTC or Europe/Berlin."),
]
Jobs: TypeAlias = Annotated[int, typer.Option("--jobs", min=1, help="Processes that reduce rows.")]
Reduced: TypeAlias = Annotated[Path, typer.Argument(metavar="LOG", help="A reduced log.")]


def key(out: NewKey) -> None:
    """Make the key under which the logs of a case are reduced.

    Logs are comparable under one key only. Its file can be read by its owner alone; the id tells
    one key from another, and may be told to anybody.
    """
    from filiation.cli._printing import show as shown
    from filiation.proceedings.naming import free

    free(out)
    from filiation.proceedings.request_logs import made_key
    from filiation.report.wording.request_log import key_lines

    shown(*key_lines(str(out), made_key(out)))


def reduce(
    logs: Logs, key: KeyFile, out: Out, form: Format = "", column: Columns = None, zone: Zone = "",
    jobs: Jobs = 1, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Reduce a provider's log to keyed signatures, times to the minute, and counts.

    No text leaves: prompts become signatures under the key (template, first and last words, four
    shingles, whole), accounts, payment, network and client become hashes. Rows that cannot be read
    are counted by reason and set aside. The file is written whole or not at all.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import free, present

    for path in logs:
        present(path, "a log of requests")
    present(key, "a key"), free(out)
    from filiation.proceedings.request_logs import reduced

    with bar(quiet) as shown:
        found = reduced(
            logs, key=key, out=out, form=form, columns=column or (), zone=zone, jobs=jobs,
            step=shown.step, progress=shown.progress,
        )  # fmt: skip
    _show(found, as_json=as_json, quiet=quiet)


def show(log: Reduced, as_json: AsJson = False) -> None:
    """Say what a reduced log holds: rows, accounts, times, models, what is stated and what is not.

    Nothing in it names anybody. What was set aside when it was made is told with its reasons.
    """
    from filiation.proceedings.naming import present

    present(log, "a reduced log")
    from filiation.proceedings.request_logs import summary

    _show(summary(log), as_json=as_json, quiet=False)


def _show(found: "LogSummary", *, as_json: bool, quiet: bool) -> None:
    from filiation.cli._printing import show as shown
    from filiation.report.render.records import log_json
    from filiation.report.wording.request_log import log_lines

    if as_json:
        typer.echo(log_json(found), nl=False)
    elif not quiet:
        shown(*log_lines(found), whole=True)
