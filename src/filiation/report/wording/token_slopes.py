"""What repeated lines say of the tokenizer behind an endpoint, in sentences."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.slopes import Candidate, TokenSlopes
from filiation.report.wording.figures import clean, quoted

__all__ = ["token_slope_lines"]

DEFEATS: Final = (
    "What defeats it: a server or a gateway that reports counts of its own making, such as those "
    "of another tokenizer or an estimate; then it is that counter which was found. Tokenizers that "
    "were not given are not excluded. Which model uses a tokenizer is another question: many "
    "models share one."
)


def token_slope_lines(found: TokenSlopes) -> Iterator[str]:
    """What is consistent, what is not, what could not be told apart or counted with."""
    asked = f"Tokens of prompts that {quoted(found.model)} reported, in {quoted(found.transcript)}"
    yield f"{asked}, of which the last line has SHA-256 {found.digest[:16]}..: {_lines(found)}"
    if found.reason:
        yield f"Nothing can be said: {clean(found.reason)}."
    else:
        yield from _told(found)
    for name, why in found.unread:
        yield (
            f"Not counted with: {clean(name)}, since it is {clean(why)}."
            if why.startswith("a ")
            else f"Not counted with: {clean(name)}, since {clean(why)}."
        )
    yield DEFEATS


def _lines(found: TokenSlopes) -> str:
    cached = (
        f", {found.cached} of them partly from a cache, which is counted in" if found.cached else ""
    )
    prompts = sum(len(probe.counts) for probe in found.probes)
    return f"{len(found.probes)} lines, each repeated, in {prompts} prompts{cached}."


def _told(found: TokenSlopes) -> Iterator[str]:
    fits = [one for one in found.consistent if not one.estimate]
    estimates = [one for one in found.consistent if one.estimate]
    if fits:
        apart = " (these lines cannot tell them apart)" if len(fits) > 1 else ""
        yield f"Consistent with {_names(fits)}{apart}."
    elif not estimates:
        yield "Consistent with none of the tokenizers that were given."
    for one in fits:
        if one.ratio != 1.0:
            yield f"Of {clean(one.name)}, {one.ratio:.3g} tokens are billed for each."
    for one in estimates:
        yield (
            f"The counts are what {clean(one.name)} gives ({one.ratio:.3g} each): they may come "
            "from no tokenizer at all."
        )
    others = [one for one in found.candidates if not one.consistent]
    if others:
        yield f"Not with {_misses(others)}."
    for group in found.alike:
        yield f"These lines cannot tell apart: {', '.join(map(clean, group))}."


def _names(found: Sequence[Candidate]) -> str:
    return ", ".join(clean(one.name) for one in found)


def _misses(found: Sequence[Candidate]) -> str:
    return ", ".join(
        f"{clean(one.name)} (off by up to {one.off:.3g} tokens a line: {one.where})"
        for one in found
    )
