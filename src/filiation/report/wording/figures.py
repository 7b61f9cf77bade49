"""Numbers and names as they are printed, before any sentence is built around them."""

import math
import re
import unicodedata
from collections.abc import Sequence, Set
from typing import Protocol

from filiation.model.examined import Examined
from filiation.model.subject import Subject

__all__ = [
    "Named",
    "about_models",
    "as_sentence",
    "clause",
    "clean",
    "counted",
    "excerpt",
    "figure",
    "is_at_floor",
    "joined",
    "layer_name",
    "named",
    "pair_names",
    "percentage",
    "printable",
    "probability",
    "probability_brief",
    "quantity",
    "quoted",
]

NUMBERED = re.compile(r"(?:layers?\.)?(\d+)")
LN10 = math.log(10.0)
ROUNDING = 1e-6  # a digit is rounded up unless it is whole to this precision
NAME_LENGTH = 60
EXCERPT_LENGTH = 220
READ = 20_000  # characters of a text that are looked at
JOINERS = frozenset("\u200c\u200d")  # spelling in Persian and Hindi, and glue of joined emoji
STACKED = 4  # marks on one letter; no spelling needs more
MARKS = frozenset({"Mn", "Mc", "Me"})
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def clean(text: str) -> str:
    """Text of foreign origin, safe to print: no control, direction or surrogate characters.

    Model names and reasons may come from hostile files. Escaping for HTML is not done here.
    """
    return _plain(text)


def printable(text: str) -> str:
    """The same with joiners that belong to a spelling: words of anyone, on one line."""
    return _plain(text, JOINERS)


def _plain(text: str, kept: Set[str] = frozenset()) -> str:
    if text.isprintable():  # the common case: no category above, no noncharacter
        return " ".join(text.split())
    shown = (
        " " if c.isspace() else "\ufffd" if _unprintable(c) and c not in kept else c for c in text
    )
    return " ".join("".join(shown).split())


def _unprintable(c: str) -> bool:
    return unicodedata.category(c) in UNPRINTABLE or (ord(c) & 0xFFFE) == 0xFFFE


def counted(count: int, what: str) -> str:
    """`1 document`, `2,000 documents`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def as_sentence(text: str) -> str:
    """A clause or sentence written elsewhere, as a sentence: capital first, full stop last.

    A first word that could be a file or a model (`tokenizer.json:`) keeps its spelling.
    """
    words = clean(text)
    if not words:
        return ""
    capital = words[0].upper() if words.split()[0].rstrip(",").isalpha() else words[0]
    return capital + words[1:] + ("" if words[-1] in ".!?" else ".")


class Named(Protocol):
    """What has a name, such as a subject."""

    @property
    def name(self) -> str:
        """What it is called."""


def clause(text: str) -> str:
    """The same after a colon: as it was written, with a full stop last."""
    words = clean(text)
    return words + ("" if not words or words[-1] in ".!?" else ".")


def about_models(text: str, models: Sequence[Named]) -> str:
    """A sentence that may open with a model's name, which then stands in quotation marks."""
    words = clean(text)
    for name in sorted((clean(model.name) for model in models), key=len, reverse=True):
        rest = words.removeprefix(name)
        if name and rest != words and rest[:1] in (" ", ":", ","):
            return clause(f"{quoted(name)}{rest}")
    return as_sentence(words)


def layer_name(label: str) -> str:
    """A layer as it is called in the middle of a sentence: `layers.3` is layer 3."""
    words = clean(label)
    number = NUMBERED.fullmatch(words)
    return f"layer {number[1]}" if number else words


def joined(sentences: Sequence[str]) -> str:
    """Sentences as one paragraph; empty ones vanish."""
    return " ".join(s for s in sentences if s)


def named(subject: Named, length: int = NAME_LENGTH) -> str:
    """A model's name in quotation marks, shortened in the middle if it is very long."""
    return quoted(subject.name, length)


def quoted(foreign: str, length: int = NAME_LENGTH) -> str:
    """A name that stands without its subject, as `named` prints it."""
    name = _level(_straight(clean(foreign))) or "unnamed"
    if len(name) > length:
        head = (length - 1) // 2
        name = f"{name[:head]}\u2026{name[head + 1 - length :]}"
    return f"\u201c{name}\u201d"


def _straight(text: str) -> str:
    """Curly quotation marks made straight, so that those around a text are its only ones."""
    return text.replace("\u201c", '"').replace("\u201d", '"')


def _level(text: str) -> str:
    """At most a few marks on one letter, so that none reaches into other lines."""
    kept, marks = [], 0
    for c in text:
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if marks <= STACKED:
            kept.append(c)
    return "".join(kept)


def excerpt(text: str, length: int = EXCERPT_LENGTH) -> str:
    """What a model was asked or said, in quotation marks; a long text ends in an ellipsis.

    Hostile like a name, but evidence: joiners that belong to a spelling stay, and no letter is cut
    from its marks.
    """
    said = _level(_straight(_plain(text[:READ], JOINERS)))
    if not said:
        return "(empty)"
    if len(said) > length:
        said = f"{said[: _end(said, length - 1)].rstrip()}\u2026"
    return f"\u201c{said}\u201d"


def _end(said: str, most: int) -> int:
    """The last place at or before `most` that tears nothing apart; `most` if there is none."""
    for end in range(most, 0, -1):
        if said[end - 1] != "\u200d" and not _continues(said[end]):
            return end
    return most


def _continues(c: str) -> bool:
    return c in JOINERS or unicodedata.category(c) in MARKS or "\U0001f3fb" <= c <= "\U0001f3ff"


class Pair(Protocol):
    """What has a subject and a source, such as a conclusion or an examination."""

    @property
    def subject(self) -> Subject | Examined:
        """The model under examination."""

    @property
    def source(self) -> Subject | Examined:
        """The claimed source."""


def pair_names(pair: Pair, length: int = NAME_LENGTH) -> tuple[str, str]:
    """Subject and source; with the start of their digests if the names look alike."""
    subject, source = named(pair.subject, length), named(pair.source, length)
    if subject != source:
        return subject, source
    return (
        f"{subject} ({_digest(pair.subject)}\u2026)",
        f"{source} ({_digest(pair.source)}\u2026)",
    )


def _digest(model: Subject | Examined) -> str:
    """The start of the digest that tells a model from another of its name."""
    first = model.materials[0] if isinstance(model, Examined) else model
    return clean(first.digest)[:8]


def figure(log_p: float) -> str:
    """A probability given as its natural log: "34 in 100", "3 in 10,000", "2e-14".

    One significant digit (two above a tenth), rounded up, so that the printed number is never
    smaller than the computed one: the rounding never speaks for the accusation.
    """
    if log_p == 0.0:
        return "1"
    log10 = log_p / LN10
    if log10 > -1.0:
        hundredths = math.ceil(100.0 * math.exp(log_p) - ROUNDING)
        return f"{hundredths} in 100" if hundredths < 100 else "more than 99 in 100"
    exponent = math.floor(log10)
    digit = math.ceil(10.0 ** (log10 - exponent) - ROUNDING)
    if digit == 10:
        digit, exponent = 1, exponent + 1
    return f"{digit} in {10**-exponent:,}" if exponent >= -6 else f"{digit}e{exponent}"


def is_at_floor(log_p: float, log_floor: float | None) -> bool:
    """Whether a null could not have given less, so that its p is only an upper bound."""
    return log_floor is not None and log_p < 0.0 and math.isclose(log_p, log_floor, rel_tol=1e-9)


def probability(log_p: float, floor: float, *, log_floor: float | None = None) -> str:
    """A p-value in words.

    Args:
        log_p: Its natural log.
        floor: The plan's assumption floor (a probability): below it the printed number is the
            floor, and the computed one stands beside it.
        log_floor: Smallest natural log p the null supports, if it has one; "at most" if reached.
    """
    computed = f"{'at most ' if is_at_floor(log_p, log_floor) else ''}{figure(log_p)}"
    if not _beyond(log_p, floor):
        return computed
    bound = figure(math.log(floor))
    return (
        f"below {bound} (computed: {computed}; beyond {bound} it is the assumption, "
        "not chance, that could be wrong)"
    )


def probability_brief(log_p: float | None, floor: float, *, log_floor: float | None = None) -> str:
    """The same for a table's cell, where the floor is explained once beside the table."""
    if log_p is None:
        return "no finding"
    if _beyond(log_p, floor):
        return f"below {figure(math.log(floor))}"
    return f"{'at most ' if is_at_floor(log_p, log_floor) else ''}{figure(log_p)}"


def _beyond(log_p: float, floor: float) -> bool:
    bound = math.log(floor)
    return log_p < bound and not math.isclose(log_p, bound, rel_tol=1e-9)


def percentage(share: float) -> str:
    """A share as per cent: two significant digits, rounded up, so that power is not overstated."""
    percent = 100.0 * share
    if percent <= 0.001:
        return "0%" if percent <= 0.0 else "at most 0.001%"
    digits = 1 - math.floor(math.log10(percent))
    scale = 10.0**digits
    return f"{round(math.ceil(percent * scale - ROUNDING) / scale, max(digits, 0)):g}%"


def quantity(value: float) -> str:
    """A statistic in its own units: whole numbers in full, others to four significant digits."""
    if not math.isfinite(value):
        return "not available"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.3e}"
    return f"{value:.4g}"
