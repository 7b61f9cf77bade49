"""Exhibits: what they are, who put them in, how they came, and their digests."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.report import wording
from filiation.report.expert.blocks import Block, Heading, Note, Paragraph, Table
from filiation.report.expert.gathered import (
    Material,
    counted,
    event_words,
    place,
    said,
    time_words,
    who,
)

__all__ = ["custody", "exhibits"]

LISTED: Final = 12  # exhibits, and productions of documents, that stand in the report itself
ACQUIRED: Final = 160
WHOLE: Final = 1000  # characters of how an exhibit came


def exhibits(m: Material) -> Iterator[Block]:
    """What was examined and how it came here."""
    yield Paragraph(
        text="Every exhibit was read without being written to. The record keeps the SHA-256 of "
        "each of its files, and of what was examined a sketch of the weights or the answers "
        "themselves, from which every number of this report follows. Whether an exhibit is what a "
        "party released, served or trained is a matter for other evidence.",
        source=place("custody"),
    )
    shown = _first(m)
    yield Table(
        headings=("exhibit", "put in by", "how it was acquired, as recorded", "held", "event"),
        rows=[
            (
                wording.quoted(e.fact.exhibit, 28),
                wording.quoted(e.fact.offered_by, 24),
                said(e.fact.how, ACQUIRED),
                f"{e.fact.held}, {counted(e.fact.files, 'file')}",
                f"{e.event.sequence}",
            )
            for e in shown
        ],
        widths=(3, 3, 6, 3, 1),
        right=(4,),
        caption="Exhibits",
    )
    left = len(m.state.exhibits) - len(shown)
    yield Note(
        text=(f"{left:,} more exhibits, and all digests, stand in {place('custody')}."
              if left > 0 else f"All digests stand in {place('custody')}.")
    )  # fmt: skip
    yield from _documents(m)


def _first(m: Material) -> list[Entry[facts.Exhibited]]:
    """The two sides first, then the others as they came."""
    plan = m.state.plan.fact
    names = dict.fromkeys((*plan.subject, *plan.source, *m.state.exhibits))
    return [m.state.exhibits[name] for name in names][:LISTED]


def _documents(m: Material) -> Iterator[Block]:
    """Mail, chats and files of words that are on record; the examination does not read them."""
    produced = m.state.of(facts.Produced)
    if not produced:
        return
    yield Paragraph(
        text=f"{counted(len(produced), 'production')} of documents (mail, chats, files of words) "
        f"{'is' if len(produced) == 1 else 'are'} on record. No finding of this report rests on "
        "them; whose signatures they bear, and what such a signature does not show, the record "
        "says.",
        source=place("custody"),
    )
    yield Table(
        headings=("documents", "put in by", "how they were acquired, as recorded", "held", "event"),
        rows=[
            (
                wording.quoted(e.fact.production, 28),
                wording.quoted(e.fact.offered_by, 24),
                said(e.fact.how, ACQUIRED),
                f"{counted(e.fact.documents, 'document')}, {counted(e.fact.files, 'file')}",
                f"{e.event.sequence}",
            )
            for e in produced[:LISTED]
        ],
        widths=(3, 3, 6, 3, 1),
        right=(4,),
        caption="Documents",
    )
    if len(produced) > LISTED:
        yield Note(text=f"{len(produced) - LISTED:,} more stand in {place('custody')}.")


def custody(m: Material) -> Iterator[Block]:
    """Every exhibit and every production of documents with its digests."""
    for entry in m.state.exhibits.values():
        fact, kept = entry.fact, {w.what: w.sha256 for w in entry.event.writes}
        yield Heading(text=f"Exhibit {wording.quoted(fact.exhibit)}")
        numbers = kept.get("material")
        labels = {one.kind.id: one.kind.label for one in m.found.conclusions}
        what = {"files": "files, unexamined"} | labels
        yield _held(
            entry,
            f"{what.get(fact.kind, fact.kind)}, {fact.held}, {counted(fact.files, 'file')}, "
            f"{fact.size:,} bytes",
            [
                ("files" if fact.kind == "files" else "model", fact.digest),
                ("manifest", kept.get("manifest", "")),
                *([("kept copy", numbers)] if numbers else []),
            ],
        )
    for produced in m.state.of(facts.Produced):
        given = produced.fact
        yield Heading(text=f"Documents {wording.quoted(given.production)}")
        kinds = f"{counted(given.documents, 'document')}, {counted(given.files, 'file')}"
        yield _held(
            produced,
            f"{kinds}, {given.size:,} bytes",
            [("root", given.root), *([("keys", given.keys)] if given.keys else [])],
        )
    yield Note(
        text="Model: digest of names, shapes and values of all tensors, or of items and answers. "
        "Files: SHA-256 over the digests of all files. Manifest: SHA-256 of the list of files with "
        "theirs. Kept copy: SHA-256 of the sketch or recording from which every number was "
        "computed. Root: of the tree (RFC 6962) over all documents. Keys: SHA-256 of the kept DNS "
        "records by which signatures were checked."
    )


def _held(
    entry: Entry[facts.Exhibited] | Entry[facts.Produced],
    kind: str,
    digests: list[tuple[str, str]],
) -> Table:
    fact, event = entry.fact, entry.event
    return Table(
        headings=("", ""),
        rows=[
            ("kind", kind),
            ("put in", f"by {wording.quoted(fact.offered_by)}, recorded by {who(event.actor)}, "
                       f"{event_words(event)}, {time_words(event.time)}"),
            ("acquired", said(fact.how, WHOLE)),
            *digests,
        ],
        widths=(2, 11),
        mono=(1,),
    )  # fmt: skip
