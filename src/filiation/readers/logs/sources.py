"""A file of a log: in what form it is, which columns it has, and its rows in batches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import opened
from filiation.readers.bytes.recognise import recognise
from filiation.readers.logs.columns import Path as ColumnPath
from filiation.readers.logs.columns import paths_in
from filiation.readers.logs.csv_rows import csv_header, csv_rows
from filiation.readers.logs.json_rows import Parsed, Values, parse_row, split_row
from filiation.readers.logs.kept import is_kept
from filiation.readers.logs.parquet_rows import is_parquet, parquet_columns, parquet_rows
from filiation.readers.logs.streams import blocks_of, lines_of
from filiation.readers.reader import Advance, silent

__all__ = ["Batch", "Source", "open_source"]

Form: TypeAlias = Literal["lines", "documents", "csv", "parquet"]
ROWS: Final = 2048  # of a batch
BYTES: Final = 1 << 21  # of a batch, about
SAMPLE: Final = 256  # rows that are looked at for columns
SAMPLE_BYTES: Final = 1 << 25
HEAD: Final = 512


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows as they stand in a file, ready to be parsed somewhere else.

    Attributes:
        rows: Lines or documents of JSON, fields of CSV, or rows that are parsed already; for what
            is none, why.
        header: The columns of CSV.
    """

    rows: list[Any]
    header: tuple[str, ...] = ()

    def parsed(self) -> Iterator[Parsed]:
        """The rows one by one."""
        for row in self.rows:
            if isinstance(row, bytes) or row is None:
                yield from split_row(row)
            elif not isinstance(row, list):
                yield row
            elif len(row) != len(self.header):
                yield "more or fewer fields than columns"
            else:
                yield dict(zip(self.header, row, strict=True))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of a log.

    Attributes:
        path: The file.
        form: How its rows stand in it.
        columns: The columns of its first rows, with those within objects.
        first: The first row that could be read.
        read: Yields its rows, or the marks of those that are none; told which columns are wanted.
        header: The columns of CSV.
    """

    path: Path
    form: Form
    columns: tuple[ColumnPath, ...]
    first: Mapping[str, Any]
    read: Callable[[Advance, frozenset[str]], Iterator[Any]]
    header: tuple[str, ...] = field(default=())

    def batches(self, advance: Advance, wanted: frozenset[str]) -> Iterator[Batch]:
        """All rows, some at a time."""
        rows: list[Any] = []
        size = 0
        for row in self.read(advance, wanted):
            rows.append(row)
            size += _size(row)
            if len(rows) >= ROWS or size >= BYTES:
                yield Batch(rows=rows, header=self.header)
                rows, size = [], 0
        if rows:
            yield Batch(rows=rows, header=self.header)


def open_source(path: Path) -> Source:
    """Find out how a log is written.

    Raises:
        UsageError: There is no such file, or it is reduced already.
        UnreadableError: It is packed and damaged, of another kind, or holds no row.
    """
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder, expected a log of requests; name its files")
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file, expected a log of requests")
    if is_kept(path):
        raise UsageError(f"{path}: a log that was reduced already; `filiation log show` reads it")
    with opened(path, follow=True) as file:
        if is_parquet(file.read(HEAD)):
            return _parquet(path)
    head = next(blocks_of(path, silent), b"")
    if not head.strip():
        raise UnreadableError(f"{path}: an empty file, expected a log of requests")
    if is_parquet(head):
        raise UnreadableError(f"{path}: a packed Parquet file; unpack it first")
    start = head.lstrip()[:1]
    if start in b"{[":
        return _json(path, start)
    if b"\0" in head[:HEAD].split(b"\n")[0]:
        found, _ = recognise(head[:HEAD]) or ("something else", "")
        raise UnreadableError(
            f"{path}: this is {found}, expected JSON lines, CSV or Parquet, which may be packed "
            "with gzip, bzip2, xz or zstd"
        )
    return _csv(path)


def _json(path: Path, start: bytes) -> Source:
    form: Form = "documents" if start == b"[" or not _first_line_is_row(path) else "lines"

    def read(advance: Advance, _: frozenset[str]) -> Iterator[Any]:
        blocks = blocks_of(path, advance)
        if form == "documents":
            return _documents(blocks)
        return (line for line in lines_of(blocks) if line is None or not line.isspace())

    columns: dict[ColumnPath, None] = {}
    first: Mapping[str, Any] = {}
    for parsed in _sampled(read(silent, frozenset())):
        if isinstance(parsed, dict):
            first = first or parsed
            columns |= dict.fromkeys(paths_in(parsed))
    if not columns:
        raise UnreadableError(
            f"{path}: none of the first {SAMPLE} rows is an object of JSON, expected one request "
            "in each"
        )
    return Source(path=path, form=form, columns=tuple(columns), first=first, read=read)


def _first_line_is_row(path: Path) -> bool:
    """Whether rows stand on lines; otherwise an object may go over several."""
    lines = (line for line in lines_of(blocks_of(path, silent)) if line is None or line.strip())
    line = next(lines, None)
    if not isinstance(parse_row(line), str) or line is None:
        return True
    parsed = parse_row(next(_documents(chain([line], (one or b"" for one in lines))), None))
    return isinstance(parsed, str)


def _documents(blocks: Iterator[bytes]) -> Iterator[bytes | None]:
    values = Values()
    for block in blocks:
        yield from values.feed(block)
    yield from values.end()


def _sampled(rows: Iterator[Any]) -> Iterator[Parsed]:
    size = 0
    for row in islice(rows, SAMPLE):
        size += _size(row)
        yield from Batch(rows=[row]).parsed()
        if size > SAMPLE_BYTES:
            return


def _csv(path: Path) -> Source:
    lines = lines_of(blocks_of(path, silent))
    header, delimiter = csv_header(lines, str(path))
    first = next((row for row in csv_rows(lines, delimiter) if isinstance(row, list)), [])

    def read(advance: Advance, _: frozenset[str]) -> Iterator[Any]:
        every = lines_of(blocks_of(path, advance))
        csv_header(every, str(path))
        return csv_rows(every, delimiter)

    return Source(
        path=path,
        form="csv",
        columns=tuple((name,) for name in header),
        first=dict(zip(header, first, strict=False)),
        read=read,
        header=header,
    )


def _parquet(path: Path) -> Source:
    names = parquet_columns(path)
    rows = parquet_rows(path, silent, frozenset(names))
    sample = [row for row in islice(rows, SAMPLE) if isinstance(row, dict)]
    columns: dict[ColumnPath, None] = dict.fromkeys((name,) for name in names)
    for row in sample:
        columns |= dict.fromkeys(paths_in(row))

    def read(advance: Advance, wanted: frozenset[str]) -> Iterator[Any]:
        return parquet_rows(path, advance, wanted)

    return Source(
        path=path,
        form="parquet",
        columns=tuple(columns),
        first=sample[0] if sample else {},
        read=read,
    )


def _size(row: Any) -> int:
    if isinstance(row, bytes):
        return len(row)
    if isinstance(row, list):
        return sum(map(len, row))
    return 512  # of one that is parsed already, a guess
