"""Nothing follows where a party's answers are missing, or unread, where they would have told."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest

from filiation.errors import CaseError
from filiation.examining.answers.missing import LARGEST, LEVEL, MARGIN, Missing, missing
from filiation.examining.answers.nothing_follows import because_of_answers
from filiation.examining.question import Pair
from filiation.model.ending import Ending
from filiation.model.examination import Support
from filiation.model.kinds import ANSWERS
from filiation.model.plan import PlannedQuestion, Propositions
from filiation.model.recording import Item, Recording
from methods.answers.population import Population

NOTHING = Support(toward="neither", reason="absence-is-no-evidence")
FOUND = Population(models=10, items=300, open_values=30).recordings(1)


def wrong(one: Recording) -> list[int]:
    return [n for n, o in enumerate(one.outputs) if o is not None and o != one.items[n].key]


def ended(one: Recording, places: Sequence[int], how: Ending) -> Recording:
    gone = set(places)
    outputs = tuple("" if n in gone else o for n, o in enumerate(one.outputs))
    endings = tuple(how if n in gone else Ending.WHOLE for n in range(len(one.items)))
    return replace(one, outputs=outputs, endings=endings)


def silent(one: Recording, places: Sequence[int]) -> Recording:
    gone = set(places)
    return replace(one, outputs=tuple(None if n in gone else o for n, o in enumerate(one.outputs)))


def dropped(one: Recording, places: Sequence[int]) -> Recording:
    return one.on([n for n in range(len(one.items)) if n not in set(places)])


def word(number: str | None) -> str:
    """Another word for each number, read as it stands."""
    return "".join(chr(ord("a") + int(digit)) for digit in number or "") + "ton"


def asked(*recordings: Recording) -> Support:
    plan = PlannedQuestion(
        kind=ANSWERS,
        methods=("one/1",),
        propositions=Propositions(derivation="so", independence="not so"),
        level=0.01,
        clean_level=0.01,
    )
    source, subject, *controls = recordings
    names = (source.name, subject.name)
    pair = Pair(
        plan=plan,
        seed=0,
        source=source,
        subject=subject,
        controls=tuple(controls),
        names=names,
        families={},
    )
    return because_of_answers(pair, NOTHING)


def lacks(*recordings: Recording) -> tuple[Missing, Missing]:
    source, subject, *controls = recordings
    return missing(source, subject, controls)


SOURCE, SUBJECT, *CONTROLS = FOUND
ERRED = wrong(SOURCE)[:20]
ANYWHERE = random.Random(3).sample(range(300), 20)


def test_whole_answers_change_nothing() -> None:
    assert asked(*FOUND) == NOTHING
    assert [what.told for what in lacks(*FOUND)] == [(), ()]


@pytest.mark.parametrize("how", [Ending.FILTERED, Ending.CUT, Ending.CALLED])
def test_what_ended_otherwise_where_the_source_errs_says_nothing(how: Ending) -> None:
    found = asked(SOURCE, ended(SUBJECT, ERRED, how), *CONTROLS)

    assert (found.reason, found.of) == ("answers-missing", ("subject",))
    assert asked(SOURCE, ended(SUBJECT, ANYWHERE, how), *CONTROLS) == NOTHING


def test_empty_answers_and_lines_left_out_are_missing_too() -> None:
    for hide in (silent, dropped):
        assert asked(SOURCE, hide(SUBJECT, ERRED), *CONTROLS).reason == "answers-missing"
        assert asked(SOURCE, hide(SUBJECT, ANYWHERE), *CONTROLS) == NOTHING


def test_the_source_is_held_to_it_as_well() -> None:
    found = asked(silent(SOURCE, wrong(SUBJECT)[:20]), SUBJECT, *CONTROLS)

    assert (found.reason, found.of) == ("answers-missing", ("source",))


def test_missing_where_the_source_is_right_would_have_told_nothing() -> None:
    right = sorted(set(range(300)) - set(wrong(SOURCE)))[:20]
    _, what = lacks(SOURCE, silent(SUBJECT, right), *CONTROLS)

    assert what.log_p <= math.log(LEVEL) and not what.more and not what.mattered


def test_what_the_controls_lack_as_well_is_no_sign() -> None:
    controls = [silent(one, ERRED) for one in CONTROLS]

    assert asked(SOURCE, silent(SUBJECT, ERRED), *controls) == NOTHING


@pytest.mark.parametrize(("share", "told"), [(MARGIN - 0.01, False), (MARGIN + 0.01, True)])
def test_more_than_a_share_beyond_the_controls_says_nothing_wherever(
    share: float, told: bool
) -> None:
    gone = random.Random(5).sample(range(300), round(300 * share))

    found = asked(SOURCE, silent(SUBJECT, gone), *CONTROLS)
    assert (found.reason == "answers-missing") is told
    controls = [silent(one, gone) for one in CONTROLS]
    assert asked(SOURCE, silent(SUBJECT, gone), *controls) == NOTHING


def test_beyond_the_largest_share_the_controls_excuse_nothing() -> None:
    gone = random.Random(5).sample(range(300), round(300 * LARGEST) + 1)
    controls = [silent(one, gone) for one in CONTROLS]

    assert asked(SOURCE, silent(SUBJECT, gone), *controls).reason == "answers-missing"


def test_the_kinds_are_counted_in_a_sentence() -> None:
    subject = silent(ended(SUBJECT, ERRED[:12], Ending.FILTERED), ERRED[12:15])
    (said,) = lacks(SOURCE, dropped(subject, ERRED[15:]), *CONTROLS)[1].told

    assert "20 are missing or not read: 12 stopped by a filter, 5 not in the recording, 3" in said
    assert f"where {SOURCE.name} errs 20 of {len(wrong(SOURCE))} are missing" in said


def lettered(lean: bool, by: Literal["source", "subject"]) -> list[Recording]:
    """Letters; a party leans instead of choosing where the other errs."""
    draw = random.Random(9)
    items = tuple(Item(id=f"q{n}", key=draw.choice("ABCD"), options=4) for n in range(200))
    rows = [
        Recording(
            name=f"m{k}",
            items=items,
            outputs=tuple(
                i.key if draw.random() < 0.6 and i.key else draw.choice("ABCD") for i in items
            ),
        )
        for k in range(9)
    ]
    at = ("source", "subject").index(by)
    errs = set(wrong(rows[1 - at]))
    if lean:
        outputs = (f"I lean {o}" if n in errs else o for n, o in enumerate(rows[at].outputs))
        rows[at] = replace(rows[at], outputs=tuple(outputs))
    return rows


@pytest.mark.parametrize("by", ["source", "subject"])
def test_letters_that_cannot_be_read_where_the_other_errs(
    by: Literal["source", "subject"],
) -> None:
    assert asked(*lettered(False, by)) == NOTHING
    found = asked(*lettered(True, by))

    assert (found.reason, found.of) == ("answers-missing", (by,))


@pytest.mark.parametrize(("step", "told"), [(10, True), (60, False)])
@pytest.mark.parametrize("place", [0, 1])
def test_a_key_beside_the_answers_acquits_nobody(place: int, step: int, told: bool) -> None:
    """In one of ten answers; in one of sixty it is no form."""
    rows = [
        replace(
            one,
            items=tuple(replace(i, key=word(i.key), normaliser="") for i in one.items),
            outputs=tuple(word(o) for o in one.outputs),
        )
        for one in FOUND
    ]
    one = rows[place]
    outputs = [
        f"{o} or {i.key}" if n % step == 0 else o
        for n, (i, o) in enumerate(zip(one.items, one.outputs, strict=True))
    ]
    rows[place] = replace(one, outputs=tuple(outputs))
    found = asked(*rows)

    assert (found.reason == "answers-unread") is told
    if told:
        assert found.of == (("source", "subject")[place],)


def test_options_in_an_order_of_its_own_are_unread_because_of_the_party() -> None:
    rows = lettered(False, "subject")
    turn = dict(zip("ABCD", "BCDA", strict=True))
    one = rows[1]
    rows[1] = replace(
        one,
        items=tuple(replace(i, key=turn[i.key or "A"]) for i in one.items),
        outputs=tuple(turn[o or "A"] for o in one.outputs),
    )

    found = asked(*rows)
    assert (found.reason, found.of) == ("answers-unread", ("subject",))


@pytest.mark.parametrize("reason", ["level-met", "same-data"])
def test_what_was_found_stays_found(reason: Literal["level-met", "same-data"]) -> None:
    support = Support(toward="derivation", reason=reason)

    assert because_of_answers(None, support) is support  # type: ignore[arg-type]


@pytest.mark.parametrize("of", [(), ("control",)])
def test_the_reason_names_parties(of: tuple[str, ...]) -> None:
    with pytest.raises(CaseError, match="expected"):
        Support(toward="neither", reason="answers-unread", of=of)


def test_a_refusal_and_a_call_in_words_are_counted_as_what_they_are() -> None:
    outputs = list(SUBJECT.outputs)
    for place in ERRED[:12]:
        outputs[place] = "I'm sorry, but I can't help with that."
    for place in ERRED[12:15]:
        outputs[place] = f'{{"name": "calculator", "arguments": {{"expression": "{place}*2"}}}}'
    (said,) = lacks(SOURCE, replace(SUBJECT, outputs=tuple(outputs)), *CONTROLS)[1].told

    assert "15 are missing or not read: 12 refused, 3 calls of a tool" in said


@pytest.mark.parametrize(("share", "told"), [(0.24, False), (0.26, True)])
def test_a_quarter_may_be_missing_where_the_controls_lack_it_too(share: float, told: bool) -> None:
    """The share that the page on reading states, in numbers."""
    gone = random.Random(5).sample(range(300), round(300 * share))
    controls = [silent(one, gone) for one in CONTROLS]

    found = asked(SOURCE, silent(SUBJECT, gone), *controls)
    assert (found.reason == "answers-missing") is told


def test_what_is_hard_for_everybody_is_no_sign() -> None:
    """Who is cut off on hard items is cut off where the source errs as well, and hides nothing."""
    astray = [set(wrong(one)) for one in CONTROLS]
    hard = sorted(range(300), key=lambda n: -sum(n in one for one in astray))[:60]
    gone = random.Random(2).sample(hard, 30)
    _, what = lacks(SOURCE, silent(SUBJECT, gone), *CONTROLS)

    assert what.erred[0] > 3 * what.right[0]
    assert asked(SOURCE, silent(SUBJECT, gone), *CONTROLS) == NOTHING
