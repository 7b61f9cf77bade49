"""Was the older version of the subject asked the same, and what did it move towards?

Its questions are held against the source's as everybody's are. Where that fails only the methods
that need it are absent; nothing else of the examination hangs on it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from filiation.examining.answers import same_questions
from filiation.examining.answers.asked_again import asked_once
from filiation.examining.answers.items_held import lacking
from filiation.examining.answers.same_questions import match
from filiation.examining.question import Pair, Readied
from filiation.methods import ReadsVersions, method_named
from filiation.model.finding import Finding, Unreadable

__all__ = ["moved", "readied"]


def readied(pair: Pair) -> Readied:
    """As every kind made of recordings, and the older version on the questions all share."""
    return asked_once(_with_earlier(pair))


def _with_earlier(pair: Pair) -> Readied:
    found = same_questions.readied(pair)
    if pair.earlier is None or found.unreadable:
        return found
    same = match(found.pair.source, pair.earlier, ())
    if same.unreadable:
        reason = f"the older version cannot be compared: {same.unreadable}"
        methods = [name for name in pair.plan.methods if _needs_versions(name)]
        absent = tuple(Unreadable(method=name, reason=reason) for name in methods)
        return replace(found, absent=absent)
    told = [*same.notes, *lacking(pair.earlier, found.pair.subject)]
    notes = tuple(note for note in dict.fromkeys(told) if note not in found.notes)
    return replace(
        found,
        pair=replace(found.pair, earlier=same.subject),
        notes=(*found.notes, *notes),
    )


def moved(pair: Pair, findings: Sequence[Finding]) -> Iterator[str]:
    """What was found of the movement, and that it is context."""
    for finding in findings:
        if pair.earlier is None or not _needs_versions(finding.method):
            continue
        p, least = (math.exp(log_p) for log_p in (finding.log_p, finding.null.log_floor))
        source, subject = pair.names
        yield (
            f"between {pair.earlier.name} and {subject}: p {p:.2g} that the answers moved towards "
            f"{source} as towards any control (least p with so many controls {least:.2g}). It is "
            f"not counted: a sibling or a teacher of {source} that is no control would give the "
            "same, and where p is not small nothing follows"
        )


def _needs_versions(method: str) -> bool:
    """Whether a method needs an older version."""
    return isinstance(method_named(method), ReadsVersions)
