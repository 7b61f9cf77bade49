"""How fast to ask: concurrency that adapts, waits that the server names, waits of our own.

Additive increase, multiplicative decrease: one more request at a time for every round of
successes, four fifths of it after a 429. A 5xx is not our speed and changes nothing.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, final

from filiation.interrogate.attempt import Received
from filiation.readers.answers.transcript import LONGEST_BODY
from filiation.readers.remote.pace import named_wait

__all__ = ["Limiter", "Pace", "backoff", "retry_after"]

_SHRINK: Final = 0.8


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Every bound on waiting and size. Seconds, bytes, counts.

    Attributes:
        start: Requests under way at once, in the beginning.
        ceiling: The same, at most.
        attempts: Attempts at one question, when the server or the network fails.
        patience: Attempts at one question, when the server says 429.
        first_wait: Before the second attempt; doubled for each further one.
        longest_wait: The longest wait of our own choosing.
        longest_retry_after: Of the server's choosing; if it names more, the run ends, to be
            continued later, rather than ask before the time.
        deadline: Seconds for one attempt as a whole.
        connecting: Seconds to connect.
        longest_body: Bytes of a response that are kept.
        failures_in_a_row: Questions that fail without one answered between, before the run ends.
        stall: Seconds without any question coming to an end, after which the run says so.
    """

    start: int = 2
    ceiling: int = 32
    attempts: int = 6
    patience: int = 20
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_retry_after: float = 300.0
    deadline: float = 600.0
    connecting: float = 30.0
    longest_body: int = LONGEST_BODY
    failures_in_a_row: int = 10
    stall: float = 60.0


@final
class Limiter:
    """How many requests may be under way now, and from when on."""

    def __init__(self, start: int, ceiling: int) -> None:
        self._limit = float(min(start, ceiling))
        self._ceiling = ceiling
        self._shrunk = self._resume = float("-inf")

    @property
    def granted(self) -> int:
        """How many requests may be under way."""
        return max(1, int(self._limit + 1e-9))

    def succeeded(self) -> None:
        """Raise by one for every round of successes."""
        self._limit = min(float(self._ceiling), self._limit + 1 / max(1.0, self._limit))

    def refused(self, began: float) -> bool:
        """Lower after a 429, once for all requests that left before the last lowering."""
        if began <= self._shrunk:
            return False
        self._shrunk = time.monotonic()
        before, self._limit = self.granted, max(1.0, self._limit * _SHRINK)
        return self.granted < before

    def pause(self, seconds: float) -> None:
        """Let no request leave for so many seconds."""
        self._resume = max(self._resume, time.monotonic() + seconds)

    async def gate(self) -> None:
        """Wait until a request may leave."""
        while (wait := self._resume - time.monotonic()) > 0:
            await asyncio.sleep(wait)


def retry_after(received: Received | None) -> float | None:
    """Seconds the server asks to wait; None if it asks nothing."""
    if received is None:
        return None
    return named_wait({name: received.header(name) for name in ("retry-after", "date")})


def backoff(pace: Pace, seed: int, failures: int, *purpose: str) -> float:
    """Our own wait after so many failures: doubling, with jitter from a stream of its own name."""
    from filiation.numerics.rng import stream  # numpy is not needed until something fails

    whole = min(pace.longest_wait, pace.first_wait * 2.0 ** min(failures - 1, 30))
    draw = stream(seed, "ask", "backoff", *purpose, str(failures)).uniform(0.5, 1.0)
    return float(whole * draw)
