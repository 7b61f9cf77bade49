"""Private set intersection: counts that are right, cheats that are named, points that hide."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import CaseError, UsageError
from filiation.model.blind import SIDES, Control, Role, Shared
from filiation.proceedings.blind import sets
from filiation.proceedings.blind.comparing import compare
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import go_on, take
from filiation.proceedings.naming import model_named
from filiation.sealed.blind.elements import elements_of, opening_in
from filiation.sealed.blind.points import point_of, points_in, raised
from sealed.parties import Parties

COIN = hashlib.sha256(b"heads").digest()


def secret(of: str) -> bytes:
    return hashlib.sha256(of.encode()).digest()


def written(path: Path, first: int, end: int) -> Path:
    path.write_text("".join(f"def part_{n}(x): return x * {n}\n" for n in range(first, end)))
    return path


def brought(tmp_path: Path, share: str = "count", steps: int = 6) -> Parties:
    """A session of two sets of 60 with 20 in common, after so many steps."""
    parties = Parties(tmp_path / "p", audit=10, material="set", share=share)
    claimant, respondent = (written(tmp_path / side, 40 * n, 40 * n + 60)
                            for n, side in enumerate(SIDES))  # fmt: skip
    parties.begin(claimant, respondent)
    for _ in range(steps):
        parties.step()
    return parties


def audited(parties: Parties) -> dict[Role, str]:
    with parties.at("tribunal"):
        found = sets.audited(opened_room(parties.folder("tribunal")))
    return {bound.role: bound.failed for bound in found}


@pytest.mark.parametrize("share", ["count", "matches"])
def test_the_tribunal_counts_and_nobody_sees(tmp_path: Path, share: str) -> None:
    parties = brought(tmp_path, share)
    control = written(tmp_path / "control", 95, 200)
    with parties.at("tribunal"):
        for names, why in ((["a", "a"], "'a' twice"), (["claimant"], "as a party"),
                           (["b", "respondent"], "as a party")):  # fmt: skip
            named = [model_named(f"{name}={control}", "a set", here=True) for name in names]
            with pytest.raises(UsageError, match=why):
                compare(parties.folder("tribunal"), named)
        assert not list((parties.folder("tribunal") / "messages").glob("*-result-*"))
    report = parties.compare(f"others={control}")
    assert "20 of the respondent's 60 elements (33.3%) stand in the claimant's set of 60" in report
    assert "“others”: 0 of 105 (0.0%)" in report and "p = 0.5" in report
    sent = parties.folder("tribunal") / "send"
    texts = {"claimant": tmp_path / "claimant", "respondent": tmp_path / "respondent"}
    for role in SIDES:
        told = sent.with_name(f"send-{role}") / f"matches-{role}.txt"
        assert told.exists() is (share == "matches")
        if not told.exists():
            continue
        digest = hashlib.sha256(told.read_bytes()).hexdigest()
        room = opened_room(parties.folder(role))
        assert room.session.says("result", "tribunal")["matches"][role] == digest  # type: ignore[index]
        assert (room.received / told.name).read_bytes() == told.read_bytes()
        other = tmp_path / f"other-{told.name}"
        other.write_text(told.read_text() + "59\n")
        with pytest.raises(CaseError):
            take(parties.folder(role), [other])
        own = opened_room(parties.folder(role)).own
        held = elements_of(texts[role], bytes.fromhex(own.nonce)).elements
        numbers = {
            int(held[int(n)].split(b"_")[1].split(b"(")[0]) for n in told.read_text().split()
        }
        assert numbers == set(range(40, 60))


def test_no_list_holds_an_element_or_its_hash(tmp_path: Path) -> None:
    parties = brought(tmp_path, steps=4)
    for role in SIDES:
        raw = (parties.folder(role) / "send" / f"{role}.blind").read_bytes()
        coin = opened_room(parties.folder(role)).session.coin()
        for line in (tmp_path / role).read_bytes().splitlines():
            assert line not in raw and point_of(coin, line) not in raw


def test_other_values_in_a_list_are_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A respondent who hides three quarters of what it sealed."""
    parties = brought(tmp_path, steps=1)
    with parties.at("respondent"), monkeypatch.context() as patched:
        true = sets.point_of
        patched.setattr(sets, "point_of", lambda coin, one: true(
            coin, one if one.endswith(b"0") else one + b"!"))  # fmt: skip
        go_on(parties.folder("respondent"))
    parties.deliver()
    for _ in range(5):
        parties.step()
    found = audited(parties)
    assert "another value" in found["respondent"] and not found["claimant"]


def test_raising_to_something_else_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A respondent who makes the claimant's list match nothing, in one place of sixty."""
    parties = brought(tmp_path, steps=3)
    with parties.at("respondent"), monkeypatch.context() as patched:
        true = sets.raised
        patched.setattr(sets, "raised", lambda secret, points: [
            *list(true(secret, points))[:-1], point_of(COIN, b"junk")])  # fmt: skip
        go_on(parties.folder("respondent"))
    parties.deliver()
    for _ in range(3):
        parties.step()
    found = audited(parties)
    assert "raised to something else" in found["respondent"] and not found["claimant"]


def test_a_set_changed_after_joining_is_not_blinded(tmp_path: Path) -> None:
    parties = brought(tmp_path, steps=1)
    written(tmp_path / "respondent", 0, 60)
    with parties.at("respondent"), pytest.raises(CaseError, match="not the set that you joined"):
        go_on(parties.folder("respondent"))


@settings(max_examples=40, deadline=None)
@given(element=st.binary(max_size=80), one=st.binary(min_size=32, max_size=32),
       other=st.binary(min_size=32, max_size=32))  # fmt: skip
def test_the_order_of_two_secrets_does_not_matter(element: bytes, one: bytes, other: bytes) -> None:
    point = point_of(COIN, element)
    assert points_in(point, "it") == [point]
    (here,) = raised(one, raised(other, [point]))
    (there,) = raised(other, raised(one, [point]))
    assert here == there != point and points_in(here, "it")


def test_points_that_would_tell_something_are_refused() -> None:
    """Of the twist, of small order, too large, twice, or cut."""
    good = point_of(COIN, b"a")
    twist = next(n.to_bytes(32, "little") for n in range(2, 50) if not _on(n))
    for wrong in (twist, bytes(32), b"\xff" * 32, (2**255 - 19).to_bytes(32, "little"),
                  good + good, good[:-1], (1).to_bytes(32, "little")):  # fmt: skip
        if wrong == (1).to_bytes(32, "little") and _on(1):
            with pytest.raises(CaseError, match="small order"):
                list(raised(secret("x"), [wrong]))
            continue
        with pytest.raises(CaseError):
            points_in(wrong, "it")


def _on(n: int) -> bool:
    try:
        return bool(points_in(n.to_bytes(32, "little"), "it"))
    except CaseError:
        return False


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), flip=st.integers(1, 255), how=st.sampled_from("xc"))
def test_no_altered_opening_of_a_set_passes(
    tmp_path_factory: pytest.TempPathFactory, at: int, flip: int, how: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "it.set"
    if not path.exists():
        written(path, 0, 9)
    texts, session = elements_of(path, secret("nonce")), secret("session").hex()
    head = len(b"filiation elements 1\n") + 32
    raw = texts.opening(session, secret("scalar"), (1, 4))
    assert len(opening_in(raw, session, texts.commitment(), "it").elements) == 2
    at %= len(raw)
    changed = raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :] if how == "x" else raw[:at]
    one = len(texts.opening(session, secret("scalar"), (1,)))
    if (head <= at < head + 32 and how == "x") or (how == "c" and at in (head + 32, one)):
        return  # another secret gives other points; fewer elements are named by the audit
    with pytest.raises(CaseError):
        opening_in(changed, session, texts.commitment(), "it")


def test_rank_among_controls() -> None:
    controls = tuple(Control(name=str(n), size=100, common=n) for n in range(19))
    assert Shared(sizes=(50, 100), common=40, controls=controls).p == pytest.approx(1 / 20)
    assert Shared(sizes=(50, 100), common=18, controls=controls).p == pytest.approx(2 / 20)
    # few texts, all in common, or many of which a few are: by neither is it first
    assert Shared(sizes=(50, 10), common=10, controls=controls).p == pytest.approx(10 / 20)
    assert Shared(sizes=(50, 1000), common=40, controls=controls).p == pytest.approx(16 / 20)
