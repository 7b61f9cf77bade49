"""With which sampling parameters was a model asked? Those that are the same from call to call."""

import json
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["sampling"]

# Without a seed, an id or a user, which differ from call to call of one program.
NAMES: Final = frozenset(
    {
        *("temperature", "top_p", "top_k", "min_p", "n", "best_of", "max_tokens", "stop"),
        *("max_completion_tokens", "max_output_tokens", "frequency_penalty", "presence_penalty"),
        *("repetition_penalty", "logprobs", "top_logprobs", "logit_bias", "response_format"),
        *("reasoning_effort", "reasoning", "thinking", "stop_sequences", "stream", "verbosity"),
    }
)
LARGEST: Final = 1 << 16  # characters of one value, as JSON


def sampling(value: Any) -> Mapping[str, Any]:
    """The parameters that a value holds, by name; none if it holds none."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    if not isinstance(value, Mapping):
        return {}
    return {
        name: _plain(value[name]) for name in sorted(NAMES & {*value}) if value[name] is not None
    }


def _plain(value: Any) -> Any:
    """Numbers alike however they are written: 1, 1.0 and "1" are one."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value[:LARGEST]
    if isinstance(value, bool) or not isinstance(value, int | float):
        try:
            return json.dumps(value, sort_keys=True, default=str)[:LARGEST]
        except (ValueError, RecursionError):
            return ""
    return str(float(value)) if abs(value) < 1e300 else str(value)[:LARGEST]
