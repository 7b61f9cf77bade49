"""The verb `ask`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from filiation.interrogate.battery_file import Battery
    from filiation.interrogate.budget import Budget, Estimate, Prices
    from filiation.interrogate.recorder import Progress, Summary

__all__ = ["command"]

INCOMPLETE = 4
INTERRUPTED = 130


def command(
    model: Annotated[
        str,
        typer.Argument(help="anthropic/NAME, openai/NAME, openai-compat:URL#NAME or local:FOLDER."),
    ],
    battery: Annotated[
        str, typer.Option("--battery", "-b", help="A JSON-lines file, or a battery's name.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The transcript; continued if there.")],
    items: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, help="Questions to ask (200 of a named battery; else all)."
        ),
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, max=1000, help="Ask each so often.")] = 1,
    budget: Annotated[
        str | None, typer.Option(help="Ceiling: tokens (200000) or money (5.00USD).")
    ] = None,
    price_in: Annotated[
        str | None, typer.Option(help="Price of a million tokens read, for --budget in money.")
    ] = None,
    price_out: Annotated[str | None, typer.Option(help="The same for tokens written.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate the cost; send and write nothing.")
    ] = False,
    max_tokens: Annotated[
        int, typer.Option(min=1, max=1 << 20, help="Bound on each answer.")
    ] = 1024,
    logprobs: Annotated[
        int,
        typer.Option(min=0, max=20, help="Alternatives per token to ask for, where offered."),
    ] = 5,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="NAME=JSON, sent as it is. Default: none."),
    ] = None,
    api_version: Annotated[
        str, typer.Option(help="Of the Messages API: 2026-10-21 or 2023-06-01.")
    ] = "",
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of a named battery (default: drawn, recorded).")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="Recorded answers of the source (FILE#MODEL): stop once enough is known."
        ),
    ] = None,
    control: Annotated[
        list[str] | None, typer.Option(help="Recorded controls for --against; FILE#* for all.")
    ] = None,
    level: Annotated[float, typer.Option(help="Level at which --against stops.")] = 1e-3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Put a battery of questions to a model and record every exchange as evidence.

    Keys come from ANTHROPIC_API_KEY and OPENAI_API_KEY and are never written. The provider's own
    sampling is used. Interrupted, or killed: the same command goes on where it stopped.
    """
    import os

    from filiation.interrogate.budget import parse_budget
    from filiation.interrogate.clients import open_channel
    from filiation.interrogate.endpoint import endpoint
    from filiation.interrogate.recorder import estimate_of, record
    from filiation.proceedings.against import told, watch

    at = endpoint(model, os.environ, api_version=api_version, keyless=dry_run)
    prices = _prices(price_in, price_out)
    ceiling = None if budget is None else parse_budget(budget, prices)
    extra = _parameters(parameter or [])
    _check_out(out, dry_run)
    watched = None if against is None else watch(against, control or [], level)
    chosen, drawn = _battery(battery, out, items=items, seed=seed, keep=not dry_run)
    channel = open_channel(at, max_tokens=max_tokens, logprobs=logprobs, extra=extra, seed=drawn)
    expected = estimate_of(channel, chosen, repeat=repeat)
    if dry_run or not quiet:
        _say_estimate(chosen, expected, prices, ceiling)
    if dry_run:
        if as_json:
            typer.echo(_dumps({"battery": _named(chosen), **_estimated(expected, prices)}))
        return
    try:
        with _progress(quiet) as progress:
            summary = record(
                channel,
                chosen,
                out,
                repeat=repeat,
                seed=drawn,
                budget=ceiling,
                observer=None if watched is None else watched.feed,
                progress=progress,
            )
    except KeyboardInterrupt:
        typer.echo(
            f"filiation: interrupted; {out} holds what came, the same command goes on", err=True
        )
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        bets = {} if watched is None else {"against": told(watched)}
        typer.echo(_dumps({"battery": _named(chosen), **_summarised(summary, out, prices), **bets}))
    elif not quiet:
        _say_summary(model, summary, out, prices, ceiling)
        if watched is not None:
            bets = told(watched)
            typer.echo(
                f"against     log10 capital {bets['log10_e']:g} after {bets['errors_bet_on']} "
                f"errors, {'enough' if bets['enough'] else 'not enough'} at {level:g}"
            )
    if not summary.complete:
        _say_incomplete(summary)
        raise typer.Exit(INCOMPLETE)


def _check_out(out: Path, dry_run: bool) -> None:
    from filiation.errors import UsageError

    if not dry_run and not out.parent.is_dir():
        raise UsageError(f"{out.parent}: no such folder; nothing was asked")
    if out.is_dir():
        raise UsageError(f"{out}: a folder, expected a file name for the transcript")


def _prices(read: str | None, written: str | None) -> "Prices | None":
    from decimal import Decimal, InvalidOperation

    from filiation.errors import UsageError
    from filiation.interrogate.budget import Prices

    if read is None and written is None:
        return None
    if read is None or written is None:
        raise UsageError("--price-in and --price-out: found one, expected both or none")
    try:
        prices = Prices(read=Decimal(read), written=Decimal(written))
    except InvalidOperation as error:
        raise UsageError(f"--price-in {read}, --price-out {written}: not numbers") from error
    if not (0 <= prices.read < 10**9 and 0 <= prices.written < 10**9):
        raise UsageError(f"--price-in {read}, --price-out {written}: expected prices from 0 on")
    return prices


def _parameters(given: list[str]) -> dict[str, Any]:
    import json

    from filiation.errors import UsageError

    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            if not equals or not name.isidentifier() or name in found:
                raise ValueError
            found[name] = json.loads(value)
        except ValueError as error:
            raise UsageError(f"--parameter {text}: expected NAME=JSON, each name once") from error
    return found


def _battery(
    named: str, out: Path, *, items: int | None, seed: int | None, keep: bool
) -> tuple["Battery", int]:
    """A file as it is, or a named battery, committed to disk beside the transcript."""
    from dataclasses import replace

    from filiation.interrogate.battery_file import read_battery
    from filiation.interrogate.named_battery import named_battery

    path = Path(named)
    if path.is_file() or "/" in named or path.suffix == ".jsonl":
        given = read_battery(path)
        return replace(given, items=given.items[:items]), seed or 0
    beside = out.with_name(f"{out.name.removesuffix('.jsonl')}.battery.jsonl")
    return named_battery(named, beside, items=items, seed=seed, keep=keep)


@contextmanager
def _progress(quiet: bool) -> "Iterator[Progress]":
    """A bar on a terminal's stderr; nothing when piped or quiet."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[tokens]:,} tokens"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as bar:
        task = bar.add_task("asking", total=None, tokens=0)

        def advance(done: int, total: int, spent: Any) -> None:
            bar.update(task, completed=done, total=total, tokens=spent.total)

        yield advance


def _dumps(found: dict[str, Any]) -> str:
    import json

    return json.dumps({"schema_version": 1, **found}, indent=1)


def _named(battery: "Battery") -> dict[str, Any]:
    return {"id": battery.id, "sha256": battery.digest, "items": len(battery.items)}


def _estimated(expected: "Estimate", prices: "Prices | None") -> dict[str, Any]:
    return {
        "questions": expected.questions,
        "tokens_in_about": expected.about_read,
        "tokens_at_most": expected.at_most.total,
        "cost_at_most": None if prices is None else str(prices.of(expected.at_most)),
    }


def _say_estimate(
    battery: "Battery", expected: "Estimate", prices: "Prices | None", budget: "Budget | None"
) -> None:
    def say(text: str) -> None:
        typer.echo(text, err=True)

    committed = f"sha256 {battery.digest}" if battery.digest else "not committed"
    say(f"battery     {battery.id}, {committed}")
    say(
        f"estimate    {expected.questions:,} questions, about {expected.about_read:,} tokens to "
        f"read, at most {expected.at_most.written:,} to write"
    )
    if prices is not None:
        currency = budget.currency if budget is not None else ""
        say(f"cost        at most {prices.of(expected.at_most):.2f} {currency}".rstrip())
    if budget is not None:
        enough = "enough" if budget.allows(expected.at_most) else "may stop before the end"
        say(f"budget      {budget}: {enough}")


def _summarised(summary: "Summary", out: Path, prices: "Prices | None") -> dict[str, Any]:
    return {
        "transcript": str(out),
        "digest": summary.digest,
        "complete": summary.complete,
        "stopped": summary.stopped,
        "questions": summary.questions,
        "answered": summary.answered,
        "answered_as_another_model": summary.changed,
        "failed": summary.failed,
        "cut_short": summary.cut_short,
        "model": summary.model,
        "parameters_refused": list(summary.refused),
        "attempts": summary.attempts,
        "retries": summary.retries,
        "tokens_in": summary.spent.read,
        "tokens_out": summary.spent.written,
        "cost": None if prices is None else str(prices.of(summary.spent)),
    }


def _say_summary(
    asked: str,
    summary: "Summary",
    out: Path,
    prices: "Prices | None",
    budget: "Budget | None",
) -> None:
    typer.echo(f"transcript  {out} (last line sha256 {summary.digest})")
    typer.echo(f"answered    {summary.answered} of {summary.questions} questions")
    typer.echo(f"model       {summary.model or 'the server gave no name'} (asked for {asked})")
    typer.echo(
        f"tokens      {summary.spent.read:,} read, {summary.spent.written:,} written, "
        f"{summary.attempts} requests"
    )
    if prices is not None:
        currency = budget.currency if budget is not None else ""
        typer.echo(f"cost        {prices.of(summary.spent):.4f} {currency}".rstrip())
    if summary.refused:
        typer.echo(
            f"refused     parameters the server would not take: {', '.join(summary.refused)}"
        )
    if summary.cut_short:
        typer.echo(f"cut short   {summary.cut_short} answers hit --max-tokens")
    if not summary.new:
        typer.echo("new         nothing; every question was answered before")


def _say_incomplete(summary: "Summary") -> None:
    def say(text: str) -> None:
        typer.echo(f"filiation: {text}", err=True)

    if summary.stopped == "budget":
        say("the budget is used up; the same command with a larger one goes on")
    elif summary.stopped:
        say(summary.stopped)
    if summary.changed:
        say(
            f"{summary.changed} of {summary.questions} questions answered under another model "
            f"name than {summary.model!r}; kept, but not as this model's answers"
        )
    missing = summary.questions - summary.answered - summary.changed
    if missing:
        say(f"{missing} of {summary.questions} questions without an answer; run the same command")
