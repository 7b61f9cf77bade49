"""How a question is written for a provider: headers, body, parameters.

Sources: Anthropic, Messages API, versions 2023-06-01 and 2026-10-21 (which removed temperature,
top_p and top_k and takes the key as a bearer token); OpenAI, chat completions.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from filiation import __version__
from filiation.errors import UsageError
from filiation.interrogate.endpoint import Dialect, Endpoint

__all__ = ["ALTERNATIVE", "asked", "body", "headers", "vital"]

# A parameter that a server may know under another name, so that the bound on answers survives.
ALTERNATIVE: Final = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}

_OURS: Final = ("model", "messages", "max_tokens", "max_completion_tokens")
_CHANGING_SHAPE: Final = ("stream", "stream_options", "n", "tools", "functions", "audio", "store")


def headers(endpoint: Endpoint) -> dict[str, str]:
    """Everything that is sent besides what HTTP itself needs; holds the key."""
    fields = {
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",  # the bytes received are the bytes that mean something
        "user-agent": f"filiation/{__version__}",
    }
    if endpoint.dialect is Dialect.MESSAGES:
        fields["anthropic-version"] = endpoint.api_version
    if endpoint.api_version == "2023-06-01":
        fields["x-api-key"] = endpoint.secret.value
    elif endpoint.secret.value:
        fields["authorization"] = f"Bearer {endpoint.secret.value}"
    return fields


def asked(
    endpoint: Endpoint, *, max_tokens: int, logprobs: int, extra: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters to ask for. None of ours touches sampling: the provider's defaults hold."""
    for name in extra:
        if name in (*_OURS, *_CHANGING_SHAPE):
            raise UsageError(
                f"--parameter {name}: set by this tool, or would change the form of the answer; "
                "expected another parameter"
            )
    if endpoint.dialect is Dialect.MESSAGES:
        return {"max_tokens": max_tokens, **extra}
    bound = "max_completion_tokens" if endpoint.official else "max_tokens"
    wanted: dict[str, Any] = {"logprobs": True, "top_logprobs": logprobs} if logprobs else {}
    return {bound: max_tokens, **wanted, **extra}


def vital(endpoint: Endpoint) -> frozenset[str]:
    """Parameters that a server cannot refuse without refusing the question."""
    fixed = frozenset(("model", "messages"))
    return fixed | {"max_tokens"} if endpoint.dialect is Dialect.MESSAGES else fixed


def body(endpoint: Endpoint, prompt: str, parameters: Mapping[str, Any]) -> bytes:
    """The exact bytes of the request: one user message, nothing before it."""
    messages = [{"role": "user", "content": prompt}]
    question = {"model": endpoint.model, "messages": messages, **parameters}
    return json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
