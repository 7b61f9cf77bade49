"""What does a reduced log hold? Counts that say what can be examined in it, and what cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.model.log import NEVER, LogFacts, ReducedLog

__all__ = ["LogSummary", "summary_of"]

BLOCK: Final = 1 << 20


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogSummary:
    """A reduced log in numbers.

    Attributes:
        name: What reports call it.
        digest: SHA-256 (hex) of its content.
        facts: What is known of it beside its rows.
        requests: Rows that were kept.
        accounts: How many accounts asked.
        largest: Requests of the account that asked most.
        first: Minute of the first request, since 1970; 0 if there is none.
        last: Minute of the last one.
        models: Requests by name of a model, most first; "" is none stated.
        signed: In how many rows each signature stands.
        of_accounts: In how many accounts payment, network, client and an end are stated.
    """

    name: str
    digest: str
    facts: LogFacts
    requests: int
    accounts: int
    largest: int
    first: int
    last: int
    models: Mapping[str, int]
    signed: Mapping[str, int]
    of_accounts: Mapping[str, int]


def summary_of(log: ReducedLog) -> LogSummary:
    """Count what a log holds, a million rows at a time."""
    asked = np.zeros(max(1, len(log.accounts)), dtype=np.int64)
    models = np.zeros(len(log.facts.models), dtype=np.int64)
    signed = np.zeros(len(log.facts.signatures), dtype=np.int64)
    for start in range(0, len(log), BLOCK):
        block = slice(start, start + BLOCK)
        asked += np.bincount(log.account[block], minlength=len(asked))
        models += np.bincount(log.model[block], minlength=len(models))
        signed += [int(np.count_nonzero(log.signatures[block, k])) for k in range(len(signed))]
        log.let_go()
    named = sorted(zip(log.facts.models, models.tolist(), strict=True), key=lambda x: (-x[1], x[0]))
    held = log.accounts
    return LogSummary(
        name=log.name,
        digest=log.digest,
        facts=log.facts,
        requests=len(log),
        accounts=len(held),
        largest=int(asked.max()),
        first=int(log.minute[0]) if len(log) else 0,
        last=int(log.minute[-1]) if len(log) else 0,
        models={name: count for name, count in named if count},
        signed=dict(zip(log.facts.signatures, signed.tolist(), strict=True)),
        of_accounts={
            "payment": int(np.count_nonzero(held.payment)),
            "network": int(np.count_nonzero(held.network)),
            "client": int(np.count_nonzero(held.client)),
            "ended": int(np.count_nonzero(held.ended != NEVER)),
        },
    )
