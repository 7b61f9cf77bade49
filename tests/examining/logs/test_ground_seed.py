"""Who writes the log draws its seed as often as he likes, unless others have the last word."""

from dataclasses import replace

import numpy as np

from filiation.methods.logs.view import view_of
from filiation.model.campaigns import seed_of
from filiation.model.log import ReducedLog
from logged import reduced

DAYS = 12
HIS = np.tile([True, False], DAYS // 2)  # the days on which his log shows what he wishes


def again(number: int) -> ReducedLog:
    """The same log, once more: one number of tokens is another."""
    log = reduced(rows=300)
    minute = np.sort(np.arange(300) % DAYS * 1440 + 600) + 29_000_160
    tokens = log.tokens_in.copy()
    tokens[0] = number
    return replace(log, tokens_in=tokens, minute=minute.astype(np.int64))


def held(log: ReducedLog, later: str = "") -> np.ndarray:
    return view_of(log, seed_of(log.digest, later)).held


def test_a_log_that_is_written_until_its_seed_suits_is_drawn_anew_by_a_later_value() -> None:
    logs = [again(number) for number in range(400)]
    suits = [log for log in logs if (held(log) == HIS).all()]
    assert suits  # one in 64: the attempt works where the digest alone gives the seed
    after = [(held(log, "the other party's word") == HIS).all() for log in suits]
    assert np.mean(after) <= 0.5
    assert len({seed_of(suits[0].digest, f"their word {n:04d}") for n in range(50)}) == 50
