"""Files of an owner: read as documented, and refused with the line that is wrong."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.errors import AlteredError, FiliationError, UnreadableError
from filiation.readers.owner import (
    commitment_bytes,
    likelihood_bytes,
    read_canaries,
    read_commitment,
    read_keys,
    read_likelihoods,
    read_order,
    read_texts,
)
from readers.answers.writing import lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.jsonl"


def test_an_order(path: Path) -> None:
    lines(path, [{"example": 7, "seen": 3}, {"example": "b", "seen": 1.5, "stratum": "x"}])
    one, two = read_order(path)

    assert (one.id, one.seen, one.stratum) == ("7", 3.0, "")
    assert (two.seen, two.stratum) == (1.5, "x")


def test_an_order_says_what_it_could_go_with(path: Path) -> None:
    rows = [
        {"example": "a", "seen": 1, "text": "words", "date": "2026-11-29", "source": "s"},
        {"example": "b", "seen": 2, "tokens": [5, 6], "date": "2026-11-30T12:00:00"},
        {"example": "c", "seen": 3, "length": 7.5},
    ]
    one, two, three = read_order(lines(path, rows))

    assert (one.length, one.source, one.text) == (5.0, "s", "words")
    assert (two.length, three.length, three.day) == (2.0, 7.5, None)
    assert one.day is not None
    assert two.day == one.day + 1.5


def test_csv_says_the_same(tmp_path: Path, path: Path) -> None:
    lines(path, [{"example": "a", "seen": 3}, {"example": "b", "seen": 1}])
    table = tmp_path / "list.csv"
    table.write_text("\ufeffexample,seen,stratum\na,3,\nb,1,\n", encoding="utf-8")

    assert read_order(table) == read_order(path)
    table.write_text("example,group,planted\na,g,yes\nb,g,0\n")
    assert [c.planted for c in read_canaries(table)] == [True, False]
    table.write_text("example,log_likelihood\na,-3.5\nb,-1e2\n")
    assert read_likelihoods(table).values == {"a": -3.5, "b": -100.0}


def test_keys_are_a_battery(path: Path) -> None:
    from filiation.interrogate.battery_file import read_battery

    entries = [
        {"battery": {"id": "secret"}},
        {"id": "k1", "prompt": "p?", "key": "reply", "decoys": ["other", "third"]},
    ]
    lines(path, entries)
    (key,) = read_keys(path)

    assert (key.expected, key.decoys) == ("reply", ("other", "third"))
    assert read_battery(path).items[0].key == "reply"
    lines(path, [{"id": "k1", "prompt": "p?", "replies": ["reply", "other"]}])
    asked = read_battery(path).items[0]
    assert (asked.prompt, asked.key) == ("p?", None)


def test_likelihoods_come_back_as_written(path: Path) -> None:
    path.write_bytes(likelihood_bytes({"model": "m"}, [("a", -12.5, 7), ("b", -0.25, 1)]))
    found = read_likelihoods(path)

    assert (found.name, found.values, found.tokens) == (
        "m",
        {"a": -12.5, "b": -0.25},
        {"a": 7, "b": 1},
    )
    assert found.per_token("a") == pytest.approx(-12.5 / 7)
    path.write_text('{"example": "a", "log_likelihood": -2}\n')
    assert read_likelihoods(path).name == "list"


def test_texts(path: Path) -> None:
    lines(path, [{"example": "a", "text": "words"}, {"example": "b", "tokens": [5, 6]}])

    assert [(t.text, t.tokens) for t in read_texts(path)] == [("words", ()), ("", (5, 6))]


@pytest.mark.parametrize(
    ("read", "entries", "said"),
    [
        (
            read_order,
            [{"example": "a", "seen": 1}, {"example": "a", "seen": 2}],
            "line 2: 'a' twice",
        ),
        (read_order, [{"example": "a"}], "'seen' is missing"),
        (read_order, [{"example": "a", "seen": True}], "expected a finite number"),
        (read_order, [{"example": "a", "seen": "nan"}], "expected a finite number"),
        (read_order, [{"seen": 1}], "'example' is missing"),
        (read_canaries, [{"example": "a", "group": "g", "planted": True}], "1 planted of 1 texts"),
        (
            read_canaries,
            [{"example": n, "group": "g", "planted": True} for n in "ab"],
            "2 planted of 2 texts",
        ),
        (read_canaries, [{"example": "a", "group": "g", "planted": "perhaps"}], "no truth value"),
        (
            read_canaries,
            [{"example": n, "group": "g", "planted": n == "a", "text": "one  Text"} for n in "ab"],
            "expected each text once",
        ),
        (
            read_canaries,
            [{"example": n, "group": "g", "planted": n == "a", "tokens": [5, 6]} for n in "ab"],
            "expected each text once",
        ),
        (read_order, [{"example": "a", "seen": 1, "date": "yesterday"}], "expected a day such as"),
        (read_keys, [{"id": "a", "prompt": "p"}], "'key' is missing"),
        (read_keys, [{"id": "a", "prompt": "p", "key": "k", "decoys": ["k"]}], "equal to the key"),
        (read_keys, [{"id": "a", "prompt": "p", "key": "k", "decoys": "x"}], "no list"),
        (read_keys, [{"battery": {}}], "no secret prompt"),
        (read_likelihoods, [{"example": "a", "log_likelihood": 2.5}], "not a loss"),
        (read_likelihoods, [{"example": "a", "log_likelihood": None}], "is missing"),
        (read_likelihoods, [{"likelihoods": 3}], "expected an object"),
        (
            read_likelihoods,
            [
                {"example": "a", "log_likelihood": -1, "tokens": 3},
                {"example": "b", "log_likelihood": -1},
            ],
            "expected all or none",
        ),
        (read_likelihoods, [{"example": "a", "log_likelihood": -1, "tokens": 0}], "above 0"),
        (read_texts, [{"example": "a"}], "neither 'text' nor 'tokens'"),
        (read_texts, [{"example": "a", "tokens": [1, "x"]}], "no token id"),
    ],
)
def test_what_is_wrong_is_said(
    path: Path, read: Callable[[Path], object], entries: list[object], said: str
) -> None:
    lines(path, entries)
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert said in str(caught.value)


def test_an_empty_list_is_refused(path: Path) -> None:
    path.write_text("\n")
    with pytest.raises(UnreadableError, match="no entry in it"):
        read_order(path)


def test_csv_with_missing_cells_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("example,seen\na\n")
    with pytest.raises(UnreadableError, match="line 2: 1 cells, the header has 2"):
        read_order(table)
    table.write_text("example,example\na,b\n")
    with pytest.raises(UnreadableError, match="twice in the header"):
        read_order(table)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(raw=st.binary(max_size=80), csv=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes, csv: bool) -> None:
    path = tmp_path / ("any.csv" if csv else "any.jsonl")
    path.write_bytes(raw)
    for read in (read_order, read_canaries, read_keys, read_likelihoods, read_texts):
        try:
            read(path)
        except FiliationError as error:
            assert str(error)


def test_a_commitment_holds_for_the_list_and_no_other(tmp_path: Path, path: Path) -> None:
    lines(path, [{"example": "a", "seen": 3}])
    kept = tmp_path / "commitment.json"
    kept.write_bytes(commitment_bytes(path, at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))
    found = read_commitment(kept, path)

    assert found.date == "2026-01-02T03:04:05Z"
    lines(path, [{"example": "a", "seen": 4}])
    with pytest.raises(AlteredError, match="another one, or was changed since"):
        read_commitment(kept, path)


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"schema_version": 2}, {"sha256": "ab"}, {"date": "yesterday"}]
)
def test_what_is_no_commitment(tmp_path: Path, path: Path, change: dict[str, object]) -> None:
    lines(path, [{"example": "a", "seen": 3}])
    kept = tmp_path / "commitment.json"
    kept.write_text(json.dumps(json.loads(commitment_bytes(path)) | change))
    with pytest.raises(UnreadableError):
        read_commitment(kept, path)
