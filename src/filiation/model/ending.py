"""Ending: how one output came to its end, as far as the provider said."""

from enum import StrEnum
from typing import Final

__all__ = ["Ending", "ending_of", "is_known"]


class Ending(StrEnum):
    """What an output is, beside its words. The empty one is the usual one, so that it is falsy."""

    WHOLE = ""  # the model came to an end by itself, or nobody said otherwise
    CUT = "cut"  # by the bound on its length, or broken off: the words are the model's, not all
    DECLINED = "declined"  # refused; the output is the words of the refusal
    FILTERED = "filtered"  # stopped by a filter; the output is what came before, often nothing
    CALLED = "called"  # asked for a tool instead of answering; the output is what came before


_WHOLE: Final = frozenset(
    (
        *("", "stop", "end_turn", "stop_sequence", "eos_token", "eos", "complete", "completed"),
        *("finish_reason_unspecified", "finish_reason_stop", "unknown", "done"),
    )
)
_PLAIN_WHOLE: Final = frozenset(word.replace("_", "") for word in _WHOLE)
_WORDS: Final = {
    Ending.CUT: (
        *("length", "max_tokens", "max_output_tokens", "model_length", "context_length"),
        *("model_context_window_exceeded", "pause_turn", "abort", "aborted", "cancelled"),
        *("interrupt", "incomplete", "timeout", "repetition", "insufficient_system_resource"),
        "compaction",
    ),
    Ending.FILTERED: (
        *("content_filter", "content_filtered", "guardrail_intervened", "refusal", "sensitive"),
        *("safety", "recitation", "blocklist", "prohibited_content", "spii", "model_armor"),
        *("image_safety", "image_prohibited_content", "image_recitation", "language"),
    ),
    Ending.CALLED: (
        *("tool_calls", "tool_call", "tool_use", "function_call"),
        *("malformed_function_call", "unexpected_tool_call", "too_many_tool_calls"),
        "malformed_tool_use",
    ),
}
_ENDINGS: Final = {
    word.replace("_", ""): ending for ending, words in _WORDS.items() for word in words
}


def ending_of(word: str) -> Ending:
    """What a provider's own word for the end of an answer amounts to; `WHOLE` if nobody knows it.

    One list for all of them, because gateways hand each other's words through: Google's endpoint
    for OpenAI clients says `SAFETY`, not `content_filter`. A text before `refusal` or
    `content_filter` is the beginning of an answer that a classifier stopped, not a refusal's words.

    Sources, read in November 2026: Anthropic, build-with-claude/handling-stop-reasons and
    test-and-evaluate/strengthen-guardrails/handle-streaming-refusals; OpenAI, chat completions
    (`finish_reason`) and responses (`incomplete_details.reason`); Google, process-blocked-responses
    and `FinishReason`; Azure, content-filter; OpenRouter, standardized-finish-reasons; Hugging Face
    TGI, pull request 2344 (`eos_token` before it); Ollama, pull request 5312; Amazon Bedrock,
    `stopReason` (`content_filtered`, `guardrail_intervened`).
    """
    return _ENDINGS.get(_plain(word), Ending.WHOLE)


def is_known(word: str) -> bool:
    """Is this word in our lists? What is not is read as a whole answer, and said to be."""
    return _plain(word) in _PLAIN_WHOLE or _plain(word) in _ENDINGS


def _plain(word: str) -> str:
    """`CONTENT_FILTER: SAFETY`, `content-filter` and `contentFilter` are one word."""
    return word.partition(":")[0].strip().casefold().replace("-", "").replace("_", "")
