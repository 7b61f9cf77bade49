"""Rows of logs in every form, packed or not; what is no row is set aside with its reason."""

import bz2
import gzip
import json
import lzma
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.logs import csv_rows as csv_module
from filiation.readers.logs import json_rows, streams
from filiation.readers.logs.csv_rows import csv_rows
from filiation.readers.logs.json_rows import Values, parse_row, split_row
from filiation.readers.logs.kept import write_log
from filiation.readers.logs.sources import open_source
from filiation.readers.logs.streams import lines_of
from filiation.readers.reader import silent

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXT,
    lambda x: st.lists(x, max_size=3) | st.dictionaries(TEXT, x, max_size=3),
    max_leaves=6,
)


def rows_of(path: Path) -> list[Any]:
    source = open_source(path)
    wanted = frozenset(path[0] for path in source.columns)
    return [row for batch in source.batches(silent, wanted) for row in batch.parsed()]


@settings(max_examples=200, deadline=None)
@given(
    objects=st.lists(st.dictionaries(TEXT, JSON, max_size=3), max_size=5),
    form=st.sampled_from(["array", "joined", "indented"]),
    step=st.integers(1, 9),
)
def test_documents_are_cut_wherever_blocks_end(
    objects: list[dict[str, Any]], form: str, step: int
) -> None:
    texts = [json.dumps(one, indent=1 if form == "indented" else None) for one in objects]
    raw = (f"[\n{','.join(texts)}\n]" if form == "array" else "".join(texts)).encode()
    values, found = Values(), []
    for at in range(0, len(raw), step):
        found += values.feed(raw[at : at + step])
    found += values.end()
    assert [parse_row(one) for one in found] == objects


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.lists(st.text(',;"\n\rab é', max_size=6), min_size=3, max_size=3), max_size=6),
    step=st.integers(1, 9),
)
def test_csv_against_the_standard_library(rows: list[list[str]], step: int) -> None:
    import csv
    import io

    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    raw = written.getvalue().encode()
    blocks = (raw[at : at + step] for at in range(0, len(raw), step))
    assert [*csv_rows(lines_of(blocks), ",")] == rows


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_a_reader_of_rows(raw: bytes) -> None:
    [*csv_rows(lines_of(iter([raw])), ",")]
    [*split_row(raw)]
    values = Values()
    for one in [*values.feed(raw), *values.end()]:
        parse_row(one)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_file_breaks_opening(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "log"
    path.write_bytes(raw)
    try:
        rows_of(path)
    except FiliationError as error:
        assert "log" in str(error)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"a": 1', "not JSON"),
        (b"[1, 2]", "no object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1, "a": 2}', "a key twice"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 1_000_000, "nested too deeply"),
        (None, "longer than a row may be"),
        (b'{"a": 1}{"b": ', "not JSON"),
    ],
)
def test_what_is_no_row_says_why(raw: bytes | None, why: str) -> None:
    assert [*split_row(raw)] == [why]


def test_objects_without_an_end_of_line_between_them_are_rows() -> None:
    """So OpenAI's compliance files come where parts are joined without one."""
    assert [*split_row(b'{"a": 1}{"b": 2} {"c": "}{"}\n')] == [{"a": 1}, {"b": 2}, {"c": "}{"}]


PACKERS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "two gzip streams": lambda raw: gzip.compress(raw[:40]) + gzip.compress(raw[40:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda raw: _zstd(raw[:30]) + _zstd(raw[30:]),
}


def _zstd(raw: bytes) -> bytes:
    zstd = pytest.importorskip("backports.zstd")
    return bytes(zstd.compress(raw))


@pytest.mark.parametrize("packer", PACKERS)
def test_packed_logs_are_read_by_their_first_bytes(tmp_path: Path, packer: str) -> None:
    rows = [{"time": number, "user": f"ü{number}"} for number in range(50)]
    raw = "\n".join(map(json.dumps, rows)).encode()
    path = tmp_path / "log"
    path.write_bytes(PACKERS[packer](b"\xef\xbb\xbf" + raw))
    assert rows_of(path) == rows


@pytest.mark.parametrize("packer", ["gzip", "bzip2", "xz", "zstd"])
def test_a_packed_log_that_is_cut_off_is_refused(tmp_path: Path, packer: str) -> None:
    draw = random.Random(1)
    raw = "\n".join(json.dumps({"t": draw.random()}) for _ in range(9000)).encode()
    whole = PACKERS[packer](raw)
    path = tmp_path / "log"
    path.write_bytes(whole[: len(whole) - 40])
    with pytest.raises(UnreadableError, match="damaged or cut off"):
        rows_of(path)


def test_a_row_of_a_hundred_megabytes_is_set_aside_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"a": 1}\n{"a": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"a": 2}\n')
    assert rows_of(path) == [{"a": 1}, "longer than a row may be", {"a": 2}]


def test_a_document_and_a_csv_row_may_not_be_longer_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (json_rows, streams, csv_module):
        monkeypatch.setattr(module, "LARGEST_ROW", 50)
    values = Values()
    found = [*values.feed(b'[{"a": 1}, {"b": "'), *values.feed(b"x" * 60)]
    found += [*values.feed(b'"}, 3, {"c": 2}]'), *values.end()]
    assert [parse_row(one) for one in found] == [
        {"a": 1}, "longer than a row may be", "not JSON", {"c": 2},
    ]  # fmt: skip
    lines = iter([b'a,"b\n', *[b"x" * 20 + b"\n"] * 3, b"c,d\n"])
    assert [*csv_rows(lines, ",")] == ["longer than a row may be", ["c", "d"]]


def test_csv_with_lines_quotes_and_nuls_within_fields(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(
        b'time;user;prompt\r\n1;a;"two\r\nlines; and ""quotes"""\r\n\r\n2;b;x\0y\r\n3;c\r\n'
        b'4;d;plain "quotes" within\r\n5;e;\xff\r\n6;f;"open'
    )
    assert rows_of(path) == [
        {"time": "1", "user": "a", "prompt": 'two\r\nlines; and "quotes"'},
        "a NUL byte",
        "more or fewer fields than columns",
        {"time": "4", "user": "d", "prompt": 'plain "quotes" within'},
        "not UTF-8",
        "a quote that is not closed",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "an empty file"),
        (b" \n\n", "an empty file"),
        (b"hello\nworld\n", "the names of 2 to 4096 columns"),
        (b"a,b,a\n1,2,3\n", "the column 'a' stands there 2 times"),
        ("time,user\n".encode("utf-16"), "the text is UTF-16"),
        (b"SQLite format 3\0" + bytes(40), "this is an SQLite database"),
        (b"\x80\x04\0\0" + bytes(40), "this is a Python pickle"),
        (b"[1, 2, 3]", "none of the first 256 rows is an object"),
        (gzip.compress(b"PAR1" + bytes(20), mtime=0), "a packed Parquet file"),
    ],
)
def test_what_is_no_log_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "log"
    path.write_bytes(raw)
    with pytest.raises(UnreadableError) as caught:
        rows_of(path)
    assert said in str(caught.value)


def test_no_file_and_a_reduced_one_are_not_read(tmp_path: Path) -> None:
    from logged import reduced

    with pytest.raises(UsageError, match="no such file"):
        open_source(tmp_path / "nothing")
    write_log(reduced(), tmp_path / "a.requests")
    with pytest.raises(UsageError, match="reduced already"):
        open_source(tmp_path / "a.requests")


def test_a_first_row_that_is_broken_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"a": 1\n{"a": 2}\n{"a": 3}\n')
    assert Counter(map(str, rows_of(path))) == {"not JSON": 1, "{'a': 2}": 1, "{'a': 3}": 1}


def test_parquet_rows_are_those_that_were_written(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "a[1]*.parquet"  # a name that DuckDB would take for a pattern
    (tmp_path / "a1b.parquet").write_bytes(b"not this one")
    query = (
        "SELECT i AS id, 'u' || i AS user_id, TIMESTAMPTZ '2026-04-10 08:09:10+00' AS zoned, "
        "TIMESTAMP '2026-04-10 08:09:10' AS naive, i::DECIMAL(9, 2) AS price, "
        "[{'role': 'user', 'content': 'é' || i}] AS messages FROM range(5000) t(i)"
    )
    escaped = str(path).replace("'", "''")
    duckdb.connect().execute(f"COPY ({query}) TO '{escaped}' (FORMAT parquet)")
    found = rows_of(path)
    assert len(found) == 5000
    assert found[7] == {
        "id": 7, "user_id": "u7", "zoned": 1_775_808_550_000_000, "naive": "2026-04-10 08:09:10",
        "price": "7.00", "messages": [{"role": "user", "content": "é7"}],
    }  # fmt: skip
    raw = path.read_bytes()
    for name, broken in (("cut", raw[:-9]), ("short", b"PAR1"), ("inside", _bent(raw))):
        (tmp_path / name).write_bytes(broken)
        with pytest.raises(UnreadableError, match="the Parquet file is damaged"):
            rows_of(tmp_path / name)


def _bent(raw: bytes) -> bytes:
    return raw[:2000] + b"\xff" * 300 + raw[2300:]


def test_without_duckdb_a_parquet_file_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "duckdb", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(40))
    with pytest.raises(UsageError, match=r"filiation\[logs\]"):
        open_source(tmp_path / "a.parquet")
