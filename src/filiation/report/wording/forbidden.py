"""Which words may a report never use? Found, not corrected: an author must see them.

Two kinds. Words that claim more than any examination shows. And transposed conditionals: sentences
that turn "how rare would this be if they were unrelated" into "how probable is it that they are
related" (the prosecutor's fallacy) or the reverse. A sentence that denies such a claim is allowed.
What is refused, why, and what to write instead is data (`refused.toml`).

Law: what stands in quotation marks is somebody else's and is never judged.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, final

__all__ = ["Refusal", "forbidden", "refusals"]

FILE: Final = Path(__file__).parent / "refused.toml"
DENIAL: Final = re.compile(
    r"\b(?:never|nor|not (?:mean|say|state|give|be|the|a|an|as|that)|is not that)\b", re.IGNORECASE
)
# Curly marks anywhere; straight ones within a paragraph, if it holds an even number of them.
QUOTED: Final = re.compile("\u201c[^\u201d]*\u201d|\u201e[^\u201c\u201d]*[\u201c\u201d]")
STRAIGHT: Final = re.compile('"[^"]*"')
SENTENCE: Final = re.compile(r"[^.;!?]+(?:[.]\w[^.;!?]*)*")
GAP: Final = re.compile(r"\n\s*\n")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A phrase that a report may not use.

    Attributes:
        phrase: As it stands, spaces made one.
        at: Where it begins in the text.
        why: What is wrong with it.
        instead: What to write.
    """

    phrase: str
    at: int
    why: str
    instead: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One entry of the file, compiled."""

    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    deniable: bool
    why: str
    instead: str


def forbidden(text: str) -> list[str]:
    """The banned words and transposed conditionals in a text, in order; empty if there are none."""
    return [refusal.phrase for refusal in refusals(text)]


def refusals(text: str) -> tuple[Refusal, ...]:
    """Every phrase that may not stand, with its place, the reason, and what to write instead.

    Of phrases that overlap the one that begins first is named, of those the longest.
    """
    flat, places = _flat(text)
    found: list[tuple[int, int, _Rule]] = []
    for sentence in SENTENCE.finditer(flat):
        for rule in _rules():
            found += [
                (sentence.start() + start, sentence.start() + end, rule)
                for start, end in _finds(sentence.group(), rule)
            ]
    kept, reached = list[Refusal](), -1
    for start, end, rule in sorted(found, key=lambda f: (f[0], -f[1])):
        if start >= reached:
            said = Refusal(
                phrase=flat[start:end], at=places[start], why=rule.why, instead=rule.instead
            )
            kept.append(said)
            reached = end
    return tuple(kept)


def _finds(sentence: str, rule: _Rule) -> Iterator[tuple[int, int]]:
    for pattern in rule.patterns:
        for m in pattern.finditer(sentence):
            allowed = (n for unless in rule.unless for n in unless.finditer(sentence))
            covered = any(n.start() <= m.start() and m.end() <= n.end() for n in allowed)
            denied = rule.deniable and DENIAL.search(sentence, 0, m.start() + 1)
            if not covered and not denied:
                yield m.span()


def _flat(text: str) -> tuple[str, list[int]]:
    """The text on one line, quotations emptied; and where each character of it came from.

    An empty line ends a sentence, whether or not it had a full stop.
    """
    emptied = _emptied(text)
    breaks = [m.start() for m in GAP.finditer(text)]
    flat, places, before = list[str](), list[int](), 0
    for word in re.finditer(r"\S+", text):
        kept = [n for n in range(*word.span()) if not emptied[n]]
        if not kept:
            continue
        broken = bisect_right(breaks, word.start()) > bisect_right(breaks, before)
        if flat:
            flat.append("; " if broken and flat[-1][-1] not in ".;!?" else " ")
            places += [before] * len(flat[-1])
        flat.append("".join(text[n] for n in kept))
        places += kept
        before = kept[-1]
    return "".join(flat), places


def _emptied(text: str) -> bytearray:
    """One where a character stands inside quotation marks, the marks themselves not counted."""
    inside = bytearray(len(text))
    for quotation in QUOTED.finditer(text):
        low, high = quotation.start() + 1, quotation.end() - 1
        inside[low:high] = b"\1" * (high - low)
    start = 0
    for end in [*(m.start() for m in GAP.finditer(text)), len(text)]:
        if text.count('"', start, end) % 2 == 0:
            for quotation in STRAIGHT.finditer(text, start, end):
                low, high = quotation.start() + 1, quotation.end() - 1
                inside[low:high] = b"\1" * (high - low)
        start = end
    return inside


@cache
def _rules() -> tuple[_Rule, ...]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_rule(entry, found["fragments"]) for entry in found["refused"])


def _rule(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> _Rule:
    return _Rule(
        patterns=tuple(_compiled(pattern, fragments) for pattern in entry["patterns"]),
        unless=tuple(_compiled(pattern, fragments) for pattern in entry.get("unless", ())),
        deniable=bool(entry.get("deniable", False)),
        why=str(entry["why"]),
        instead=str(entry["instead"]),
    )


def _compiled(pattern: str, fragments: Mapping[str, str]) -> re.Pattern[str]:
    for name, fragment in fragments.items():
        pattern = pattern.replace(f"{{{name}}}", fragment)
    return re.compile(pattern, re.IGNORECASE)
