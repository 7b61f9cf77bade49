"""Put a battery of questions to a model: what it will cost, then every exchange as evidence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.interrogate.attempt import Channel
from filiation.interrogate.battery_file import Battery, read_battery
from filiation.interrogate.budget import Budget, Prices, parse_budget
from filiation.interrogate.clients import open_channel
from filiation.interrogate.endpoint import endpoint
from filiation.interrogate.named_battery import named_battery
from filiation.interrogate.recorder import Stalled, estimate_of, record
from filiation.methods.answers.sequential import Watch
from filiation.model.asked import Asked, Bets, Expected, Tokens
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.recordings import keyed_recordings_of

__all__ = ["Prepared", "Request", "ask", "prepare"]

FEWEST: Final = 5  # controls of `against`


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be asked, of whom, at what cost.

    Attributes:
        model: `anthropic/NAME`, `openai/NAME`, `openai-compat:URL#NAME` or `local:FOLDER`.
        battery: A file of JSON lines, or the name of a battery.
        out: The transcript; continued if it is there.
        items: Questions to ask; by default all of a file, 800 of a named battery that makes
            them, 1,600 of one about values.
        repeat: How often each is asked.
        budget: A ceiling in tokens (`200000`) or money (`5.00USD`).
        price_in: Of a million tokens read.
        price_out: Of a million tokens written.
        max_tokens: Bound on each answer.
        logprobs: Alternatives per token to ask for.
        parameters: Each NAME=JSON, sent as it is.
        api_version: Of the Messages API; empty: the newest known.
        seed: Of a named battery; None: drawn and recorded.
        against: Recorded answers of a source; the asking stops once enough is known.
        controls: Recorded controls for `against`.
        level: At which the asking stops.
    """

    model: str
    battery: str
    out: Path
    items: int | None = None
    repeat: int = 1
    budget: str | None = None
    price_in: str | None = None
    price_out: str | None = None
    max_tokens: int = 1024
    logprobs: int = 5
    parameters: Sequence[str] = ()
    api_version: str = ""
    seed: int | None = None
    against: Named | None = None
    controls: Sequence[Named] = ()
    level: float = 1e-3


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Everything that was asked for, checked; nothing is sent yet.

    Attributes:
        request: As given.
        channel: The way to the model.
        battery: The questions.
        seed: Of the battery.
        prices: Per million tokens, if given.
        budget: The ceiling, if given.
        watch: The bets against a source, if one was given.
        expected: What the run will take.
    """

    request: Request
    channel: Channel
    battery: Battery
    seed: int
    prices: Prices | None
    budget: Budget | None
    watch: Watch | None
    expected: Expected


def prepare(request: Request, environment: Mapping[str, str], *, keep: bool = True) -> Prepared:
    """Check what is asked for and say what it will take.

    Args:
        request: What is to be asked.
        environment: Where keys and addresses of providers stand.
        keep: Commit a named battery to disk; without, nothing is written and no key is needed.

    Raises:
        UsageError: Part of the request cannot be followed.
        UnreadableError: The battery, or a recording, is damaged.
    """
    at = endpoint(request.model, environment, api_version=request.api_version, keyless=not keep)
    prices = _prices(request.price_in, request.price_out)
    budget = None if request.budget is None else parse_budget(request.budget, prices)
    extra = _parameters(request.parameters)
    watch = None if request.against is None else _watch(request, request.against)
    battery, seed = _battery(request, keep)
    channel = open_channel(
        at, max_tokens=request.max_tokens, logprobs=request.logprobs, extra=extra, seed=seed
    )
    return Prepared(
        request=request,
        channel=channel,
        battery=battery,
        seed=seed,
        prices=prices,
        budget=budget,
        watch=watch,
        expected=_expected(channel, battery, request.repeat, prices, budget),
    )


def ask(
    prepared: Prepared,
    *,
    step: Step = no_step,
    progress: Progress = no_progress,
    stalled: Stalled | None = None,
) -> Asked:
    """Ask everything that is not answered yet and keep every exchange.

    Args:
        prepared: What `prepare` made.
        step: Told how many tokens were spent.
        progress: Told (questions done, of all).
        stalled: Told (seconds, requests out, the last trouble) while nothing comes.

    Raises:
        KeyboardInterrupt: What came is in the transcript; asking again goes on.
    """
    request, prices, watch = prepared.request, prepared.prices, prepared.watch

    def further(done: int, total: int, spent: Tokens) -> None:
        step(f"asking, {spent.total:,} tokens")
        progress(done, total)

    summary = record(
        prepared.channel,
        prepared.battery,
        request.out,
        repeat=request.repeat,
        seed=prepared.seed,
        budget=prepared.budget,
        observer=None if watch is None else watch.feed,
        progress=further,
        stalled=stalled,
    )
    return Asked(
        model=request.model,
        transcript=str(request.out),
        expected=prepared.expected,
        summary=summary,
        cost=None if prices is None else prices.of(summary.spent),
        bets=None if watch is None else _bets(watch, request.level),
    )


def _expected(
    channel: Channel,
    battery: Battery,
    repeat: int,
    prices: Prices | None,
    budget: Budget | None,
) -> Expected:
    found = estimate_of(channel, battery, repeat=repeat)
    return Expected(
        battery=battery.id,
        digest=battery.digest,
        items=len(battery.items),
        questions=found.questions,
        about_read=found.about_read,
        at_most=found.at_most,
        cost=None if prices is None else prices.of(found.at_most),
        currency="" if budget is None else budget.currency,
        budget="" if budget is None else str(budget),
        enough=None if budget is None else budget.allows(found.at_most),
    )


def _watch(request: Request, source: Named) -> Watch:
    """Hold the source's and the controls' recordings against the answers to come."""
    if not 0.0 < request.level < 1.0:
        raise UsageError(f"--level is {request.level}, expected between 0 and 1")
    held = keyed_recordings_of([source])[0]
    others = [one for one in keyed_recordings_of(request.controls) if one.digest != held.digest]
    if len(others) < FEWEST:
        raise UsageError(
            f"--against: {len(others)} control{'' if len(others) == 1 else 's'}, "
            f"expected at least {FEWEST}; against fewer, an innocent model may lack one as close "
            "to it as the source is"
        )
    return Watch(held, others, level=request.level)


def _bets(watch: Watch, level: float) -> Bets:
    return Bets(
        errors=watch.items,
        log_e=watch.log_e,
        log_p=watch.log_p,
        level=level,
        enough=watch.enough,
    )


def _prices(read: str | None, written: str | None) -> Prices | None:
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


def _parameters(given: Sequence[str]) -> dict[str, Any]:
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


def _battery(request: Request, keep: bool) -> tuple[Battery, int]:
    """A file as it is, or a named battery, committed to disk beside the transcript."""
    named, out, path = request.battery, request.out, Path(request.battery)
    if path.is_file() or "/" in named or path.suffix == ".jsonl":
        given = read_battery(path)
        return replace(given, items=given.items[: request.items]), request.seed or 0
    beside = out.with_name(f"{out.name.removesuffix('.jsonl')}.battery.jsonl")
    return named_battery(named, beside, items=request.items, seed=request.seed, keep=keep)
