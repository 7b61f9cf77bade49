"""Put one question: send, judge, wait, send again, until it is answered or given up."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.interrogate.attempt import Attempt, AttemptOutcome, Channel, now
from filiation.interrogate.budget import Tokens, bound_on
from filiation.interrogate.clients.dialects import ALTERNATIVE
from filiation.interrogate.pace import Limiter, Pace, backoff, retry_after
from filiation.interrogate.transcript_writer import Past, TranscriptWriter
from filiation.model.recording import Item
from filiation.readers.answers.transcript import Reply, filtered_reply

__all__ = ["AskedItem", "Questioner", "bound_of"]

_ANSWER_BOUNDS: Final = ("max_tokens", "max_completion_tokens", "max_new_tokens")
_DEPENDENT: Final = {"logprobs": ("top_logprobs",)}
_FREE: Final = frozenset(  # outcomes for which nobody bills
    (
        AttemptOutcome.RATE_LIMITED,
        AttemptOutcome.BUSY,
        AttemptOutcome.UNREACHABLE,
        AttemptOutcome.PARAMETER,
        AttemptOutcome.FILTERED,
        AttemptOutcome.REJECTED,
        AttemptOutcome.BARRED,
    )
)
# A server's answer to these very bytes, which it would give again: not asked again, in no run.
_FOR_GOOD: Final = frozenset(
    (AttemptOutcome.REJECTED, AttemptOutcome.TOO_LARGE, AttemptOutcome.PARAMETER)
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AskedItem:
    """An item, to be put for the `repeat`-th time; `place` counts them all in order."""

    place: int
    item: Item
    repeat: int

    @property
    def names(self) -> dict[str, Any]:
        """How lines of the transcript name it."""
        return {"item": self.item.id, "repeat": self.repeat}


@final
class Questioner:
    """Puts questions over one channel into one journal; knows why to stop."""

    def __init__(
        self, channel: Channel, transcript: TranscriptWriter, past: Past, *, seed: int, pace: Pace
    ) -> None:
        self._channel, self._transcript, self._past = channel, transcript, past
        self._seed, self._pace = seed, pace
        self._parameters = dict(channel.parameters)
        for name, instead in past.refused.items():
            self._replace(name, instead)
        self.limiter = Limiter(pace.start, min(pace.ceiling, channel.ceiling))
        self.stopped = ""
        self.failed = self.retries = self._failed_in_a_row = 0
        self.trouble = ""  # what the last attempt that failed came to

    def bound(self, asked: AskedItem) -> Tokens:
        """At most what one attempt at it takes."""
        return bound_on(asked.item.prompt or "", bound_of(self._parameters))

    def stop(self, why: str, **fields: Any) -> None:
        """Let nothing more leave, and say why."""
        if not self.stopped:
            self.stopped = why
            self._transcript.event("stopped", because=why, **fields)

    async def put(self, asked: AskedItem, affordable: Callable[[], bool]) -> Reply | None:
        """Return the answer; None: given up, under another model's name, or the run stopped."""
        number = failures = limited = 0
        while True:
            await self.limiter.gate()
            if self.stopped or (number and not affordable()):
                return None
            number += 1
            tried = await self._send(asked, number)
            if tried.outcome is AttemptOutcome.ANSWERED:
                return self._answered(asked, tried)
            if tried.outcome is AttemptOutcome.FILTERED:
                return self._filtered(asked, tried)
            if tried.outcome is AttemptOutcome.PARAMETER and self._drop(tried):
                continue
            self.trouble = tried.error or str(tried.outcome)
            limited += tried.outcome is AttemptOutcome.RATE_LIMITED
            failures += tried.outcome is not AttemptOutcome.RATE_LIMITED
            wait = self._wait(asked, tried, failures, limited)
            if wait is None:
                self._give_up(asked, tried, number)
                return None
            await self._again(asked, tried, number, wait)

    async def _send(self, asked: AskedItem, number: int) -> Attempt:
        parameters = dict(self._parameters)
        body = self._channel.compose(asked.item, asked.repeat, parameters)
        bound = self.bound(asked)
        fields = {**asked.names, "attempt": number}
        asking = {**fields, "time": now(), "tokens": _written(bound)}
        self._transcript.append("asking", asking, flush=False)
        tried = await self._channel.send(body, parameters)
        spent, known = _spent(tried, bound)
        self._past.attempts += 1
        self._past.spent += spent
        reply = tried.reply
        said = {}
        if reply is not None:
            said = {"model": reply.model, "finish": reply.finish, "ending": str(reply.ending)}
        if reply is not None and self._past.model not in (None, reply.model):
            said["model_changed"] = "yes"
        counted = {"tokens": _written(spent), "tokens_reported": known}
        self._transcript.append("exchange", {**fields, **said, **counted, **tried.entry()})
        return tried

    def _answered(self, asked: AskedItem, tried: Attempt) -> Reply | None:
        reply = tried.reply
        assert reply is not None, "an attempt is answered iff it has a reply"
        self.limiter.succeeded()
        self._failed_in_a_row = 0
        if self._past.model is None:
            self._past.model = reply.model
        same = reply.model == self._past.model
        if not same:
            self._past.changed += 1
            self._transcript.event(
                "model-changed", **asked.names, first=self._past.model, now=reply.model
            )
        self._past.answers[(asked.item.id, asked.repeat)] = reply if same else None
        return reply if same else None

    def _filtered(self, asked: AskedItem, tried: Attempt) -> Reply:
        """A filter's word is an answer of the service, and stays one; no model's name comes."""
        self._failed_in_a_row = 0
        reply = filtered_reply(tried.error)
        self._past.answers[(asked.item.id, asked.repeat)] = reply
        return reply

    def _drop(self, tried: Attempt) -> bool:
        """Do without the parameter that was refused. False if it cannot be done without."""
        name = tried.parameter
        if name not in self._parameters:
            return True  # refused to a request that left before we knew
        if name in self._channel.vital:
            return False
        instead = ALTERNATIVE.get(name, "")
        if instead and instead in self._past.refused:
            return False  # neither name for the bound on answers: the cost would have no bound
        for dropped in (name, *_DEPENDENT.get(name, ())):
            if dropped in self._parameters:
                other = instead if dropped == name else ""
                self._past.refused[dropped] = other
                self._transcript.event(
                    "parameter-refused", parameter=dropped, instead=other, error=tried.error
                )
                self._replace(dropped, other)
        return True

    def _replace(self, name: str, instead: str) -> None:
        value = self._parameters.pop(name, None)
        if instead and value is not None:
            self._parameters[instead] = value

    def _wait(self, asked: AskedItem, tried: Attempt, failures: int, limited: int) -> float | None:
        """Seconds until the next attempt, None if there will be none."""
        if self._is_final(tried) or failures >= self._pace.attempts:
            return None
        asked_wait = retry_after(tried.received) if tried.received is not None else None
        if asked_wait is not None and asked_wait > self._pace.longest_retry_after:
            self.stop(
                f"the server asks to wait {asked_wait:.0f} s, more than "
                f"{self._pace.longest_retry_after:.0f}; run the same command again later"
            )
            return None
        purpose = (asked.item.id, str(asked.repeat))
        own = backoff(self._pace, self._seed, max(1, failures + limited), *purpose)
        if tried.outcome is not AttemptOutcome.RATE_LIMITED:
            return own if asked_wait is None else max(own, asked_wait)
        if limited >= self._pace.patience:
            return None
        if self.limiter.refused(tried.began):
            self._transcript.event("concurrency", now=self.limiter.granted)
        if asked_wait is not None:
            self.limiter.pause(asked_wait)
        return own if asked_wait is None else asked_wait

    def _is_final(self, tried: Attempt) -> bool:
        """No further attempt could fare better; if no other question could, the run stops."""
        barred = tried.outcome is AttemptOutcome.BARRED
        forbidden = tried.received is not None and tried.received.status == 403
        if barred and not (forbidden and self._past.answers):
            self.stop(f"the server bars every question ({tried.error})")
        return barred or tried.outcome in _FOR_GOOD

    async def _again(self, asked: AskedItem, tried: Attempt, number: int, wait: float) -> None:
        self.retries += 1
        self._transcript.event(
            "retry",
            **asked.names,
            attempt=number + 1,
            because=str(tried.outcome),
            wait_seconds=round(wait, 3),
        )
        await asyncio.sleep(wait)

    def _give_up(self, asked: AskedItem, tried: Attempt, number: int) -> None:
        self.failed += 1
        self._failed_in_a_row += 1
        for_good = tried.outcome in _FOR_GOOD and tried.received is not None
        if for_good:
            self._past.rejected.add((asked.item.id, asked.repeat))
        self._transcript.event(
            "failed",
            **asked.names,
            attempts=number,
            because=str(tried.outcome),
            error=tried.error,
            for_good=for_good,
        )
        if self._failed_in_a_row >= self._pace.failures_in_a_row:
            self.stop(
                f"{self._failed_in_a_row} questions in a row failed, the last one: "
                f"{tried.error or tried.outcome}"
            )


def bound_of(parameters: Mapping[str, Any]) -> int:
    """The bound on every answer that parameters set, 0 if they set none."""
    found = [parameters[name] for name in _ANSWER_BOUNDS if name in parameters]
    return max((value for value in found if isinstance(value, int)), default=0)


def _written(tokens: Tokens) -> dict[str, int]:
    return {"in": tokens.read, "out": tokens.written}


def _spent(tried: Attempt, bound: Tokens) -> tuple[Tokens, bool]:
    """What an attempt cost, and whether the server said so; if it did not, at most."""
    if tried.outcome in _FREE:
        return Tokens(), True
    reply = tried.reply
    if reply is None or reply.input_tokens is None or reply.output_tokens is None:
        return bound, False
    return Tokens(read=reply.input_tokens, written=reply.output_tokens), True
