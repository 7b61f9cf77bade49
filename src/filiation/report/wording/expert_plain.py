"""Numbers as a judge writes them, for the body of an expert report; all digits stand in annexes.

Rounding is `figure`'s: up, so that no printed number is rarer than the computed one.
"""

import math
import re
from collections.abc import Sequence
from html import escape
from itertools import chain, repeat
from typing import Final

from filiation.model.finding import Finding
from filiation.report.wording.figures import figure, is_at_floor

__all__ = ["WORDS_USED", "best_possible", "chance", "chance_of", "chances", "comparisons",
           "level_words", "power_of"]  # fmt: skip

POWER: Final = re.compile(r"(\d)e-(\d+)")
TICK: Final = re.compile(r"(?<=[ >])(\d)e-(\d+)")  # of words: attributes stand in quotes
TITLE: Final = re.compile(r"<title>[^<]*</title>")
RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
TENS: Final = {
    7: "10 million", 8: "100 million", 9: "a billion", 10: "10 billion", 11: "100 billion",
    12: "a million million",
}  # fmt: skip
LEAST: Final = "less than one in a million million"
WORDS_USED: Final = (
    ("part, or unit", "One of the many small computing elements of a model; a row of numbers."),
    ("layer", "A stage of a model, made of many such parts. Each layer feeds the next."),
    (
        "embedding table, attention, MLP layers, output head",
        "What a language model is made of: the table that turns words into numbers, two kinds of "
        "layer, and what turns numbers into words.",
    ),
    (
        "fingerprint",
        "A short extract of a model, kept in the record. Every number of this report can be "
        "computed again from the fingerprints, without the models.",
    ),
    (
        "control",
        "A model or a recording taken to be unrelated, examined in the subject's place by the "
        "same tests. It shows how alike strangers are.",
    ),
    (
        "how rare by chance",
        "How often two models that have nothing to do with each other would agree at least this "
        "closely. It is not the probability that a model was copied.",
    ),
    ("level", "How rare agreement had to be to count; fixed before anything was compared."),
    ("digest", "A number of 64 characters that changes when a single letter of a file changes."),
)


def _rounded(log_p: float) -> str:
    words = figure(log_p)
    power = POWER.fullmatch(words)
    if power is None:
        return words
    digit, zeros = power[1], int(power[2])
    return f"{digit} in {TENS[zeros]}" if zeros in TENS else ""


def level_words(level: float) -> str:
    """A level or floor given as a probability: "one in a million", "5 in 100"."""
    words = _rounded(math.log(level)).removesuffix("000,000") or LEAST.removeprefix("less than ")
    if words.endswith("in 1,"):
        words = f"{words[:-2]}a million"
    return f"one{words[1:]}" if words.startswith("1 in ") else words


def chance(log_p: float, floor: float) -> str:
    """How rare: "less than one in a billion", "at most 3 in 10,000".

    Args:
        log_p: Natural log of the probability.
        floor: The plan's assumption floor (a probability), below which nothing is told apart.
    """
    bound = math.log(floor)
    if log_p < bound and not math.isclose(log_p, bound, rel_tol=1e-9):
        return f"less than {level_words(floor)}"
    words = _rounded(log_p)
    if not words:
        return LEAST
    return words if words == "1" or words.startswith("more") else f"at most {words}"


def comparisons(log_p: float, floor: float) -> str:
    """The same as a number of comparisons of models that have nothing to do with each other."""
    words = chance(log_p, floor)
    return "every comparison" if words == "1" else f"{words} comparisons"


def chance_of(log_p: float | None, floor: float) -> str:
    """The same for a cell; a comparison that gave nothing is said to have given nothing."""
    return "no finding" if log_p is None else _rare(log_p, floor)


def _rare(log_p: float, floor: float) -> str:
    words = chance(log_p, floor)
    return "not rare" if words == "1" else words


def chances(findings: Sequence[Finding], floor: float) -> str:
    """From the rarest of several findings to the least rare, once if they are the same."""
    ends = (pick(finding.log_p for finding in findings) for pick in (min, max))
    return " to ".join(dict.fromkeys(_rare(end, floor) for end in ends))


def best_possible(findings: Sequence[Finding]) -> str:
    """Whether the tests could have said more, however close the two had been."""
    reached = sum(is_at_floor(f.log_p, f.null.log_floor) for f in findings)
    if reached == len(findings):
        return "yes"
    return f"{reached} of {len(findings)}" if reached else "no"


def power_of(svg: str, caption: str) -> str:
    """A drawing whose scale reads as powers of ten, and not as a program prints them.

    It is called what its caption says. What a mark says when it is pointed at goes: its digits
    stand in an annex.
    """
    titles = chain((f"<title>{escape(caption)}</title>",), repeat(""))
    plain = TITLE.sub(lambda _: next(titles), svg)
    return TICK.sub(
        lambda m: f"{'' if m[1] == '1' else f'{m[1]}·'}10⁻{m[2].translate(RAISED)}", plain
    )
