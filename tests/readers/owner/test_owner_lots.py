"""Rounds of a beacon, sealed tests and records of draws: checked, or refused in words."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.errors import AlteredError, FiliationError, UnreadableError, UsageError
from filiation.model.drawn import CaseCoin, Drand, Sealed
from filiation.model.served import Sampling, TwinsPlan
from filiation.readers.owner import (
    QUICKNET,
    DrawRecord,
    check_round,
    commitment_of,
    pool_digest,
    pool_entries,
    read_chain,
    read_pool,
    read_record,
    read_round,
    read_sealed,
    record_bytes,
    round_at,
    sealed_bytes,
)
from filiation.readers.owner.beacon import beacons_work
from readers.answers.writing import lines

checked = pytest.mark.skipif(not beacons_work(), reason="the extra beacon checks a round of drand")

# a round of the League of Entropy's quicknet, and the randomness that its relays gave for it
ROUND = replace(QUICKNET, round=657413)
SIGNATURE = (
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
    "41076862b98fad56e91a6b85b89cd97b"
)
RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"

SEALED = Sealed(
    test="canary", pool="1" * 64, nonce="2" * 64, level=0.001, references=("3" * 64,),
    missing="worst", rule="contains", lots=3, value=ROUND,
)  # fmt: skip


@checked
def test_checking_a_round_leaves_the_process_as_it_was() -> None:
    """py-ecc sets a recursion limit under which nested JSON ends the process."""
    asked = (
        "import sys; from dataclasses import replace\n"
        "from filiation.readers.owner import QUICKNET, check_round\n"
        "before = sys.getrecursionlimit()\n"
        f"check_round({SIGNATURE!r}, replace(QUICKNET, round=657413))\n"
        "assert 'py_ecc' in sys.modules and sys.getrecursionlimit() == before"
    )

    subprocess.run([sys.executable, "-c", asked], check=True)


@checked
def test_a_real_round_of_drand() -> None:
    assert check_round(SIGNATURE, ROUND) == RANDOMNESS
    assert ROUND.time == 1692803367 + 657412 * 3
    for wrong in (
        replace(ROUND, round=657414),
        replace(ROUND, public_key=ROUND.public_key[::-1]),
        replace(ROUND, public_key="c0" + "0" * 190),  # the point at infinity signs everything
    ):
        with pytest.raises(UnreadableError, match="not signed by the key"):
            check_round(SIGNATURE, wrong)
    for forged in ("c0" + "0" * 94, "80" + "0" * 94, "a" * 96):
        with pytest.raises(UnreadableError, match="not signed by the key"):
            check_round(forged, ROUND)


@pytest.mark.parametrize(("signature", "said"), [("zz", "not hexadecimal"), ("ab", "1 bytes")])
def test_what_is_no_signature(signature: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        check_round(signature, ROUND)


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filiation.readers.owner.beacon.beacons_work", lambda: False)
    with pytest.raises(UsageError, match="expected the extra `beacon`"):
        check_round(SIGNATURE, ROUND)


def test_a_file_of_a_round(tmp_path: Path) -> None:
    path = tmp_path / "round.json"
    told = {"round": 657413, "randomness": RANDOMNESS, "signature": SIGNATURE}
    path.write_text(json.dumps(told))
    assert read_round(path, ROUND) == SIGNATURE
    path.write_text(json.dumps(told | {"randomness": "0" * 64}))
    with pytest.raises(AlteredError):
        read_round(path, ROUND)
    path.write_text(json.dumps(told | {"round": 7}))
    with pytest.raises(UsageError, match="round 7, expected 657413"):
        read_round(path, ROUND)
    path.write_text(json.dumps(told | {"round": True}))
    with pytest.raises(UnreadableError, match="no 'round'"):
        read_round(path, ROUND)


def test_a_chain_and_its_rounds(tmp_path: Path) -> None:
    path = tmp_path / "info.json"
    told = {"public_key": QUICKNET.public_key, "period": 3, "genesis_time": 1692803367,
            "schemeID": "bls-unchained-g1-rfc9380"}  # fmt: skip
    path.write_text(json.dumps(told))
    assert read_chain(path) == QUICKNET
    path.write_text(json.dumps(told | {"schemeID": "pedersen-bls-chained"}))
    with pytest.raises(UnreadableError, match="other schemes are not read"):
        read_chain(path)
    for moment in (ROUND.time - 2, ROUND.time - 1, ROUND.time):
        assert round_at(QUICKNET, moment) == 657413
    assert round_at(QUICKNET, ROUND.time + 1) == 657414
    assert round_at(QUICKNET, 0) == 1


PLAN = TwinsPlan(
    sampling=Sampling(snapshot="6" * 64, settings=(("temperature", 0.7),)), twins=4, prompts=9
)


@pytest.mark.parametrize("value", [ROUND, CaseCoin(case="a" * 32)])
def test_sealed_and_records_come_back_as_written(tmp_path: Path, value: Drand | CaseCoin) -> None:
    sealed = replace(SEALED, value=value)
    (tmp_path / "s.json").write_bytes(sealed_bytes(sealed))
    assert read_sealed(tmp_path / "s.json") == sealed
    given = {"stamp": b"der", "roots": b"pem", "signature": SIGNATURE}
    record = DrawRecord(sealed=sealed, lot=2, list_sha256="4" * 64,
                        **(given if isinstance(value, Drand) else {}))  # type: ignore[arg-type]  # fmt: skip
    (tmp_path / "r.json").write_bytes(record_bytes(record))
    assert read_record(tmp_path / "r.json") == record


def test_a_commitment_is_to_everything() -> None:
    others = [
        replace(SEALED, test="keyed"), replace(SEALED, pool="5" * 64),
        replace(SEALED, nonce="5" * 64), replace(SEALED, level=0.002),
        replace(SEALED, references=()), replace(SEALED, missing="refuse"),
        replace(SEALED, rule="starts"), replace(SEALED, lots=4),
        replace(SEALED, value=replace(ROUND, round=1)), replace(SEALED, value=CaseCoin(case="")),
        replace(SEALED, test="served-twins", references=(), plan=PLAN),
    ]  # fmt: skip
    assert len({commitment_of(one) for one in (SEALED, *others)}) == len(others) + 1
    assert len(others) == len(Sealed.__slots__) + 1


def test_a_plan_of_twins_is_committed_to_whole(tmp_path: Path) -> None:
    sealed = replace(SEALED, test="served-twins", references=(), plan=PLAN)
    (tmp_path / "s.json").write_bytes(sealed_bytes(sealed))
    assert read_sealed(tmp_path / "s.json") == sealed
    others = [
        replace(PLAN, twins=5), replace(PLAN, prompts=8), replace(PLAN, others=1),
        replace(PLAN, measure="answers"), replace(PLAN, references=("7" * 64,)),
        replace(PLAN, uniform=0.02),
        replace(PLAN, sampling=Sampling(snapshot="6" * 64, settings=(("temperature", 0.5),))),
    ]  # fmt: skip
    digests = {commitment_of(replace(sealed, plan=one)) for one in (PLAN, *others)}
    assert len(digests) == len(others) + 1 == len(TwinsPlan.__slots__) + 1


@pytest.mark.parametrize(
    "change",
    [
        {"test": "other"}, {"pool": "x"}, {"level": True}, {"level": 2.0}, {"lots": 0},
        {"lots": 1.5}, {"references": "abc"}, {"references": ["3" * 64, "3" * 64]},
        {"missing": "best"}, {"rule": "ends"}, {"value": {"from": "dice"}},
        {"value": {"from": "drand", "public_key": "", "genesis": 1, "period": 1, "round": 1}},
        {"value": {"from": "drand", "public_key": "a" * 192, "genesis": 1, "period": 0,
                   "round": 1}},
        {"schema_version": 2}, {"extra": 1}, {"nonce": None},
    ],
)  # fmt: skip
def test_what_is_not_sealed(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(json.loads(sealed_bytes(SEALED)) | change))
    with pytest.raises((UnreadableError, UsageError)):
        read_sealed(path)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(raw=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(raw)
    for read in (read_sealed, read_record, read_chain, lambda p: read_round(p, ROUND),
                 lambda p: read_pool(p, "canary"), lambda p: read_pool(p, "keyed"),
                 lambda p: pool_digest(pool_entries(p))):  # fmt: skip
        try:
            read(path)
        except FiliationError as error:
            assert str(error)


def test_pool_and_list_have_one_digest(tmp_path: Path) -> None:
    pool = lines(tmp_path / "p.jsonl", [{"id": "a", "prompt": "p", "replies": ["y", "x", "z"]}])
    listed = lines(
        tmp_path / "l.jsonl",
        [{"battery": {"id": "b"}}, {"id": "a", "key": "x", "prompt": "p", "decoys": ["z", "y"]}],
    )
    other = lines(tmp_path / "o.jsonl", [{"id": "a", "prompt": "p", "replies": ["y", "x", "w"]}])
    one, two, three = (pool_digest(pool_entries(path)) for path in (pool, listed, other))
    assert one == two != three
    rows = [{"example": n, "group": "g", "text": n} for n in "abc"]
    texts = lines(tmp_path / "t.jsonl", rows)
    turned = lines(tmp_path / "u.jsonl", [{**row, "planted": True} for row in rows[::-1]])
    assert pool_digest(pool_entries(texts)) == pool_digest(pool_entries(turned))
    expected = "\n".join(json.dumps(row, separators=(",", ":"), sort_keys=True) for row in rows)
    assert pool_digest(pool_entries(texts)) == hashlib.sha256(expected.encode()).hexdigest()
