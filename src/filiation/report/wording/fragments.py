"""What two source trees share, function by function: classes, filters, signs of copying."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.filtration import CLASSES, Filtration, Matched, SharedSign, Sided
from filiation.report.wording.figures import clean

__all__ = [
    "CLASS_NAMES",
    "FRAGMENT_HEADS",
    "SIGN_HEADS",
    "STEP_HEADS",
    "class_name",
    "counts_because",
    "filtration_sentences",
    "fragment_note",
    "fragment_rows",
    "place_words",
    "shown_of",
    "sign_note",
    "sign_rows",
    "step_rows",
    "why_words",
]

CLASS_NAMES: Final[Mapping[str, str]] = {
    "": "before any filter",
    "generated": "generated",
    "third-party": "third-party",
    "base-code": "base code given to both",
    "interface": "dictated by interface or format",
    "idiom": "idiom",
    "common-author": "common author",
    "remaining": "remaining",
}
SIGN_NAMES: Final[Mapping[str, str]] = {
    "typo": "unlisted word, one letter from a frequent one",
    "number": "number that unrelated projects do not write",
    "blanks": "odd blanks on a line",
    "dead": "statement that is never reached",
    "commented-out": "code in a comment",
    "stale": "comment on a name that is not there",
}
STEP_HEADS: Final = (
    *("set aside", "functions set aside", "functions left", "lines", "tokens", "runs"),
    *("structure", "together"),
)
FRAGMENT_HEADS: Final = ("id", "source", "subject", "how alike", "class and why")
SIGN_HEADS: Final = ("sign", "what", "source", "subject", "controls that have it")
DIGITS: Final = 3


def filtration_sentences(conclusion: Conclusion) -> tuple[str, ...]:
    """How much is matched, and how much is left once each class is set aside."""
    found = conclusion.filtration
    return () if found is None else tuple(_sentences(found))


def _sentences(found: Filtration) -> Iterator[str]:
    ours, theirs = found.functions
    yield (
        f"{len(found.matched):,} functions of the source ({ours:,}) have a partner that is alike "
        f"in the subject ({theirs:,}); {_in_controls(found.lined_up)}."
    )
    first, last = found.steps[0], found.steps[-1]
    yield (
        f"Likeness in matched functions is {first.whole:.{DIGITS}f} before any filter and "
        f"{last.whole:.{DIGITS}f} once {first.left - last.left:,} functions are set aside as "
        f"{_set_aside(found)}; {last.left:,} are left."
    )
    if found.signs:
        alone = sum(not one.controls for one in found.signs)
        yield (
            f"{len(found.signs):,} literal signs of copying stand in both trees, {alone:,} of them "
            f"in no control; {_signs_in_controls(found.signs_lined_up)}. They are context, and no "
            "p follows from their number."
        )


def _in_controls(lined_up: Sequence[int]) -> str:
    if not lined_up:
        return "there is no control to say how many strangers have"
    middle = lined_up[len(lined_up) // 2]
    return (
        f"of {len(lined_up):,} controls the median has a partner for {middle:,} of them, and the "
        f"most alike for {lined_up[-1]:,}"
    )


def _signs_in_controls(lined_up: Sequence[int]) -> str:
    if not lined_up:
        return "there is no control to say how many strangers share"
    return (
        f"the median of {len(lined_up):,} controls shares {lined_up[len(lined_up) // 2]:,} with "
        f"the source, and the most alike {lined_up[-1]:,}"
    )


def _set_aside(found: Filtration) -> str:
    """Each class with how many functions are of it."""
    often = Counter(one.sort for one in found.matched)
    told = [f"{CLASS_NAMES[sort]} ({often[sort]:,})" for sort in CLASSES[:-1] if often[sort]]
    return ", ".join(told) or "nothing"


def class_name(one: Matched) -> str:
    """The class of a fragment; where an examiner moved it, the proposed class beside it."""
    if one.moved is None:
        return CLASS_NAMES[one.proposed]
    return f"{CLASS_NAMES[one.moved.to]}, proposed: {CLASS_NAMES[one.proposed]}"


def why_words(one: Matched) -> str:
    """Why it is of its class, and who said so."""
    if one.moved is None:
        return clean(one.why)
    return f"{clean(one.moved.why)} (moved by {clean(one.moved.by)[:40]}); before: {clean(one.why)}"


def place_words(one: Sided) -> str:
    """File, lines and name of a function, with the day that its repository claims."""
    since = f", claimed since {clean(one.since)}" if one.since else ""
    licence = f", {clean(one.licence)}" if one.licence else ""
    return f"{clean(one.file)}:{one.first}-{one.last} {clean(one.name)}{licence}{since}"


def alike_words(one: Matched) -> str:
    """Likeness by channel."""
    return " / ".join(f"{value:.2f}" for value in one.alike)


def counts_because(one: Matched, found: Filtration, of: int) -> str:
    """Why a matched function counts, and how rare it is."""
    lines, tokens, runs, structure = one.alike
    return (
        f"Alike in lines {lines:.2f}, tokens {tokens:.2f}, runs without names {runs:.2f}, "
        f"what is computed {structure:.2f}. "
        f"{one.features:,} features are in both, {one.unseen:,} of which less than one in a "
        f"thousand of {found.background:,} functions of unrelated projects has; a shared feature "
        f"weighs {one.rarity:.1f} nats on average. {one.controls:,} of {of:,} controls have the "
        "function as nearly."
    )


def step_rows(found: Filtration) -> tuple[tuple[str, ...], ...]:
    """Likeness before any filter, and after each."""
    return tuple(
        (
            CLASS_NAMES[step.without],
            f"{step.fragments:,}" if step.without else "",
            f"{step.left:,}",
            *(f"{value:.{DIGITS}f}" for value in step.alike),
            f"{step.whole:.{DIGITS}f}",
        )
        for step in found.steps
    )


def fragment_rows(found: Sequence[Matched]) -> tuple[tuple[str, ...], ...]:
    """One row a matched function."""
    return tuple(
        (
            clean(one.id),
            place_words(one.source),
            place_words(one.subject),
            f"{one.lines:,} lines; {alike_words(one)}; {one.rarity:.1f} nats",
            f"{class_name(one)}: {why_words(one)}",
        )
        for one in found
    )


def sign_rows(found: Sequence[SharedSign], of: int) -> tuple[tuple[str, ...], ...]:
    """One row a sign that both trees have."""
    return tuple(
        (
            SIGN_NAMES.get(one.kind, clean(one.kind)),
            clean(one.text) or "the line itself",
            clean(one.source),
            clean(one.subject),
            f"{one.controls:,} of {of:,}",
        )
        for one in found
    )


def shown_of(shown: int, of: int, what: str) -> str:
    """How many of how many are shown, and where the rest is."""
    rest = "" if shown == of else "; all of them are in report.json"
    return f"{shown:,} of {of:,} {what} shown{rest}."


def fragment_note() -> str:
    """How the ledger is to be read."""
    return (
        "Functions are matched if functions of unrelated projects are as alike in fewer than one "
        "of a thousand searches. Likeness is given for lines, tokens, runs without names and what "
        "is computed; rarity is the mean weight of a shared feature in nats. A class is proposed "
        "by rules that ask the source or a third: what the subject alone says (a folder of "
        "vendored code, a mark) filters nothing. An examiner may move a fragment, and the proposed "
        "class stays beside it. Days are claimed by a repository and can be forged."
    )


def sign_note() -> str:
    """What the signs are, and what they are not."""
    return (
        "What no function of the code asks for and a copy keeps. Words and numbers that two "
        "unrelated projects or a word list know are left out, as is what base code has. Authors "
        "of one school share habits: the controls say how often."
    )


FILTER_TITLE: Final = "Filtration: likeness before and after each filter"
FRAGMENT_TITLE: Final = "Matched functions, the longest that are left first"
SIGN_TITLE: Final = "Literal signs of copying"
FRAGMENTS: Final = "matched functions"
SIGNS: Final = "signs"
