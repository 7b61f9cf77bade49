"""Reduced logs that tests are about, and rows of logs before they are reduced."""

from typing import Any

import numpy as np

from filiation.model.log import NEVER, Accounts, LogFacts, ReducedLog

KEY = "0123456789abcdef" * 2


def reduced(rows: int = 200, accounts: int = 7, seed: int = 0, **other: Any) -> ReducedLog:
    """A log of random content; any field may be given instead."""
    draw = np.random.default_rng(seed)
    facts = LogFacts(key=KEY, read=rows, models=("", "large", "small"))
    name = draw.integers(1, 1 << 63, (accounts, 2), dtype=np.uint64)
    found: dict[str, Any] = {
        "name": "provider",
        "facts": facts,
        "accounts": Accounts(
            name=name[np.lexsort((name[:, 1], name[:, 0]))],
            payment=draw.integers(0, 1 << 63, accounts, dtype=np.uint64),
            network=np.zeros(accounts, np.uint64),
            client=np.zeros(accounts, np.uint64),
            ended=np.full(accounts, NEVER, np.int64),
        ),
        "account": draw.integers(0, accounts, rows).astype(np.uint32),
        "minute": np.sort(draw.integers(29_000_000, 29_050_000, rows)).astype(np.int64),
        "model": draw.integers(0, 3, rows).astype(np.uint16),
        "tokens_in": draw.integers(0, 1 << 32, rows).astype(np.uint32),
        "tokens_out": draw.integers(0, 1 << 32, rows).astype(np.uint32),
        "parameters": draw.integers(0, 1 << 63, rows).astype(np.uint64),
        "signatures": draw.integers(0, 1 << 63, (rows, 9)).astype(np.uint64),
    }
    return ReducedLog(**(found | other))
