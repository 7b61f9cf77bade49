"""Documents on their way into an index, with their threads, attachments and near duplicates."""

import re
import sqlite3
from typing import Final, final

from filiation.casefile.documents.alike import bands, words_of
from filiation.casefile.documents.finding_alike import find_alike
from filiation.model.document import Document

__all__ = ["Taking", "named", "own_words"]

KEYS: Final = """
CREATE UNIQUE INDEX IF NOT EXISTS document_place ON document (production, number);
CREATE INDEX IF NOT EXISTS document_moment ON document (moment);
CREATE INDEX IF NOT EXISTS document_thread ON document (thread);
CREATE INDEX IF NOT EXISTS document_message ON document (message_id) WHERE message_id <> '';
CREATE INDEX IF NOT EXISTS document_bytes ON document (sha256);
CREATE INDEX IF NOT EXISTS person_address ON person (address);
CREATE INDEX IF NOT EXISTS person_document ON person (document);
CREATE INDEX IF NOT EXISTS attachment_document ON attachment (document);
CREATE INDEX IF NOT EXISTS alike_other ON alike (other);
"""
HEADING: Final = re.compile(r"\[attached (?:file|mail|message)[^\n]{0,400}:\]\n\Z")
ROUNDS: Final = 50  # by which a thread is followed back to its first message


@final
class Taking:
    """A production on its way into an index."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._sql, self._name = connection, name
        self.account = ""
        self._next = 1 + (connection.execute("SELECT max(id) FROM document").fetchone()[0] or 0)

    def take(self, number: int, document: Document, sha256: str, *, whole: bool = True) -> None:
        """Take one document in; if not `whole`, all that is known are words that a redaction left.

        Such a one is not compared with others: what is left of two may agree where they do not.
        """
        key = self._next
        self._next += 1
        own = own_words(document)
        people = ", ".join(named(one.name, one.address) for one in document.people)
        senders = [one for one in document.people if one.role in ("from", "author")]
        self._sql.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, self._name, number, document.format, document.moment,
             named(senders[0].name, senders[0].address) if senders else "", document.subject,
             people, document.text, document.message_id, document.thread, sha256,
             ",".join(document.verdicts), ",".join(document.gaps),
             bands(words_of(own)) if whole else b"",
             own if own != document.text else None, int(whole)),
        )  # fmt: skip
        self._attached(key, document)
        self._sql.execute(
            "INSERT INTO words (rowid, subject, people, body) VALUES (?, ?, ?, ?)",
            (key, document.subject, people, document.text),
        )
        self._sql.executemany(
            "INSERT INTO person VALUES (?, ?, ?, ?)",
            [(key, one.role, one.address, one.name) for one in document.people],
        )

    def _attached(self, key: int, document: Document) -> None:
        """Take in what hangs on a document, each with its own words."""
        for number, one in enumerate(document.attachments, 1):
            row = self._sql.execute(
                "INSERT INTO attachment (document, number, name, media_type, size, body) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (key, number, one.name, one.media_type, one.size, one.text),
            ).lastrowid
            self._sql.execute(
                "INSERT INTO attached_words (rowid, name, body) VALUES (?, ?, ?)",
                (row, one.name, one.text),
            )

    def finish(self) -> None:
        """Follow threads back to their first message; note which account this was."""
        for statement in KEYS.split(";"):
            self._sql.execute(statement)
        for _ in range(ROUNDS):
            moved = self._sql.execute(
                "UPDATE document SET thread = (SELECT o.thread FROM document o WHERE "
                "o.message_id = document.thread AND o.message_id <> '' "
                "AND o.thread <> o.message_id LIMIT 1) "
                "WHERE thread <> '' AND thread <> message_id AND EXISTS (SELECT 1 FROM document o "
                "WHERE o.message_id = document.thread AND o.message_id <> '' "
                "AND o.thread <> o.message_id "
                "AND o.thread <> document.thread)"
            )
            if not moved.rowcount:
                break
        find_alike(self._sql, self._name)
        self._sql.execute("INSERT INTO production VALUES (?, ?)", (self.account, self._name))


def own_words(document: Document) -> str:
    """The text of a document without the words of what hangs on it, as far as they stand in it."""
    text = document.text
    for one in document.attachments:
        quoted = "".join(f"> {line}\n" for line in one.text.strip("\n").split("\n"))
        for form in (quoted, one.text) if one.text.strip() else ():
            before, found, behind = text.partition(form)
            if found:
                text = f"{HEADING.sub('', before)}\n{behind}"
                break
    return text


def named(name: str, address: str) -> str:
    """Somebody in words."""
    if not name or name.lower() == address:
        return address or name
    return f"{name} <{address}>" if address else name
