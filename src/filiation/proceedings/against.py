"""`ask --against`: stop asking as soon as enough is known."""

import math
from collections.abc import Sequence
from typing import Any

from filiation.errors import UsageError
from filiation.methods.answers.sequential import Watch
from filiation.readers.answers import open_recordings

__all__ = ["told", "watch"]

FEWEST = 5


def watch(source: str, controls: Sequence[str], level: float) -> Watch:
    """Hold the source's and the controls' recordings against the answers to come.

    Raises:
        UsageError: Fewer than five controls, or a level that is none.
    """
    if not 0.0 < level < 1.0:
        raise UsageError(f"--level is {level}, expected between 0 and 1")
    (held,) = open_recordings(source)[:1]
    others = [
        recording
        for spec in controls
        for recording in open_recordings(spec)
        if recording.digest != held.digest
    ]
    if len(others) < FEWEST:
        raise UsageError(
            f"--against: {len(others)} controls, expected at least {FEWEST}; against fewer, an "
            "innocent model may lack one as close to it as the source is"
        )
    return Watch(held, others, level=level)


def told(watched: Watch) -> dict[str, Any]:
    """What the bets came to, for the summary."""
    return {
        "errors_bet_on": watched.items,
        "log10_e": round(watched.log_e / math.log(10), 6),
        "log10_p": round(watched.log_p / math.log(10), 6),
        "enough": watched.enough,
    }
