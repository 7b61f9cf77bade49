"""Remarks on what is on record: for oneself, for all, or such as nobody can drop."""

from pathlib import Path
from typing import Literal

from filiation.casefile.facts import Commented
from filiation.casefile.laws.comments import event_of
from filiation.casefile.laws.numbers import canonical
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import judged, on_record, read_words

__all__ = ["comment"]

NEUTRAL = ("lead", "examiner", "reviewer")


def comment(
    case: Path, about: str, words: str, *, reach: Literal["own", "shared", "exculpatory"] = "own",
    acting: str | None = None,
) -> Entry[Commented]:  # fmt: skip
    """Put a remark on record.

    Args:
        case: The case.
        about: A document, by PRODUCTION:NUMBER or its own number; the number of an event; or
            a finding, as EVENT#finding-1-3.
        words: What is remarked.
        reach: Who sees it.
        acting: Whose it is.

    Raises:
        UsageError: A law of the case forbids it, there are no words, or one of a neutral person's
            phrases is refused.
    """
    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    if state.party(who).role in NEUTRAL and reach != "own":
        judged(words, "comment")
    known = about if event_of(about) is not None else canonical(state, about)
    fact = Commented(by=who, about=known, reach=reach)
    draft = Draft(
        verb="comment",
        fact=fact,
        arguments=on_record({"about": known, "reach": None if reach == "own" else reach}),
        blobs=[("text", read_words(words, None, "comment"), "")],
    )
    return Entry(event=record.append(draft, who, key), fact=fact)
