"""A reduced log is kept in one file, comes back as it was, and is believed only where it agrees."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from filiation.errors import UnreadableError, UsageError
from filiation.model.log import Accounts, LogFacts, ReducedLog
from filiation.readers.bytes.mapped import MappedFile
from filiation.readers.logs.kept import LogWriter, is_kept, open_log, write_log
from logged import KEY, reduced


@pytest.mark.parametrize("rows", [0, 1, 200, 3000])
def test_a_log_comes_back_as_it_was_kept(tmp_path: Path, rows: int) -> None:
    log = reduced(rows)
    write_log(log, tmp_path / "provider.requests")
    again = open_log(tmp_path / "provider.requests")
    assert (again.name, again.facts, again.digest) == ("provider", log.facts, log.digest)
    for (name, kept), (_, column) in zip(again.columns(), log.columns(), strict=True):
        assert np.array_equal(kept, column), name
    assert np.array_equal(again.signature("whole"), log.signatures[:, 8])
    assert is_kept(tmp_path / "provider.requests")


def test_the_same_log_gives_the_same_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    write_log(reduced(), tmp_path / "a.requests")
    write_log(reduced(name="another"), tmp_path / "b.requests")
    assert (tmp_path / "a.requests").read_bytes() == (tmp_path / "b.requests").read_bytes()


def test_columns_are_mapped_and_a_signature_lies_in_one_piece(tmp_path: Path) -> None:
    write_log(reduced(), tmp_path / "a.requests")
    again = open_log(tmp_path / "a.requests")
    assert again.signature("template").flags.c_contiguous
    assert not again.minute.flags.owndata
    assert not again.minute.flags.writeable


def test_every_column_and_every_fact_is_in_the_digest() -> None:
    log = reduced(20)
    found = {log.digest}
    for name in ReducedLog.layout(0, 0):
        column = getattr(log, name).copy()
        column[-1] = column[-1] - 1 if name != "minute" else column[-1] + 1
        found.add(replace(log, **{name: column % 3 if name == "model" else column}).digest)
    for name in ("payment", "network", "client", "ended"):
        other = {name: getattr(log.accounts, name) + 1}
        found.add(replace(log, accounts=replace(log.accounts, **other)).digest)
    name = log.accounts.name.copy()
    name[-1, 1] += 1
    found.add(replace(log, accounts=replace(log.accounts, name=name)).digest)
    facts = (
        replace(log.facts, key="f" * 32),
        replace(log.facts, zone="Europe/Berlin"),
        replace(log.facts, models=("", "large", "smaller")),
        replace(log.facts, read=21, aside={"no time": 1}),
        replace(log.facts, files=(("a" * 64, 5),)),
    )
    found |= {replace(log, facts=one).digest for one in facts}
    assert len(found) == 1 + 7 + 4 + 1 + 5


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"minute": np.arange(200, 0, -1, dtype=np.int64)}, "minutes are not in order"),
        ({"minute": np.full(200, 1 << 40, np.int64)}, "minutes are not in order"),
        ({"account": np.full(200, 7, np.uint32)}, "a row of account 7"),
        ({"model": np.full(200, 3, np.uint16)}, "a row of model 3"),
        ({"tokens_in": np.zeros(199, np.uint32)}, "tokens_in is uint32 [199]"),
        ({"parameters": np.zeros(200, np.int64)}, "parameters is int64 [200]"),
        ({"signatures": np.zeros((200, 8), np.uint64)}, "signatures is uint64 [200, 8]"),
        ({"facts": LogFacts(key=KEY, read=201)}, "201 rows were read, 200 are kept"),
    ],
)
def test_a_log_that_contradicts_itself_cannot_be_built(other: dict[str, object], said: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        reduced(**other)
    assert said in str(caught.value)


def test_facts_and_accounts_have_laws_of_their_own() -> None:
    with pytest.raises(UnreadableError, match="key's id"):
        LogFacts(key="secret", read=0)
    with pytest.raises(UnreadableError, match="names of models"):
        LogFacts(key=KEY, read=0, models=("", "b", "a"))
    accounts = reduced().accounts
    with pytest.raises(UnreadableError, match="not in order"):
        replace(accounts, name=accounts.name[::-1])
    with pytest.raises(UnreadableError, match="before 1970"):
        replace(accounts, ended=np.full(7, -2, np.int64))
    with pytest.raises(UnreadableError, match=r"accounts.client is uint64 \[6\]"):
        Accounts(
            name=accounts.name, payment=accounts.payment, network=accounts.network,
            client=accounts.client[1:], ended=accounts.ended,
        )  # fmt: skip


def test_a_changed_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.requests"
    write_log(reduced(), path)
    raw = path.read_bytes()
    end = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:end])
    changes: list[tuple[str, object, str]] = [
        ("schema", "2", "schema '2' of a reduced log"),
        ("facts", "{", "the file was changed"),
        ("facts", "[" * 100_000, "the file was changed"),
        ("facts", "{}", "other facts than a log has"),
    ]
    for place, (what, value, said) in enumerate(changes):
        other = json.loads(json.dumps(header))
        other["__metadata__"]["filiation.requests" if what == "schema" else what] = value
        text = json.dumps(other).encode()
        file = tmp_path / f"{place}.requests"
        file.write_bytes(len(text).to_bytes(8, "little") + text + raw[end:])
        with pytest.raises(UnreadableError) as caught:
            open_log(file)
        assert said in str(caught.value)
    (tmp_path / "cut.requests").write_bytes(raw[:-1])
    with pytest.raises(UnreadableError, match="truncated"):
        open_log(tmp_path / "cut.requests")


def test_nothing_is_left_of_a_log_that_was_not_committed(tmp_path: Path) -> None:
    log = reduced()
    with LogWriter(tmp_path / "a.requests", log.facts, rows=200, accounts=7):
        assert len([*tmp_path.iterdir()]) == 1
    assert not [*tmp_path.iterdir()]
    (tmp_path / "b.requests").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_log(log, tmp_path / "b.requests")
    assert (tmp_path / "b.requests").read_text() == "mine"


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(UsageError, match="No space left on device; nothing was kept"):
        write_log(reduced(), tmp_path / "a.requests")
    assert not [*tmp_path.iterdir()]


def test_signatures_of_other_names_are_refused(tmp_path: Path) -> None:
    """Once the examination broke down on a column that was not there."""
    log = reduced(20)
    names = tuple(f"x-{n}" for n in range(9))
    write_log(replace(log, facts=replace(log.facts, signatures=names)), tmp_path / "a.requests")
    with pytest.raises(UnreadableError, match="where the names of signatures stand"):
        open_log(tmp_path / "a.requests")


def test_pages_of_a_long_log_are_let_go_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.requests"
    write_log(reduced(rows=5000), path)
    kept = open_log(path).digest
    dropped: list[tuple[int, int]] = []
    drop = MappedFile.drop

    def counting(file: MappedFile, start: int, end: int) -> None:
        dropped.append((start, end))
        drop(file, start, end)

    monkeypatch.setattr("filiation.readers.logs.kept.SHORT", 0)
    monkeypatch.setattr(MappedFile, "drop", counting)
    log = open_log(path)
    assert dropped  # once it was checked
    before = len(dropped)
    assert log.digest == kept
    assert len(dropped) >= before + len(log.facts.signatures)
    assert dropped[0] == (0, path.stat().st_size)
