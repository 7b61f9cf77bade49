"""The log in SQLite: one STRICT table that triggers keep append-only.

Rollback journal, not write-ahead: at rest the log is one file. `synchronous=EXTRA`: a committed
event survives a power cut. The triggers stop mistakes; what stops intent is the tree.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from filiation.errors import CaseError, UnwritableError

__all__ = ["altered_schema", "append_rows", "create_log", "read_rows"]

APPLICATION: Final = 0x46494C49  # "FILI"
SCHEMA: Final = """
PRAGMA application_id = {application};
PRAGMA user_version = 1;
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
  envelope BLOB NOT NULL CHECK (length(envelope) > 0)
) STRICT;
CREATE TRIGGER event_in_order BEFORE INSERT ON event
  WHEN NEW.sequence <> (SELECT coalesce(max(sequence) + 1, 0) FROM event)
  BEGIN SELECT RAISE(ABORT, 'events are appended in order'); END;
CREATE TRIGGER event_not_changed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_not_removed BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END;
"""


def create_log(path: Path) -> None:
    """Make an empty log."""
    with _connected(path, "rwc") as connection:
        connection.executescript(SCHEMA.format(application=APPLICATION))


def append_rows(path: Path, first: int, envelopes: list[bytes]) -> None:
    """Append events in one transaction, on disk when this returns.

    Raises:
        UnwritableError: The disk is full or read-only; nothing was appended.
    """
    with _connected(path, "rw") as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO event (sequence, envelope) VALUES (?, ?)",
            list(enumerate(envelopes, start=first)),
        )
        connection.execute("COMMIT")


def read_rows(path: Path) -> list[tuple[int, bytes]]:
    """All rows in order; rolls an interrupted append back first.

    Raises:
        CaseError: Not such a log, or damaged.
    """
    hot = path.with_name(path.name + "-journal").exists()
    with _connected(path, "rw" if hot else "ro") as connection:
        marks = [
            connection.execute(f"PRAGMA {p}").fetchone()[0]
            for p in ("application_id", "user_version")
        ]
        if marks != [APPLICATION, 1]:
            raise CaseError(
                f"{path.name}: application and version are {marks}, expected "
                f"{[APPLICATION, 1]}; not a log that this version wrote"
            )
        rows = connection.execute("SELECT sequence, envelope FROM event ORDER BY sequence")
        return [_row(path, sequence, envelope) for sequence, envelope in rows]


def _row(path: Path, sequence: object, envelope: object) -> tuple[int, bytes]:
    if not isinstance(sequence, int) or not isinstance(envelope, bytes):
        raise CaseError(f"{path.name}: row {sequence!r}: not a number and bytes; it was altered")
    return sequence, envelope


@contextmanager
def _connected(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    if mode != "rwc" and not path.is_file():
        raise CaseError(f"{path.name}: not there; the log of the case was removed")
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)) as found:
            if mode != "ro":
                found.execute("PRAGMA synchronous = EXTRA")
            yield found
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if mode != "ro" and isinstance(error, sqlite3.OperationalError):
            raise UnwritableError(
                f"{path.name}: {error}; nothing was recorded, the case is as it was before"
            ) from error
        raise CaseError(f"{path.name}: damaged: {error}; it was altered") from error


def altered_schema(path: Path) -> Iterator[str]:
    """What is not as `create_log` makes it: a database without its triggers is not append-only."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True)) as found,
            closing(sqlite3.connect(":memory:")) as fresh,
        ):
            fresh.executescript(SCHEMA.format(application=APPLICATION))
            ours, theirs = (set(_definitions(c)) for c in (fresh, found))
            sound = [str(row[0]) for row in found.execute("PRAGMA integrity_check(1)")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        yield f"case.db: damaged: {error}; it was altered"
        return
    for name, _ in sorted(ours ^ theirs):
        yield f"case.db: {name} is not as this version makes it; altered"
    if sound != ["ok"]:
        yield f"case.db: {sound[0]}; it was altered"


def _definitions(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return ((str(name), str(sql)) for name, sql in rows)
