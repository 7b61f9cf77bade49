"""Rows of a log in Parquet, by DuckDB (the extra `logs`).

The file is opened by that name and no other: what could be a pattern of names is escaped, nothing
is loaded or fetched, one thread and a bounded memory are used. Times with a zone come as
microseconds, those without one as text; a text that is longer than a row may be does not come at
all.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.logs.json_rows import TOO_LONG, Parsed
from filiation.readers.logs.streams import LARGEST_ROW
from filiation.readers.reader import Advance

__all__ = ["is_parquet", "parquet_columns", "parquet_rows"]

MAGIC: Final = b"PAR1"
PATTERN: Final = re.compile(r"[*?\[\]{}]")
MEMORY: Final = "1GB"
ROWS: Final = 2048
MOST_COLUMNS: Final = 4096
CONFIG: Final = {
    "threads": 1,
    "memory_limit": MEMORY,
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


def is_parquet(head: bytes) -> bool:
    """Whether a file begins as Parquet does."""
    return head.startswith(MAGIC)


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns.

    Raises:
        UsageError: DuckDB is not installed.
        UnreadableError: The file is damaged.
    """
    return tuple(name for name, _ in _Opened(path).columns)


def parquet_rows(path: Path, advance: Advance, wanted: frozenset[str]) -> Iterator[Parsed]:
    """The rows, with the columns that are wanted.

    Raises:
        UsageError: DuckDB is not installed.
        UnreadableError: The file is damaged, or asks for more memory than it may have.
    """
    opened = _Opened(path)
    yield from opened.rows(advance, [one for one in opened.columns if one[0] in wanted])


class _Opened:
    """A Parquet file, opened."""

    def __init__(self, path: Path) -> None:
        try:
            self._duckdb: Any = import_module("duckdb")
        except ImportError as error:
            raise UsageError(
                f"{path}: a Parquet file, and duckdb is not here to read it; install "
                "filiation[logs], or write the log as CSV or JSON lines"
            ) from error
        self._path = path
        self._name = PATTERN.sub(lambda found: f"[{found[0]}]", str(path.resolve()))
        described = self._asked("DESCRIBE SELECT * FROM read_parquet(?)").fetchall()
        if len(described) > MOST_COLUMNS:
            raise UnreadableError(
                f"{path}: {len(described):,} columns, expected at most {MOST_COLUMNS:,}"
            )
        self.columns: list[tuple[str, str]] = [(str(row[0]), str(row[1])) for row in described]

    def rows(self, advance: Advance, wanted: list[tuple[str, str]]) -> Iterator[Parsed]:
        """The rows with those columns, a few thousand at a time."""
        names = [name for name, _ in wanted]
        asked = ", ".join(_expression(name, kind) for name, kind in wanted) or "1"
        long = [_quoted(name) for name, kind in wanted if kind == "VARCHAR"]
        over = " OR ".join(f"strlen({name}) > {LARGEST_ROW}" for name in long) or "false"
        counted = self._asked("SELECT count(*) FROM read_parquet(?)").fetchone()[0]
        found = self._asked(f"SELECT {asked}, coalesce({over}, false) FROM read_parquet(?)")
        done = 0
        while True:
            try:
                rows = found.fetchmany(ROWS)
            except self._duckdb.Error as error:
                raise self._damaged(error) from error
            if not rows:
                return
            done += len(rows)
            advance(self._path.name, done, counted)
            for *fields, too_long in rows:
                yield TOO_LONG if too_long else dict(zip(names, fields, strict=True))

    def _asked(self, query: str) -> Any:
        try:
            return self._duckdb.connect(":memory:", config=CONFIG).execute(query, [self._name])
        except self._duckdb.Error as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UnreadableError:
        said = str(error).split("\n")[0][:200]
        return UnreadableError(f"{self._path}: the Parquet file is damaged or too large: {said}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _expression(name: str, kind: str) -> str:
    """A column as Python can take it: times as microseconds if they have a zone, else as text."""
    quoted = _quoted(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_us({quoted})"
    if kind.startswith(("TIMESTAMP", "DATE", "DECIMAL", "UUID")):
        return f"CAST({quoted} AS VARCHAR)"
    if kind == "VARCHAR":
        return f"CASE WHEN strlen({quoted}) > {LARGEST_ROW} THEN NULL ELSE {quoted} END"
    return quoted
