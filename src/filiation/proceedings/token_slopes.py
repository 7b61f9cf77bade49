"""Which tokenizer stands behind an endpoint? Read from a transcript of `token-slope`."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filiation import __version__
from filiation.errors import UnreadableError, UsageError
from filiation.methods.tokenizers.encoding import Encoder, encoders_of
from filiation.methods.tokenizers.token_slope import (
    ESTIMATES,
    alike,
    candidate_of,
    not_linear,
    probe_of,
    varying,
)
from filiation.model.slopes import Candidate, Probe, TokenSlopes
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.readers.answers.usage import Usage, read_usage
from filiation.readers.tokenizers import open_vocabulary

__all__ = ["token_slopes"]

REPEATED: Final = re.compile(r"([a-z]+-\d{1,4}) x(\d{1,3})")
MOST_PROBES: Final = 400


def token_slopes(
    transcript: Path,
    tokenizers: Sequence[Named],
    *,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> TokenSlopes:
    """Hold known tokenizers against what a server reported.

    Args:
        transcript: What `ask --battery token-slope` wrote.
        tokenizers: Files or folders.
        step: Told what is being read.
        progress: Told (tokenizers done, of all).

    Raises:
        UsageError: No tokenizer, or a name twice.
        UnreadableError: No such transcript, or one without these questions or without counts.
    """
    if not tokenizers:
        raise UsageError("no --tokenizer given, expected those that are to be told apart")
    usage = read_usage(transcript)
    prompts = _prompts(usage, transcript)
    probes, unequal = _probes(usage, transcript)
    found: list[Candidate] = []
    unread: list[tuple[str, str]] = []
    reason = unequal or not_linear(probes)
    for place, named in enumerate(tokenizers):
        name = named.name or named.path.name
        step(f"counting with {name}")
        encoders, why = ([], "") if reason else _encoders(named)
        found += _fitting([candidate_of(one.name, _counter(one, prompts), probes)
                           for one in encoders])  # fmt: skip
        unread += [(name, why)] if why else []
        progress(place + 1, len(tokenizers))
    if not reason:
        found += _estimates(prompts, probes)
    return TokenSlopes(
        tool=f"filiation {__version__}",
        transcript=transcript.name,
        digest=usage.digest,
        model=usage.model,
        probes=probes,
        candidates=tuple(sorted(found, key=lambda one: (not one.consistent, one.off, one.name))),
        alike=alike(found),
        unread=tuple(unread),
        reason=reason,
        cached=usage.cached,
    )


def _encoders(named: Named) -> tuple[list[Encoder], str]:
    vocabulary = open_vocabulary(named.path)
    return encoders_of(named.name or vocabulary.name, vocabulary)


def _fitting(ways: Sequence[Candidate]) -> list[Candidate]:
    """Of one tokenizer that may cut in several ways: those that fit, or else the nearest."""
    fits = [one for one in ways if one.consistent]
    return fits or sorted(ways, key=lambda one: one.off)[:1]


def _counter(encoder: Encoder, prompts: dict[tuple[str, int], str]):  # type: ignore[no-untyped-def]
    return lambda name, repeat: encoder.count(prompts[name, repeat])


def _estimates(prompts: dict[tuple[str, int], str], probes: Sequence[Probe]) -> list[Candidate]:
    """Estimates that fit; those that do not are nobody's question."""
    made = [
        candidate_of(name, lambda n, r, c=count: c(prompts[n, r]), probes, estimate=True)  # type: ignore[misc]
        for name, count in ESTIMATES.items()
    ]
    return [one for one in made if one.consistent]


def _prompts(usage: Usage, transcript: Path) -> dict[tuple[str, int], str]:
    """The words of each line at each number of repetitions."""
    found: dict[tuple[str, int], str] = {}
    for words, category in usage.prompts.values():
        told = REPEATED.fullmatch(category)
        if told is not None:
            found[told[1], int(told[2])] = words
    if not found or len({name for name, _ in found}) > MOST_PROBES:
        raise UnreadableError(
            f"{transcript}: {len(found)} questions of the battery token-slope, expected its lines; "
            "record them by `filiation ask ENDPOINT --battery token-slope --max-tokens 16`"
        )
    return found


def _probes(usage: Usage, transcript: Path) -> tuple[tuple[Probe, ...], str]:
    """The lines that were counted, and whether one prompt was counted in two ways."""
    if not usage.counts:
        raise UnreadableError(
            f"{transcript}: no answer says how many tokens its prompt had, expected 'usage' in "
            "the responses; this server does not report them"
        )
    counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
    twice = 0
    for name, told in usage.counts.items():
        place = REPEATED.fullmatch(usage.prompts[name][1])
        if place is None:
            continue
        twice += len(set(told)) > 1
        counts[place[1]][int(place[2])] = told[0]
    probes = [probe_of(name, found) for name, found in sorted(counts.items())]
    return tuple(one for one in probes if one is not None), varying(twice)
