"""Deeds of a page on documents: what is put in, tags, privilege, rulings, redactions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Final

from filiation.errors import FieldError
from filiation.proceedings.desk.given import Doing
from filiation.proceedings.documents import marking
from filiation.proceedings.documents.adding import Production, add
from filiation.proceedings.documents.numbering import number
from filiation.proceedings.ruling import rule
from filiation.report.wording import document_deeds as words
from filiation.report.wording.desk import lacking

__all__ = ["PAPERS"]

Lines = Iterator[str]
ORDERS: Final = ("dmy", "mdy", "ymd")


def _documents(doing: Doing) -> Lines:
    given = doing.given
    path, dates = given.file("files"), given.one("dates")
    if path is None:
        raise FieldError("files", lacking("files"))
    offered = Production(
        path=path,
        name=given.needed("production"),
        offered_by=given.one("offered_by") or doing.party,
        how=given.needed("how"),
        keys=given.file("keys"),
        keys_how=given.one("keys_how"),
        present=given.lines("present"),
        dates=given.among("dates", ORDERS) if dates else "",
    )
    done = add(doing.case, offered, acting=doing.party, step=doing.step)
    yield from words.added_lines(
        done.event, done.fact, formats=done.formats, signatures=done.signatures,
        remarks=done.remarks, undated=done.undated, set_aside=done.set_aside,
    )  # fmt: skip
    if prefix := given.one("prefix"):
        numbered = number(
            doing.case, offered.name, prefix=prefix, present=offered.present, acting=doing.party
        )
        yield words.numbered_line(**asdict(numbered))


def _tag(doing: Doing) -> Lines:
    given = doing.given
    tag, documents, off = given.needed("tag"), given.lines("documents"), given.on("off")
    event, who = marking.tag(doing.case, tag, documents, off=off, acting=doing.party)
    yield words.tagged_line(event, tag, documents, off=off, by=who)


def _privilege(doing: Doing) -> Lines:
    given = doing.given
    documents, waived = given.lines("documents"), given.on("waive")
    made = marking.claim_privilege(
        doing.case, documents, by=doing.party, ground=given.needed("ground"), waive=waived
    )
    yield words.privileged_line(made.event, documents, by=doing.party, waived=waived)
    yield from map(words.same_line, made.same)


def _redact(doing: Doing) -> Lines:
    """What comes near and what was not read is told before anything is signed."""
    given = doing.given
    document, passages = given.needed("document"), given.lines("passages")
    if not passages:
        raise FieldError("passages", lacking("passages"))
    found = marking.find(doing.case, document, passages, by=doing.party)
    doing.tell([*words.standing_lines(found.near, found.unread, found.elsewhere, everywhere=False)])
    done = marking.redact(
        doing.case, [found.document], passages, ground=given.needed("ground"), acting=doing.party
    )
    for one in done:
        yield words.redacted_line(one.event, one.document, one.passages)


def _rule(doing: Doing) -> Lines:
    given = doing.given
    made = rule(
        doing.case, given.lines("documents"), of=given.needed("of"),
        upheld=given.among("ruled", ("upheld", "dismissed")) == "upheld",
        because=given.needed("because"), supersedes=given.number("ends"), acting=doing.party,
    )  # fmt: skip
    yield from words.ruled_lines(made)


PAPERS: Final[Mapping[str, Callable[[Doing], Lines]]] = {
    "documents": _documents, "tag": _tag, "privilege": _privilege, "redact": _redact, "rule": _rule,
}  # fmt: skip
