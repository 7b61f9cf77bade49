"""Where are the words? A full-text index (SQLite FTS5), derived from what a case keeps.

It lies in `indexes/` of FILIATION_HOME, not in the case: a case holds nothing but signed events and
what they name, and an index may be thrown away and built again. Nothing is decided by it: what is
shown of a document is checked against the account and the bytes that the case keeps.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, final

from filiation.casefile.documents.taking import Taking, named
from filiation.casefile.documents.wanted import (
    Alike,
    FoundAttachment,
    FoundDocument,
    Laid,
    Wanted,
    where,
)
from filiation.casefile.ledger.keys import home
from filiation.errors import UnwritableError, UsageError

__all__ = ["Index", "open_index"]

VERSION: Final = 4
SCHEMA: Final = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE production (account TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE document (
  id INTEGER PRIMARY KEY, production TEXT NOT NULL, number INTEGER NOT NULL, format TEXT NOT NULL,
  moment TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, people TEXT NOT NULL,
  body TEXT NOT NULL, message_id TEXT NOT NULL, thread TEXT NOT NULL, sha256 TEXT NOT NULL,
  verdict TEXT NOT NULL, gaps TEXT NOT NULL, bands BLOB NOT NULL,
  own TEXT, whole INTEGER NOT NULL
) STRICT;
CREATE TABLE person (document INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL,
  name TEXT NOT NULL) STRICT;
CREATE TABLE attachment (id INTEGER PRIMARY KEY, document INTEGER NOT NULL,
  number INTEGER NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE TABLE alike (document INTEGER PRIMARY KEY, other INTEGER NOT NULL, here REAL NOT NULL,
  there REAL NOT NULL, same INTEGER NOT NULL) STRICT;
CREATE VIRTUAL TABLE words USING fts5(subject, people, body, content='document',
  content_rowid='id', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE attached_words USING fts5(name, body, content='attachment',
  content_rowid='id', tokenize='unicode61 remove_diacritics 2');
"""
OF_QUERY: Final = ("fts5", "no such column", "unterminated string", "unknown special query")
NOT_VOUCHED: Final = "  [no signature vouches for this]"


@final
class Index:
    """An index of the documents of one case."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def productions(self) -> dict[str, str]:
        """Account to name of what is indexed."""
        return dict(self._sql.execute("SELECT account, name FROM production"))

    def forget(self) -> None:
        """Leave nothing in it."""
        tables = [row[0] for row in self._sql.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN "
            "('production', 'document', 'person', 'words', 'attachment', 'attached_words', "
            "'alike')")]  # fmt: skip
        drops = "".join(f"DROP TABLE {name};" for name in tables)
        self._sql.executescript(f"BEGIN IMMEDIATE;{drops}{SCHEMA}COMMIT;")

    @contextmanager
    def taking(self, name: str) -> Iterator[Taking]:
        """Take a production in, whole or not at all."""
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            taking = Taking(self._sql, name)
            yield taking
            taking.finish()
            self._sql.execute("COMMIT")
        finally:
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK")

    def count(self, wanted: Wanted) -> int:
        """How many documents are found."""
        parts, values = where(wanted)
        return int(self._ask(f"SELECT count(*) FROM document d {parts}", values)[0][0])

    def find(self, wanted: Wanted, most: int, *, by_time: bool = False) -> list[FoundDocument]:
        """What is found: by time, or what fits the words best first."""
        parts, values = where(wanted)
        excerpt = "snippet(words, 2, '', '', ' .. ', 12)" if wanted.words else "''"
        ranked = wanted.words and not by_time
        order = "rank, d.id" if ranked else "d.moment = '', d.moment, d.production, d.number"
        rows = self._ask(
            "SELECT d.production || ':' || d.number, d.format, d.moment, d.sender, d.subject, "
            f"d.verdict, d.whole, {excerpt} FROM document d {parts} ORDER BY {order} LIMIT ?",
            [*values, most],
        )
        names = ("document", "format", "moment", "sender", "subject", "verdict", "whole", "excerpt")
        return [
            FoundDocument(**{**dict(zip(names, row, strict=True)), "whole": bool(row[6])})
            for row in rows
        ]

    def by_time(self, wanted: Wanted, letters: int) -> list[tuple[str, int]]:
        """How many documents there are by the first letters of their moments.

        Those of which nothing but words is known are left out: they may have a date.
        """
        parts, values = where(wanted)
        joined = f"{parts} {'AND' if ' WHERE ' in parts else 'WHERE'} d.whole"
        return self._ask(
            f"SELECT substr(d.moment, 1, {letters:d}), count(*) FROM document d {joined} "
            "GROUP BY 1",
            values,
        )

    def without_zone(self, wanted: Wanted) -> int:
        """Of how many documents the moment is known and its zone is not."""
        parts, values = where(wanted)
        told = "d.moment <> '' AND substr(d.moment, -1) <> 'Z'"
        joined = f"{parts} {'AND' if ' WHERE ' in parts else 'WHERE'} {told}"
        return int(self._ask(f"SELECT count(*) FROM document d {joined}", values)[0][0])

    def undated(self, wanted: Wanted) -> int:
        """How many documents whose moment is not known fit, but for the days asked for."""
        parts, values = where(replace(wanted, since="", until=""))
        joined = f"{parts} {'AND' if ' WHERE ' in parts else 'WHERE'} d.moment = '' AND d.whole"
        return int(self._ask(f"SELECT count(*) FROM document d {joined}", values)[0][0])

    def documents(self, wanted: Wanted) -> list[str]:
        """Names of all that is found, in their order."""
        parts, values = where(wanted)
        rows = self._ask(
            f"SELECT d.production || ':' || d.number FROM document d {parts} "
            "ORDER BY d.production, d.number",
            values,
        )
        return [row[0] for row in rows]

    def laid_out(self, document: str) -> Laid:
        """A document in parts: who, to whom, when, about what, and its text."""
        name, _, number = document.partition(":")
        rows = self._ask(
            "SELECT id, moment, subject, body, gaps FROM document "
            "WHERE production = ? AND number = ?",
            [name, int(number)],
        )
        if not rows:
            raise UsageError(f"{document}: the index does not know it")
        key, moment, subject, body, gaps = rows[0]
        people = self._ask("SELECT role, name, address FROM person WHERE document = ?", [key])
        told = [(role, named(name, address)) for role, name, address in people]
        told += [("date", moment or "unknown"), ("subject", subject)]
        return Laid(head=tuple(told), body=str(body), gaps=tuple(filter(None, gaps.split(","))))

    def rendered(self, document: str) -> str:
        """A document in words, with a mark at what no signature vouches for."""
        laid = self.laid_out(document)
        lines = [
            f"{name.capitalize()}: {value}{NOT_VOUCHED if name in laid.gaps else ''}"
            for name, value in laid.head
        ]
        open_reading = [name for name in laid.gaps if name.startswith("content-")]
        if open_reading:
            lines.append(
                f"[how these words are to be read is not signed: {', '.join(open_reading)}]"
            )
        return "\n".join([*lines, "", laid.body])

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and words of every document."""
        for name in self.documents(Wanted()):
            yield name, self.rendered(name)

    def same(self, document: str) -> list[str]:
        """Names of other documents with the same bytes or the same message id."""
        name, _, number = document.partition(":")
        rows = self._ask(
            "SELECT o.production || ':' || o.number FROM document d JOIN document o "
            "ON (o.sha256 = d.sha256 OR (o.message_id <> '' AND o.message_id = d.message_id)) "
            "AND o.id <> d.id WHERE d.production = ? AND d.number = ? "
            "ORDER BY o.production, o.number",
            [name, int(number)],
        )
        return [row[0] for row in rows]

    def attached(self, document: str, number: int) -> str:
        """The words of an attachment.

        Raises:
            UsageError: There is none of that number.
        """
        name, _, place = document.partition(":")
        rows = self._ask(
            "SELECT a.body FROM attachment a JOIN document d ON d.id = a.document "
            "WHERE d.production = ? AND d.number = ? AND a.number = ?",
            [name, int(place), number],
        )
        if not rows:
            raise UsageError(f"{document}/{number}: nothing of that number hangs on {document}")
        return str(rows[0][0])

    def find_attached(self, wanted: Wanted, most: int) -> list[FoundAttachment]:
        """Attachments that hold the words, of documents that fit all else."""
        if not wanted.words:
            return []
        parts, values = where(replace(wanted, words=""))
        rows = self._ask(
            "SELECT d.production || ':' || d.number || '/' || a.number, a.name, a.media_type, "
            "a.size, snippet(attached_words, 1, '', '', ' .. ', 12) FROM document d "
            "JOIN attachment a ON a.document = d.id "
            f"JOIN attached_words ON attached_words.rowid = a.id {parts} "
            f"{'AND' if ' WHERE ' in parts else 'WHERE'} attached_words MATCH ? "
            "ORDER BY rank, a.id LIMIT ?",
            [*values, wanted.words, most],
        )
        names = ("document", "name", "media_type", "size", "excerpt")
        return [FoundAttachment(**dict(zip(names, row, strict=True))) for row in rows]

    def alike(self, document: str = "", production: str = "") -> list[Alike]:
        """Documents that say nearly the same as an earlier one, and which that is.

        Args:
            document: Only pairs in which it stands, as the first of each.
            production: Only documents of that production, as the first of each.
        """
        name, _, number = document.partition(":")
        which, values = "", list[object]()
        if document:
            found = "(SELECT id FROM document WHERE production = ? AND number = ?)"
            which = f"WHERE a.document = {found} OR a.other = {found}"
            values = [name, int(number)] * 2
        elif production:
            which, values = "WHERE d.production = ?", [production]
        rows = self._ask(
            "SELECT d.production || ':' || d.number, o.production || ':' || o.number, a.here, "
            "a.there, a.same FROM alike a JOIN document d ON d.id = a.document "
            f"JOIN document o ON o.id = a.other {which} ORDER BY a.document",
            values,
        )
        pairs = [Alike(document=one, other=two, here=here, there=there, same=bool(same))
                 for one, two, here, there, same in rows]  # fmt: skip
        if not document:
            return pairs
        return [
            pair if pair.document == document else Alike(document=document, other=pair.document,
                here=pair.there, there=pair.here, same=pair.same)
            for pair in pairs
        ]  # fmt: skip

    def too_short(self) -> int:
        """How many documents have too few words to be compared with others."""
        return int(self._ask("SELECT count(*) FROM document WHERE bands = x'' AND whole", [])[0][0])

    def own_words(self, document: str) -> str:
        """The words of a document, without what stands above them and what hangs on it."""
        name, _, number = document.partition(":")
        rows = self._ask(
            "SELECT coalesce(own, body) FROM document WHERE production = ? AND number = ?",
            [name, int(number)],
        )
        if not rows:
            raise UsageError(f"{document}: the index does not know it")
        return str(rows[0][0])

    def threads(self, most: int) -> list[tuple[str, int, str, str, str]]:
        """Subject, size, first and last moment, and first document, of the largest threads."""
        rows = self._ask(
            "SELECT thread, count(*) AS n, coalesce(min(nullif(moment, '')), ''), max(moment) "
            "FROM document WHERE thread <> '' GROUP BY thread HAVING n > 1 "
            "ORDER BY n DESC, 3, thread LIMIT ?",
            [most],
        )
        found = []
        for thread, size, first, last in rows:
            head = self._ask(
                "SELECT subject, production || ':' || number FROM document WHERE thread = ? "
                "ORDER BY moment = '', moment, production, number LIMIT 1",
                [thread],
            )[0]
            found.append((str(head[0]), int(size), str(first), str(last), str(head[1])))
        return found

    def counts(self) -> tuple[int, int, int]:
        """How many threads of two documents or more, people and pairs of near copies there are."""
        threads = (
            "SELECT count(*) FROM (SELECT 1 FROM document WHERE thread <> '' GROUP BY thread "
            "HAVING count(*) > 1)"
        )
        people, alike = "SELECT count(DISTINCT address) FROM person", "SELECT count(*) FROM alike"
        found = [int(self._ask(one, [])[0][0]) for one in (threads, people, alike)]
        return found[0], found[1], found[2]

    def first_of_each(self, letters: int) -> list[tuple[str, int, str]]:
        """First letters of moments, how many documents have them, and the earliest of these."""
        rows = self._ask(
            f"SELECT substr(moment, 1, {letters:d}), count(*), "
            "min(moment || printf('|%012d', id)) FROM document WHERE whole GROUP BY 1 ORDER BY 1",
            [],
        )
        named_by = "SELECT production || ':' || number FROM document WHERE id = ?"
        return [
            (str(when), int(count), str(self._ask(named_by, [int(least.rpartition("|")[2])])[0][0]))
            for when, count, least in rows
        ]

    def verdicts_of(self, document: str) -> dict[str, int]:
        """How many documents in the thread of one bear which verdicts."""
        rows = Counter(one.verdict for one in self.thread_of(document) if one.verdict)
        return dict(sorted(rows.items()))

    def thread_of(self, document: str) -> list[FoundDocument]:
        """All documents of the thread of one, by time."""
        name, _, number = document.partition(":")
        rows = self._ask(
            "SELECT o.production || ':' || o.number, o.format, o.moment, o.sender, o.subject, "
            "o.verdict FROM document d JOIN document o ON o.thread = d.thread AND d.thread <> '' "
            "WHERE d.production = ? AND d.number = ? "
            "ORDER BY o.moment = '', o.moment, o.production, o.number",
            [name, int(number)],
        )
        names = ("document", "format", "moment", "sender", "subject", "verdict")
        return [FoundDocument(**dict(zip(names, row, strict=True))) for row in rows]

    def people(self, most: int) -> list[tuple[str, str, int, int, str, str]]:
        """Address, name, how often as sender and as receiver, first and last moment."""
        return self._ask(
            "SELECT p.address, max(p.name), count(DISTINCT CASE WHEN p.role IN ('from', 'author') "
            "THEN d.id END), count(DISTINCT CASE WHEN p.role NOT IN ('from', 'author') THEN d.id "
            "END), coalesce(min(nullif(d.moment, '')), ''), max(d.moment) FROM person p "
            "JOIN document d ON d.id = p.document GROUP BY p.address "
            "ORDER BY count(*) DESC, p.address LIMIT ?",
            [most],
        )

    def _ask(self, question: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._sql.execute(question, values).fetchall()
        except sqlite3.OperationalError as error:
            if not any(said in str(error) for said in OF_QUERY):
                raise UnwritableError(f"index: {error}; nothing was recorded") from error
            raise UsageError(
                f'query: {error}; expected words, "phrases", AND, OR, NOT, NEAR(a b), word*'
            ) from error


@contextmanager
def open_index(case: str, folder: Path | None = None) -> Iterator[Index]:
    """The index of a case; an empty one if there is none, or if another version made it.

    Raises:
        UnwritableError: It cannot be written, or another process writes it.
    """
    path = (folder or home() / "indexes") / f"{case}.db"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = _connected(path)
    except (OSError, sqlite3.Error) as error:
        raise UnwritableError(f"{path}: the index cannot be opened: {error}") from error
    try:
        yield Index(connection)
    except sqlite3.OperationalError as error:
        raise UnwritableError(f"{path}: the index cannot be written: {error}") from error
    except sqlite3.DatabaseError as error:
        raise UnwritableError(
            f"{path}: the index is damaged: {error}; remove it, it is made again from the case"
        ) from error
    finally:
        connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError:
        version, empty = -1, False  # damaged: it is derived, so it is made again
    if version != VERSION:
        connection.close()
        if not empty:
            path.unlink()
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")
    # derived: a kill leaves it whole, and after a power cut it may be made again
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -65536")
    return connection
