"""How near are served answers and their twins to what the subject itself says to the prompt?

Where a model gives no log-probabilities, its own answers stand in for them: each served answer and
each twin gets the cosine of its rare runs of one to three words with those of the subject's answers
to the same prompt. Runs weigh log(texts / texts that hold it) over all served answers and twins
alike, so that served and twins stay exchangeable. Weaker by far: see the page.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from filiation.model.owner import Likelihoods
from filiation.model.recording import Recording
from filiation.model.served import Exchange

__all__ = ["similarities"]

PARTS: Final = re.compile(r"\w+|[^\w\s]")
READ: Final = 20_000  # characters of an answer that are looked at
LONGEST: Final = 3


def similarities(exchanges: Sequence[Exchange], subject: Recording) -> Likelihoods:
    """A number for each answer and each twin, under its name; none where the subject said nothing.

    Args:
        exchanges: Served answers with their twins.
        subject: Its recorded answers, any number to each prompt.
    """
    said: dict[str, list[str]] = {}
    for item, output in zip(subject.items, subject.said, strict=True):
        if item.prompt is not None and output is not None:
            said.setdefault(item.prompt, []).append(output)
    runs = {
        name: _runs(text)
        for one in exchanges
        for name, text in zip(one.names, one.said, strict=True)
        if text is not None
    }
    held = Counter(run for found in runs.values() for run in found)
    weight = {run: math.log(len(runs) / count) for run, count in held.items()}
    values = {}
    for one in exchanges:
        own = {run for text in said.get(one.prompt, ()) for run in _runs(text)}
        for name in one.names if one.prompt in said else ():
            if name in runs:
                values[name] = _near(runs[name], own, weight)
    return Likelihoods(name=subject.name, digest=subject.digest, values=values, tokens={})


def _runs(text: str) -> frozenset[str]:
    words = PARTS.findall(text[:READ].casefold())
    return frozenset(
        " ".join(words[at : at + size])
        for size in range(1, LONGEST + 1)
        for at in range(len(words) - size + 1)
    )


def _near(text: frozenset[str], own: set[str], weight: Mapping[str, float]) -> float:
    """Weight in common over the root of the text's own: a longer text is no nearer for that."""
    whole = math.fsum(sorted(weight[run] for run in text))
    shared = math.fsum(sorted(weight[run] for run in text & own))
    return shared / math.sqrt(whole) if whole > 0.0 else 0.0
