"""The verb `ask`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from filiation.cli import _asking as given
from filiation.cli._options import AsJson, Quiet

if TYPE_CHECKING:
    from filiation.model.asked import Asked
    from filiation.proceedings.asking import Prepared, Request

__all__ = ["command"]

INCOMPLETE: Final = 4
INTERRUPTED: Final = 130
RECORDED: Final = "recorded answers"


def command(
    model: given.Model, battery: given.Battery, out: given.Transcript,
    items: given.Items = None, repeat: given.Repeat = 1,
    budget: given.Ceiling = None, price_in: given.PriceIn = None, price_out: given.PriceOut = None,
    dry_run: given.DryRun = False, max_tokens: given.MaxTokens = 1024,
    logprobs: given.LogProbs = 5, parameter: given.Parameters = None,
    api_version: given.ApiVersion = "", seed: given.SeedOfBattery = None,
    against: given.Against = None, control: given.AskedControls = None, level: given.Level = 1e-3,
    as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Put a battery of questions to a model and record every exchange as evidence.

    Keys come from ANTHROPIC_API_KEY and OPENAI_API_KEY and are never written. The provider's own
    sampling is used. Interrupted, or killed: the same command goes on where it stopped.
    """
    from filiation.proceedings.naming import model_named, models_named

    _check_paths(model, battery, out, dry_run)
    source = None if against is None else model_named(against, RECORDED, here=True)
    controls = models_named(control or [], RECORDED, here=True)
    from filiation.proceedings.asking import Request

    request = Request(
        model=model, battery=battery, out=out, items=items, repeat=repeat, budget=budget,
        price_in=price_in, price_out=price_out, max_tokens=max_tokens, logprobs=logprobs,
        parameters=parameter or (), api_version=api_version, seed=seed,
        against=source, controls=controls, level=level,
    )  # fmt: skip
    _run(request, dry_run=dry_run, as_json=as_json, quiet=quiet)


def _run(request: "Request", *, dry_run: bool, as_json: bool, quiet: bool) -> None:
    import os

    from filiation.proceedings.asking import prepare
    from filiation.report.render.records import asked_json, expected_json
    from filiation.report.wording.verbs import asked_lines, expected_lines, incomplete_lines

    prepared = prepare(request, os.environ, keep=not dry_run)
    if dry_run or not quiet:
        _say(expected_lines(prepared.expected), err=True)
    if dry_run:
        if as_json:
            typer.echo(expected_json(prepared.expected), nl=False)
        return
    asked = _ask(prepared, quiet)
    if as_json:
        typer.echo(asked_json(asked), nl=False)
    elif not quiet:
        _say(asked_lines(asked))
    if not asked.summary.complete:
        _say((f"filiation: {line}" for line in incomplete_lines(asked.summary)), err=True)
        raise typer.Exit(INCOMPLETE)


def _ask(prepared: "Prepared", quiet: bool) -> "Asked":
    from filiation.cli._progress import bar
    from filiation.proceedings.asking import ask
    from filiation.report.wording.verbs import interrupted_line, stalled_line

    def stalled(seconds: float, under_way: int, trouble: str) -> None:
        if not quiet:
            _say([f"filiation: {stalled_line(seconds, under_way, trouble)}"], err=True)

    try:
        with bar(quiet) as shown:
            return ask(prepared, step=shown.step, progress=shown.progress, stalled=stalled)
    except KeyboardInterrupt:
        _say([f"filiation: {interrupted_line(str(prepared.request.out))}"], err=True)
        raise typer.Exit(INTERRUPTED) from None


def _check_paths(model: str, battery: str, out: Path, dry_run: bool) -> None:
    """Everything that is named must be there before anything is imported or sent."""
    from filiation.errors import UsageError
    from filiation.proceedings.naming import missing_model, present

    folder = model.removeprefix("local:")
    if folder != model and not folder.endswith(".gguf") and not Path(folder).exists():
        raise missing_model(folder, "a model's folder")
    if "/" in battery or battery.endswith(".jsonl"):
        present(Path(battery), "a battery (JSON lines)")
    if not dry_run and not out.parent.is_dir():
        raise UsageError(f"{out.parent}: no such folder; nothing was asked")
    if out.is_dir():
        raise UsageError(f"{out}: a folder, expected a file name for the transcript")


def _say(lines: Iterable[str], *, err: bool = False) -> None:
    for line in lines:
        typer.echo(line, err=err)
