"""Putting on record what a party says: a claim, an answer, or anything else it submits."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from filiation.casefile import facts
from filiation.casefile.deeds import WordsStated
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import on_record, own_signer, read_words
from filiation.proceedings.submitting import VERBS, suffix_of

__all__ = ["state_words"]


def state_words(
    case: Path,
    kind: Literal["claim", "answer", "submission"],
    *,
    party: str,
    title: str,
    text: str | None = None,
    file: Path | None = None,
    alternative: facts.Alternative | None = None,
    confidential: bool = False,
    present: Sequence[str] = (),
) -> WordsStated:
    """Keep a statement as it was made, signed by the party or, where it has no key, by the lead.

    Raises:
        UsageError: A law of the case forbids it, or there are no words, or two sorts of them.
    """
    record = Record(case)
    raw = read_words(text, file, kind)
    signer = record.signer(own_signer(record, party, present))
    suffix = suffix_of(file)
    fact = facts.Stated(
        kind=kind,
        party=party,
        title=title,
        alternative=alternative,
        proposition=facts.ALTERNATIVES[alternative] if alternative else "",
        confidential=confidential,
        stood_by=tuple(present),
    )
    given = {"by": party, "title": title, "file": file, "confidential": confidential,
             "present": present}  # fmt: skip
    draft = Draft(
        verb=VERBS[kind],
        fact=fact,
        arguments=on_record({**given, "alternative": alternative}),
        blobs=[("text", raw, f"submissions/{party}/{{sequence}}-{kind}{suffix}")],
    )
    entry = Entry(event=record.append(draft, *signer), fact=fact)
    said = {one.fact.kind for one in record.state().of(facts.Stated)}
    return WordsStated(entry=entry, claimed="claim" in said)
