"""One file per way of asking; `open_channel` chooses."""

from collections.abc import Mapping
from typing import Any

from filiation.interrogate.attempt import Channel
from filiation.interrogate.clients.http import HttpChannel
from filiation.interrogate.endpoint import Endpoint
from filiation.interrogate.pace import Pace

__all__ = ["open_channel"]


def open_channel(
    endpoint: Endpoint,
    *,
    max_tokens: int,
    logprobs: int = 0,
    extra: Mapping[str, Any] | None = None,
    pace: Pace | None = None,
    seed: int = 0,
) -> Channel:
    """Open the way to a model; nothing is sent yet.

    Args:
        endpoint: The model.
        max_tokens: Bound on every answer.
        logprobs: How many alternatives per token to ask for, 0 for no log-probabilities.
        extra: Further parameters, as the user gave them.
        pace: Deadlines.
        seed: Seed of the samples of a local model.
    """
    extra = dict(extra or {})
    if endpoint.folder is not None:
        from filiation.interrogate.clients.local import LocalChannel

        return LocalChannel(
            endpoint, max_tokens=max_tokens, logprobs=logprobs, extra=extra, seed=seed
        )
    return HttpChannel(endpoint, max_tokens=max_tokens, logprobs=logprobs, extra=extra, pace=pace)
