"""A log is reduced whole or not at all, whatever the order of its rows, and told what was odd."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.model.log import NEVER, NOT_STATED, ReducedLog
from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.reduce import Reading, reduce_logs
from filiation.readers.logs.signing import Signer

KEY = LogKey(secret=bytes(range(32)))
START = 1_775_808_540  # 2026-04-10 08:09 UTC


def request(number: int, **other: Any) -> dict[str, Any]:
    return {
        "request_id": f"r{number}", "time": START + 7 * number, "account": f"u{number % 9}",
        "prompt": f"Tell me about topic {'abcdefgh'[number % 8]} in a few words please",
        "model": ("small", "large")[number % 2], "tokens_in": 10 + number, "tokens_out": 5,
    } | other  # fmt: skip


def write(path: Path, rows: Iterable[Any]) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines))
    return path


def reduce(folder: Path, *parts: Iterable[Any], key: LogKey = KEY, **reading: Any) -> ReducedLog:
    paths = [write(folder / f"{place}.jsonl", rows) for place, rows in enumerate(parts)]
    out = folder / "out.requests"
    out.unlink(missing_ok=True)
    reduce_logs(paths, key, out, reading=Reading(**reading))
    return open_log(out)


def rows_without_files(log: ReducedLog) -> list[list[Any]]:
    return [column.tolist() for _, column in log.columns()]


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_rows_and_their_files_do_not_matter(tmp_path: Path, seed: int) -> None:
    rows = [request(number) for number in range(120)]
    expected = rows_without_files(reduce(tmp_path, rows))
    random.Random(seed).shuffle(rows)
    parts = [rows[place :: 1 + seed % 3] for place in range(1 + seed % 3)]
    assert rows_without_files(reduce(tmp_path, *parts)) == expected


def test_several_processes_give_the_bytes_of_one(tmp_path: Path) -> None:
    rows = [request(number, prompt=f"Say {number} words " * 40) for number in range(6000)]
    one = reduce(tmp_path, rows)
    digest = one.digest
    assert reduce(tmp_path, rows, jobs=2).digest == digest


def test_columns_hold_what_the_rows_say(tmp_path: Path) -> None:
    log = reduce(tmp_path, [
        request(0, tokens_in="17", tokens_out=None, ip="a", payment="card", ended=START + 600),
        request(1, account=7, tokens_in=-1, tokens_out=3.0, model=None, prompt=""),
        request(2, account="7", ip="b"), request(3, account="7", ip="c"),
        request(12, account="7", ip="b"),
        request(4, account="7", model="ft:gpt-4o:acme:secret:abc"),
    ])  # fmt: skip
    assert len(log) == 6 and len(log.accounts) == 2
    signer, facts = Signer(KEY), log.facts
    names = [tuple(name) for name in log.accounts.name.tolist()]
    seven, first = names.index(signer.name("7")), names.index(signer.name("u0"))
    assert log.accounts.network[seven] == signer.text("network", "b")
    assert log.accounts.payment.tolist()[first] == signer.text("payment", "card")
    assert log.accounts.ended[first] == START // 60 + 10
    assert log.accounts.ended[seven] == NEVER
    at = log.account == first
    assert (log.tokens_in[at][0], log.tokens_out[at][0]) == (17, NOT_STATED)
    assert facts.models == ("", "ft:gpt-4o", "large", "small")
    assert facts.odd == {
        "a number of tokens that cannot be read": 1, "an account with more than one network": 1,
        "an empty prompt": 1, "a time before that of an earlier row": 1,
    }  # fmt: skip
    assert facts.stated["prompt"] == 5
    assert "acme" not in (tmp_path / "out.requests").read_bytes().decode("latin-1")


def test_the_same_request_is_counted_once(tmp_path: Path) -> None:
    rows = [request(0), request(0), request(0, prompt="Another text"), request(1)]
    nameless = [{**request(2), "request_id": None}] * 3
    log = reduce(tmp_path, [*rows, *nameless])
    assert len(log) == 5
    assert sum(log.facts.aside.values()) == 2
    again = "the id of a request a second time"
    assert set(log.facts.aside) <= {again, f"{again}, with other content"}
    assert f"{again}, with other content" in log.facts.aside
    assert log.facts.odd["no id of the request"] == 3


def test_a_part_that_was_exported_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [request(number) for number in range(50)]
    alone = rows_without_files(reduce(tmp_path, rows))
    twice = reduce(tmp_path, rows, rows[20:])
    assert rows_without_files(twice) == alone
    assert twice.facts.aside == {"the id of a request a second time": 30}


def test_bad_rows_are_counted_and_set_aside(tmp_path: Path) -> None:
    bad = {
        "not JSON": "{broken", "nested too deeply": '{"a":' * 2000, "no object": "[1]",
        "a key twice": '{"a": 1, "a": 2}', "no time": request(1, time=None),
        "a time that cannot be read": request(2, time="soon"), "no account": request(3, account=""),
        "an account that is no text or number": request(4, account={"id": 1}),
        "a time before 2010 or after 2100": request(5, time=0),
        "a time without a zone": request(6, time="2026-04-10 08:09:10"),
    }  # fmt: skip
    good = [request(number) for number in range(10, 40)]
    log = reduce(tmp_path, [*good[:5], *bad.values(), *good[5:]])
    assert dict(log.facts.aside) == dict.fromkeys(bad, 1)
    assert (len(log), log.facts.read) == (30, 40)


def test_ten_thousand_bad_rows_of_many_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    good, out = json.dumps(request(1)).replace('"r1"', "null"), tmp_path / "o.requests"
    with gzip.open(path, "wt", compresslevel=1) as file:
        for block in range(100):
            file.write(f"{good}\n" * 400 + "{broken\n" * (100 - block % 2 * 20))
            file.write("\xff\n" * 0 + "[]\n" * (block % 2 * 20))
    facts = reduce_logs([path], KEY, out)
    assert facts.aside == {"not JSON": 9000, "no object": 1000}
    assert facts.read == 50_000 and len(open_log(out)) == 40_000


def test_zones_beside_each_other(tmp_path: Path) -> None:
    rows = [
        request(1), request(2, time="2026-04-10T08:10:00Z"),
        request(3, time="2026-04-10 10:11:00"), request(4, time="2026-10-25 02:30:00"),
    ]  # fmt: skip
    log = reduce(tmp_path, rows)
    assert log.facts.aside == {"a time without a zone": 2}
    log = reduce(tmp_path, rows, zone="Europe/Berlin")
    assert log.facts.times == {"epoch": 1, "zoned": 1, "naive": 1}
    assert log.facts.aside == {"a time that the clock of its zone shows twice or never": 1}
    assert log.facts.zone == "Europe/Berlin"
    with pytest.raises(UnreadableError, match="say which it was with --zone"):
        reduce(tmp_path, rows[2:])


def test_files_of_other_columns_are_read_together_or_named(tmp_path: Path) -> None:
    one = [request(1)]
    other = [{"id": "x", "createdAt": START * 1000, "userId": "u1", "messages": [
        {"role": "user", "content": "Tell me about topic b in a few words please"}]}]  # fmt: skip
    log = reduce(tmp_path, one, other)
    assert len(log) == 2 and len(log.accounts) == 1
    assert len({*log.signature("whole").tolist()}) == 1
    with pytest.raises(UnreadableError, match=r"1\.jsonl: no column for account"):
        reduce(tmp_path, one, [{"time": START, "who": "u"}])
    mixed = reduce(tmp_path, [request(1), {"ts": START, "user": "u"}])
    assert mixed.facts.aside == {"no time": 1}


def test_seconds_do_not_survive_nor_the_order_within_a_minute(tmp_path: Path) -> None:
    rows = [request(n, time=START + n % 60, request_id=None, tokens_in=n) for n in range(600)]
    log = reduce(tmp_path, rows)
    assert {*log.minute.tolist()} == {START // 60}
    rank = np.corrcoef(np.arange(600), log.tokens_in)[0, 1]
    assert abs(rank) < 0.17  # 4 standard deviations of an order by chance
    moved = reduce(tmp_path, [row | {"time": START + (row["tokens_in"] * 7) % 60} for row in rows])
    assert rows_without_files(moved) == rows_without_files(log)


@pytest.mark.parametrize(
    "cause", ["no rows", "cut", "no account", "full disk", "interrupted", "no folder", "twice"]
)
def test_nothing_is_left_of_a_reduction_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    path, out = tmp_path / "log", tmp_path / "out.requests"
    write(path, [request(number) for number in range(9000)])
    paths = [path]
    if cause == "no rows":
        write(path, [request(1, time=None)])
    elif cause == "cut":
        path.write_bytes(gzip.compress(path.read_bytes())[:-20])
    elif cause == "no account":
        write(path, [{"time": START, "who": "x"}])
    elif cause == "no folder":
        out = tmp_path / "none" / "out.requests"
    elif cause == "twice":
        paths = [path, path]
    else:
        _fail_at(monkeypatch, "LogWriter.put" if cause == "full disk" else "Spool.add", cause)
    with pytest.raises((FiliationError, KeyboardInterrupt)):
        reduce_logs(paths, KEY, out)
    assert [*tmp_path.iterdir()] == [path]


def _fail_at(monkeypatch: pytest.MonkeyPatch, place: str, cause: str) -> None:
    from filiation.readers.logs import reduce as reducing
    from filiation.readers.logs import spool

    def fail(*_: object, **__: object) -> None:
        raise UsageError("the disk is full") if cause == "full disk" else KeyboardInterrupt

    owner, name = place.split(".")
    monkeypatch.setattr(getattr(spool if owner == "LogWriter" else reducing, owner), name, fail)


def test_an_existing_file_is_not_touched(tmp_path: Path) -> None:
    path, out = write(tmp_path / "log", [request(1)]), tmp_path / "out.requests"
    out.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        reduce_logs([path], KEY, out)
    assert out.read_text() == "mine"


def test_facts_name_the_files_and_the_key_and_nobody(tmp_path: Path) -> None:
    import hashlib

    log = reduce(tmp_path, [request(number) for number in range(9)])
    raw = (tmp_path / "0.jsonl").read_bytes()
    assert log.facts.files == ((hashlib.sha256(raw).hexdigest(), len(raw)),)
    assert log.facts.key == KEY.id
    kept = (tmp_path / "out.requests").read_bytes()
    for secret in (b"u1", b"topic", b"r1", KEY.secret, KEY.secret.hex().encode()):
        assert secret not in kept


def test_counts_of_a_log_add_up_for_any_rows(tmp_path: Path) -> None:
    draw = random.Random(5)
    values: list[Any] = [None, "", 5, "x", -1, 1e400, [], {}, True, START, "2026-01-01T00:00:00Z"]
    rows: list[Any] = [
        {name: draw.choice(values) for name in request(0)} if draw.random() < 0.8 else request(n)
        for n in range(3000)
    ]
    log = reduce(tmp_path, [request(0), *rows])
    assert log.facts.read == 3001 == len(log) + sum(log.facts.aside.values())
    assert Counter(log.account.tolist()).keys() == {*range(len(log.accounts))}
