"""Terms that let more be told than they allow are refused; the attack, run for real, beats them."""

import json
from itertools import islice
from pathlib import Path

import pytest

import leaking
import leaks
from filiation.errors import UsageError
from filiation.model.blind import Terms
from filiation.proceedings.blind.bounds import (
    answers_error,
    check_opened,
    check_set,
    check_told,
    counts_error,
    opened_at_most,
    usual_error,
)
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.sets import _list, _opened
from filiation.proceedings.blind.steps import join
from filiation.proceedings.blind.weights import check_shown
from filiation.readers.seals import parts_of
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sealed.blind.bundles import file_digest
from filiation.sealed.blind.draws import drawn_tensors
from filiation.sealed.blind.guessing import SHORT, guessed, guesses
from filiation.sketching.part import made_of
from sealed.parties import Parties

MODELS = Path(__file__).resolve().parents[2] / "examples" / "casebook"
KEYS = {role: f"{n}" * 64 for n, role in enumerate(("claimant", "respondent", "tribunal"), 1)}
WORDS = (b"a", b" of", b"17", b"if", b"it", b"9")


def terms(**more: object) -> Terms:
    return Terms(keys=KEYS, nonce="0" * 64, **more)  # type: ignore[arg-type]


def of_set(short: int, of: int) -> tuple[bytes, ...]:
    return (*WORDS[:short], *(f"def part_{n}(x): return x".encode() for n in range(of - short)))


def test_a_guess_is_told_without_making_them_all() -> None:
    """The dictionary of the attack, and what is said of it, are the same."""
    made = list(guesses(2, 2))
    assert len(made) == len(set(made)) == 4 * (52 + 52**2 + 10 + 100)
    assert guessed(made) == len(made)
    assert all(SHORT.fullmatch(one.decode()) for one in islice(guesses(3, 4), 1000, 50_000, 97))
    others = [b"abcd", b"12345", b"a1", b"  a", b"a ", b"", b"\xff", "\u0120abcd".encode()]
    assert guessed(others) == 0 and not set(others) & set(guesses())


@pytest.mark.parametrize("error", [10, 20, 50, 90])
def test_an_epsilon_just_inside_and_just_outside(error: int) -> None:
    """At the last hundredth that is accepted the bound holds; one more is refused by name."""
    inside = max(e for e in range(1, 700) if counts_error(e) >= error / 100)
    check_told(terms(material="set", epsilon=inside, controls=3, error=error))
    with pytest.raises(UsageError, match=f"allow no less than 0.{error}.* {inside / 100:.2f}"):
        check_told(terms(material="set", epsilon=inside + 1, controls=3, error=error))


def test_the_attack_on_a_count_beats_the_bound_outside() -> None:
    inside, outside = 109, 150  # hundredths; an error of half a guess's, in three of four tries
    assert counts_error(inside) >= 0.5 > counts_error(outside)
    told = {epsilon: leaks.in_counts(epsilon, 20_000)[0] for epsilon in (inside, outside)}
    assert told[inside] <= 0.75 + 0.01 < told[outside]
    with pytest.raises(UsageError):
        check_told(terms(material="set", epsilon=outside, controls=3, error=50))


def test_exact_counts_have_no_bound_but_none() -> None:
    assert usual_error("set", 0) == 0 and usual_error("set", 100) == 20
    assert usual_error("weights", 0) == usual_error("answers", 0) == 50
    check_told(terms(material="set", error=0))
    with pytest.raises(UsageError, match="tell for certain whether one element is there"):
        check_told(terms(material="set", error=1))


def asked(repeat: int, error: int) -> Terms:
    return terms(material="answers", battery="traps", items=9, repeat=repeat, error=error)


def test_answers_just_inside_and_just_outside() -> None:
    check_told(asked(4, 50))
    with pytest.raises(UsageError, match=r"error of 0\.45; they allow no less than 0\.50.*most 4"):
        check_told(asked(5, 50))
    check_told(asked(100, 10))
    check_told(asked(100, 0))
    with pytest.raises(UsageError, match="takes at most 1 "):
        check_told(asked(2, 100))


@pytest.mark.parametrize("repeat", [1, 4, 5, 16, 100])
def test_frequencies_err_as_stated(repeat: int) -> None:
    found = leaking.on_answers(repeat)
    assert found == pytest.approx(answers_error(repeat), rel=0.05)
    assert (found < 0.49) is (repeat > 4), "beyond the bound of one half the attack beats it"


def test_a_set_just_inside_and_just_outside() -> None:
    """Of a hundred, five drawn and five guessed are a tenth; one more of either is refused."""
    check_set(of_set(5, 100), terms(material="set", audit=5))
    for short, audit in ((6, 5), (5, 6)):
        with pytest.raises(UsageError, match=r"11\.0%, the terms allow 10 %"):
            check_set(of_set(short, 100), terms(material="set", audit=audit))
    with pytest.raises(UsageError, match=r"would read 12 that are drawn"):
        check_set(of_set(0, 12), terms(material="set", audit=10_000, whole=99))
    check_set(of_set(0, 12), terms(material="set", audit=10_000, whole=100))


@pytest.mark.parametrize(("short", "joins"), [(5, True), (6, False)])
def test_the_tribunal_reads_what_a_refused_set_would_show(
    tmp_path: Path, short: int, joins: bool
) -> None:
    """With both secrets it tries guesses: outside the bound it reads more than a tenth."""
    sides = {}
    for role in ("claimant", "respondent"):
        sides[role] = tmp_path / role
        sides[role].write_bytes(b"\n".join(of_set(short, 100)) + b"\n")
    strict = Parties(tmp_path / "strict", audit=5, material="set", whole=10)
    if joins:
        strict.begin(sides["claimant"], sides["respondent"])
    else:
        with pytest.raises(UsageError, match=r"11\.0%, the terms allow 10 %"):
            strict.begin(sides["claimant"], sides["respondent"])
        assert not strict.folder("claimant").exists(), "nothing was bound"
    parties = Parties(tmp_path / "loose", audit=5, material="set")
    parties.begin(sides["claimant"], sides["respondent"])
    for _ in range(6):
        parties.step()
    with parties.at("tribunal"):
        room = opened_room(parties.folder("tribunal"))
        opened = {role: _opened(room, role) for role in ("claimant", "respondent")}  # type: ignore[arg-type]
        listed = set(_list(room, "claimant", "raise", room.received))
    secrets = (opened["claimant"].scalar, opened["respondent"].scalar)
    found = leaking.by_guessing(room.session.coin(), secrets, listed, 2)
    drawn = [one for one in opened["respondent"].elements.values() if not guessed([one])]
    assert found == short
    at_most = (short + 5) / 100
    assert (found + len(drawn)) / 100 <= at_most and (at_most > 0.1) is not joins


@pytest.mark.parametrize("name", ["parent", "stranger-2"])
def test_an_audit_opens_no_more_than_stated(name: str) -> None:
    """Over many coins, of the tensors that are not always opened."""
    table, needed = parts_of(MODELS / name).table, made_of(open_exhibited(MODELS / name).layout)
    kept = {n for n, part in enumerate(table.parts) if part.tensor in needed or len(part.shape) < 2}
    sizes = {n: p.nbytes for n, p in enumerate(table.parts) if p.what == "tensor" and n not in kept}
    for audit in (1, 3, 8):
        stated, most = opened_at_most(table, audit, needed), 0.0
        for coin in range(400):
            drawn = drawn_tensors("a" * 64, coin.to_bytes(32, "big"), audit, table)
            most = max(most, sum(sizes.get(n, 0) for n in drawn) / sum(sizes.values()))
        assert 0.5 * stated < most <= stated + 1e-12
        limit = -int(-100 * stated // 1)
        check_opened(table, terms(audit=audit, whole=limit), needed)
        with pytest.raises(UsageError, match=f"up to {stated:.1%} of the bytes"):
            check_opened(table, terms(audit=audit, whole=limit - 1), needed)


def test_a_side_is_told_under_which_terms_its_model_joins() -> None:
    """One refusal, all bounds: nobody goes through them one after the other."""
    with pytest.raises(UsageError, match=r"joins under `--error 0 --whole \d+`") as told:
        check_shown(MODELS / "parent", terms())
    whole = int(str(told.value).rpartition("--whole ")[2].rstrip("`"))
    check_shown(MODELS / "parent", terms(error=0, whole=whole))
    with pytest.raises(UsageError):
        check_shown(MODELS / "parent", terms(error=0, whole=whole - 1))


def test_whoever_joins_refuses_what_a_tribunal_let_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terms that a tribunal wrote with another program are not taken for what they say."""
    from filiation.proceedings.blind import steps

    monkeypatch.setattr(steps, "check_told", lambda _: None)
    parties = Parties(tmp_path / "p", audit=1, material="set", error=30)
    text = tmp_path / "it.txt"
    text.write_bytes(b"\n".join(of_set(0, 100)))
    with parties.at("tribunal"):
        said = steps.start(
            parties.folder("tribunal"), key="tribunal", claimant=parties.public("claimant"),
            respondent=parties.public("respondent"), material="set", error=30, audit=1,
        )  # fmt: skip
    monkeypatch.undo()
    with parties.at("claimant"), pytest.raises(UsageError, match="tell for certain"):
        join(parties.folder("claimant"), said.files[0][0], key="claimant", material=text)
    assert not parties.folder("claimant").exists()
    assert json.loads(said.files[0][0].read_bytes())["payload"] and file_digest(said.files[0][0])
