"""What the pages say of answers that stand side by side."""

from typing import Final

from filiation.model.finding import Instance
from filiation.report.wording.figures import clean, excerpt, quantity

__all__ = [
    *(
        "ASKED",
        "LEDGER",
        "LIMITS",
        "BESIDE",
        "DIFFER",
        "DIFFER_HEADS",
        "DIFFER_NOTE",
        "HEADS",
        "NOTHING",
        "NOT_HELD",
    ),
    *("SUPPORTS_NOTHING", "WHOLE", "differ_count", "item_title", "no_answer", "OTHER", "SAME"),
    "why_it_counts",
]

WHOLE: Final = "The examination"
BESIDE: Final = "Answers side by side"
DIFFER: Final = "Only where they differ"
LIMITS: Final = "What this cannot show"
LEDGER: Final = "Ledger of functions"
ASKED: Final = "What was asked"
HEADS: Final = ("model", "answer", "the source's words")
DIFFER_HEADS: Final = ("item", "asked")
SAME: Final = "the same"
OTHER: Final = "other words"
NOTHING: Final = "(empty)"
SUPPORTS_NOTHING: Final = "This finding is reported and supports nothing; it does not count."
NOT_HELD: Final = "The answers of source and subject are not both held here."
DIFFER_NOTE: Final = (
    "Source and subject said other things here, word for word, spaces aside. A method may read two "
    "answers as the same that differ in words, and the other way round."
)


def differ_count(shown: int, differ: int, both: int) -> str:
    """At how many items they differ, of how many that both answered."""
    return (
        f"They differ at {differ:,} of {both:,} items that both answered and agree at "
        f"{both - differ:,}; {shown:,} shown"
    )


def item_title(place: int, item: str) -> str:
    """An item by its place among the heaviest."""
    return f"{place}. {clean(item)}"


def why_it_counts(one: Instance) -> str:
    """How much an item weighs, and how rare the answer that both gave is among the controls."""
    rare = (
        f"{one.rarity:,} of {one.of:,} controls that answered it gave the answer that source and "
        "subject have in common"
        if one.of
        else "no control answered it, so nothing is known of how rare the answer is"
    )
    key = f" The right answer is {excerpt(one.key)}." if clean(one.key) else ""
    read = f" What the method read: {excerpt(one.source)} and {excerpt(one.subject)}."
    return f"It adds {quantity(one.weight)} to the statistic: {rare}.{key}{read}"


def no_answer(*, withheld: bool) -> str:
    """Why no answer stands here."""
    return "not held here" if withheld else "no answer"
