"""Plans of logs without a seed, and records of served answers without a word."""

import json
from dataclasses import replace

import pytest

from filiation.errors import CaseError, UnreadableError
from filiation.model.inquiry import GroupsPlan, InCase, Inquiry, TwinsShown, groups_plan
from filiation.model.served import Exchange
from filiation.model.served_record import Wordless, wordless

PLAN = GroupsPlan(
    case="c", exhibit="log", log="5" * 64, level=0.05, most=200, draws=9999, method="campaigns/2"
)
ASKED = InCase(
    exhibit="log", offered_by="acme", entered=1, planned=2, planned_by="first", plan="0" * 64,
    coin=3, tossed_by="lead", place=1,
)  # fmt: skip


def test_the_seed_follows_from_plan_and_coin_together() -> None:
    seeds = {PLAN.seeded(coin).seed for coin in ("0" * 64, "1" * 64)}
    other = GroupsPlan(**{name: getattr(PLAN, name) for name in PLAN.__slots__} | {"most": 5})
    assert len(seeds | {other.seeded("0" * 64).seed}) == 3
    assert b"seed" not in PLAN.raw
    assert PLAN.seeded("0" * 64).level == PLAN.level


def test_a_plan_is_read_as_it_was_written() -> None:
    assert groups_plan(PLAN.raw, "event 1") == PLAN


@pytest.mark.parametrize(
    "change",
    [
        {"level": "0.05"}, {"most": 200.0}, {"draws": True}, {"seed": 7}, {"question": "other"},
        {"log": 5}, {"level": float("nan")}, {"level": 10**400},
    ],
)  # fmt: skip
def test_a_plan_of_other_fields_or_types_is_refused(change: dict[str, object]) -> None:
    raw = json.dumps(json.loads(PLAN.raw) | change).encode()
    with pytest.raises(CaseError):
        groups_plan(raw, "event 1")
    with pytest.raises(CaseError):
        groups_plan(PLAN.raw + b" ", "event 1")
    with pytest.raises(CaseError):
        groups_plan(b"[" * 100_000, "event 1")


def test_what_is_shown_of_served_answers_is_of_as_many_places_by_all() -> None:
    shown = TwinsShown(observed=1.0, draws=(0.5,), subject=(3, 1), source=(2, 2))
    assert shown.others == ()
    for other in ({"source": (4,)}, {"others": (1, 1, 2)}, {"subject": (5, -1)}, {"draws": ()}):
        with pytest.raises(CaseError, match="shown"):
            replace(shown, **other)  # type: ignore[arg-type]


def test_an_answer_is_to_its_own_question() -> None:
    for question in ("campaigns", "served-twins"):
        with pytest.raises(CaseError, match="another answer"):
            Inquiry(question=question, asked=ASKED, environment=())


def test_what_the_test_reads_of_words_stays_without_them() -> None:
    said = Exchange(id="x", prompt="?", answer="ab", to="group", twins=("cd", "ab", None, "abc"))
    told = wordless(said)
    assert (told.lengths, told.same) == ((2, 2, 2, None, 3), (0, 1, 0, 3, 4))
    again = told.exchange
    assert again.long == (2, 2, 2, 0, 3) and [one is None for one in again.said] == [0, 0, 0, 1, 0]
    assert again.answer == again.twins[1] != again.twins[0]
    assert "a" not in again.answer


@pytest.mark.parametrize(
    ("lengths", "same"),
    [((2,), (0,)), ((2, 3), (0, 0)), ((None, 2), (0, 1)), ((2, 2), (1, 1)), ((2, -1), (0, 1))],
)
def test_a_record_that_contradicts_itself_is_refused(
    lengths: tuple[int | None, ...], same: tuple[int, ...]
) -> None:
    with pytest.raises(UnreadableError):
        Wordless(id="x", to="group", lengths=lengths, same=same)
