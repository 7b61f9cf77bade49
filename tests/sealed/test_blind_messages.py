"""Every message altered, cut, replayed, reordered, left out, forged, or of another session."""

import json
from contextlib import suppress

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.errors import CaseError
from filiation.model.blind import ROLES, SIDES, Role
from filiation.sealed.blind.messages import ENVELOPE
from filiation.sealed.blind.session import session_of
from sealed.courses import Course, course, key_of, message, terms, word

WEIGHTS, SETS, ANSWERS = course(), course("two", "set"), course("four", "answers")
COURSES = st.sampled_from([WEIGHTS, SETS, ANSWERS])
MANY = settings(max_examples=60, deadline=None)


def places(found: Course) -> st.SearchStrategy[int]:
    return st.integers(1, len(found.messages) - 1)


def test_an_honest_course_ends() -> None:
    for found in (WEIGHTS, SETS, ANSWERS):
        ended = found.upto(len(found.messages))
        assert ended.step is None and ended.aborted is None
        assert 0 <= ended.seed() < 10**16 and ended.audit() != ended.coin()


@MANY
@given(data=st.data(), found=COURSES, flip=st.integers(1, 255), how=st.sampled_from("xcid"))
def test_no_altered_or_cut_message_is_taken(
    data: st.DataObject, found: Course, flip: int, how: str
) -> None:
    place = data.draw(st.integers(0, len(found.messages) - 1))
    raw = found.messages[place][2]
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = {
        "x": raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :],
        "c": raw[:at],
        "i": raw[:at] + bytes([flip]) + raw[at:],
        "d": raw[:at] + raw[at + 1 :],
    }[how]
    with pytest.raises(CaseError):
        if place == 0:
            session_of(changed, "it")
        else:
            found.upto(place).take(changed, "it")


@MANY
@given(data=st.data(), found=COURSES)
def test_a_replayed_message_is_named(data: st.DataObject, found: Course) -> None:
    later = data.draw(places(found))
    earlier = data.draw(st.integers(0, later - 1))
    with pytest.raises(CaseError, match="replay"):
        found.upto(later).take(found.messages[earlier][2], "it")


@MANY
@given(data=st.data(), found=COURSES)
def test_what_comes_before_its_turn_is_named(data: st.DataObject, found: Course) -> None:
    """Reordered, or with one left out; within a step there is no order."""
    at = data.draw(places(found))
    later = data.draw(st.integers(at, len(found.messages) - 1))
    number, _, raw = found.messages[later]
    session = found.upto(at)
    if number == session.number:
        session.take(raw, "it")
        return
    with pytest.raises(CaseError, match=r"out of order.*awaits the"):
        session.take(raw, "it")


@MANY
@given(data=st.data(), found=COURSES)
def test_a_message_of_another_session_is_named(data: st.DataObject, found: Course) -> None:
    """The same parties, the same keys, the same step: another nonce in the terms."""
    kinds = {WEIGHTS.session: "weights", SETS.session: "set", ANSWERS.session: "answers"}
    other = course("another", kinds[found.session])
    place = data.draw(st.integers(0, len(found.messages) - 1))
    session = found.upto(max(1, place))
    with pytest.raises(CaseError, match="another session"):
        session.take(other.messages[place][2], "it")


@MANY
@given(data=st.data(), found=COURSES, key=st.sampled_from([*ROLES, "a stranger"]))
def test_only_the_sender_signs(data: st.DataObject, found: Course, key: str) -> None:
    place = data.draw(places(found))
    session, role = found.upto(place), found.messages[place][1]
    raw = message(session, role, key=key)
    if key == role:
        session.take(raw, "it")
        return
    with pytest.raises(CaseError, match="not signed with the key of the"):
        session.take(raw, "it")


@MANY
@given(data=st.data(), found=COURSES)
def test_nobody_says_two_things(data: st.DataObject, found: Course) -> None:
    """Told one thing to one and another to the other: the next message of either shows it."""
    place = data.draw(places(found))
    number, role, raw = found.messages[place]
    step = found.upto(place).steps[number - 1].name
    if step in ("coin", "reveal", "join", "blind"):
        return  # fixed by what was said before, as tested below; a second join is another seal
    one, other = found.upto(place), found.upto(place)
    second = message(other, role, body=_other(other, step))
    one.take(raw, "it"), other.take(second, "it")
    with pytest.raises(CaseError, match="two different messages"):
        one.take(second, "it")
    if number == len(one.steps):
        return
    for left in one.awaited():
        if one.number == number:
            both = message(one, left)
            one.take(both, "it"), other.take(both, "it")
    with pytest.raises(CaseError, match="somebody was shown another one"):
        other.take(message(one, one.awaited()[0]), "it")


def _other(session: object, step: str) -> dict[str, str]:
    if step == "result":
        return {
            "report": word("other"), "found": word("other"), "matches": {},
            "claimant": "failed", "respondent": "held",
        }  # fmt: skip
    name = {"open": "opening", "raise": "raised"}.get(step, "material")
    return {name: word("other", step)}


@MANY
@given(data=st.data(), found=COURSES, drop=st.integers(0, 2))
def test_an_answer_left_out_is_named(data: st.DataObject, found: Course, drop: int) -> None:
    place = data.draw(places(found))
    session, role = found.upto(place), found.messages[place][1]
    answers = session.answers(session.number)
    less = tuple(one for n, one in enumerate(answers) if n != drop % len(answers))
    with pytest.raises(CaseError, match="a message was left out"):
        session.take(message(session, role, answers=less), "it")
    turned = (*answers[1:], answers[0])
    if turned != answers:
        with pytest.raises(CaseError, match="answers other messages"):
            session.take(message(session, role, answers=turned), "it")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", ["coin", "reveal"])
def test_a_share_of_a_coin_is_the_one_committed_to(role: Role, step: str) -> None:
    place = next(
        n for n, (number, who, _) in enumerate(WEIGHTS.messages)
        if who == role and WEIGHTS.upto(n).steps[number - 1].name == step
    )  # fmt: skip
    with pytest.raises(CaseError, match="another share of the coin"):
        session = WEIGHTS.upto(place)
        session.take(message(session, role, body={"value": word("better")}), "it")


@pytest.mark.parametrize("role", SIDES)
def test_the_list_that_is_handed_over_is_the_one_committed_to(role: Role) -> None:
    place = next(
        n for n, (number, who, _) in enumerate(SETS.messages) if (number, who) == (5, role)
    )
    session = SETS.upto(place)
    with pytest.raises(CaseError, match="another list"):
        session.take(message(session, role, body={"material": word("other")}), "it")


def test_nobody_copies_anothers_share() -> None:
    """The respondent commits to what the claimant committed to, and cannot show it afterwards."""
    first = session_of(WEIGHTS.messages[0][2], "terms")
    joined = {role: raw for _, role, raw in WEIGHTS.messages[1:4]}
    first.take(joined["claimant"], "it")
    copied = dict(first.says("join", "claimant") or {})
    first.take(message(first, "respondent", body=copied), "it")
    first.take(joined["tribunal"], "it")
    with pytest.raises(CaseError, match="another share of the coin"):
        first.take(message(first, "respondent", body={"value": word("claimant", "coin")}), "it")


@pytest.mark.parametrize("change", [
    {"protocol": 1}, {"protocol": 3}, {"protocol": "2"}, {"number": "3"}, {"number": 3.5},
    {"from": "judge"}, {"from": ["claimant"]}, {"step": "bribe"}, {"step": {}},
    {"answers": ["x"]}, {"answers": {}},
    {"body": []}, {"body": {"value": 1}}, {"session": None}, {"extra": 1}, {"number": 10**30},
])  # fmt: skip
def test_what_its_own_sender_signed_wrongly_is_refused(change: dict[str, object]) -> None:
    """A party may sign anything: fields of other types, numbers without an end, further fields."""
    session = WEIGHTS.upto(4)
    good = json.loads(open_envelope(message(session, "claimant"), "it").payload)
    payload = json.dumps(good | change).encode()
    with suppress(ValueError):
        payload = rfc8785.dumps(good | change)
    with pytest.raises(CaseError):
        session.take(seal(ENVELOPE, payload, key_of("claimant")), "it")


@pytest.mark.parametrize("given", [
    {"audit": 0}, {"audit": 10**6}, {"columns": 10**9}, {"deep": -1}, {"material": "gold"},
    {"keys": {}}, {"keys": {role: word("one") for role in ROLES}}, {"both": 1}, {"share": 5},
    {"material": "answers"}, {"battery": "traps"}, {"battery": "traps", "items": 9, "repeat": 1},
    {"items": 9}, {"material": "answers", "battery": "traps", "items": 9, "repeat": 101},
    {"epsilon": 100}, {"material": "set", "epsilon": 10_001}, {"material": "set", "epsilon": -1},
    {"material": "set", "epsilon": 100, "share": "matches"}, {"battery": 5}, {"battery": "x" * 101},
    {"audit": "4"}, {"audit": True}, {"epsilon": 1.5}, {"more": 1},
])  # fmt: skip
def test_terms_that_are_none(given: dict[str, object]) -> None:
    with pytest.raises(CaseError):
        session_of(terms(**given), "it")


@MANY
@given(data=st.data(), found=COURSES, role=st.sampled_from(ROLES))
def test_an_abort_is_signed_and_ends_it(data: st.DataObject, found: Course, role: Role) -> None:
    place = data.draw(places(found))
    session = found.upto(place)
    mine = [n for n, who, _ in found.messages[:place] if who == role]
    number = max(session.number, max(mine, default=1) + 1)
    raw = message(
        session, role, number=number, step="abort", answers=session.answers(session.number),
        body={"reason": "no more"},
    )  # fmt: skip
    session.take(raw, "it")
    assert session.aborted is not None and session.aborted.sender == role and session.step is None
    with pytest.raises(CaseError):
        session.take(found.messages[place][2], "it")


def test_a_material_cannot_be_committed_to_after_the_audits_coin() -> None:
    """The order of steps: whoever knows what will be opened has committed before."""
    names = [step.name for step in WEIGHTS.upto(1).steps]
    assert names.index("join") < names.index("coin") < names.index("commit")
    assert names.index("commit") < names.index("reveal") < names.index("open")
    names = [step.name for step in SETS.upto(1).steps]
    assert names.index("raise") < names.index("reveal")
    assert set(SIDES) < set(ROLES)
