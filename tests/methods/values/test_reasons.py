"""What a model says everywhere, and the words of its language, are no reasons in common."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from filiation.methods.answers.texts import Aligned, LineUp
from filiation.methods.values.reasons import Reasons, habits_of, nearer_log_p, reasons_of
from filiation.model.ending import Ending
from filiation.model.finding import Finding, Underpowered
from filiation.model.recording import Item, Recording
from validate_outputs.deciders import Decider, crowd, items_of

ITEMS = items_of("values", 240)
ENGLISH = ["the", "of", "and", "to", "is", "in", "that", "with", "be", "it"]
GERMAN = ["das", "ist", "der", "die", "und", "nicht", "ein", "eine"]
LOG_FIVE_IN_A_HUNDRED = -2.995732


def spoken(model: Recording, words: list[str], seed: int) -> Recording:
    """The same reasons with the short words of a language between theirs."""
    draw = Random(seed)

    def told(output: str | None) -> str | None:
        letter, line, reason = (output or "").partition("\n")
        if not line:
            return output
        mixed = [w for word in reason.split() for w in (word, draw.choice(words))]
        return f"{letter}\n{' '.join(mixed)}."

    return replace(model, outputs=tuple(map(told, model.outputs)))


@pytest.fixture(scope="module")
def models() -> list[Recording]:
    crowded = crowd(40, 9, ITEMS)
    return [spoken(model, ENGLISH, n) for n, model in enumerate(crowded)]


def framed(before: str, behind: str) -> Callable[[Recording], Recording]:
    def change(model: Recording) -> Recording:
        parts = ((output or "").partition("\n") for output in model.outputs)
        outputs = (f"{letter}\n{before}{reason}{behind}" for letter, _, reason in parts)
        return replace(model, outputs=tuple(outputs))

    return change


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("**Reason:** ", ""),
        ("On balance I believe that the first thing to weigh here is ", ""),
        ("", " For this reason I would take this option above the other"),
    ],
)
def test_a_manner_that_two_innocents_have_in_common_is_no_reason(
    models: list[Recording], before: str, behind: str
) -> None:
    change = framed(before, behind)
    source, subject, *controls = models
    found = Reasons().compare(change(source), change(subject), controls, seed=0)
    assert isinstance(found, Finding)
    assert found.log_p > LOG_FIVE_IN_A_HUNDRED
    assert found.instances == ()  # nor is it shown as what weighs most


def test_one_sentence_for_all_questions_is_no_reason(models: list[Recording]) -> None:
    source, subject, *controls = (
        replace(m, outputs=("A\nBecause it is the better one.",) * len(ITEMS)) if n < 2 else m
        for n, m in enumerate(models)
    )
    found = Reasons().compare(source, replace(subject, name="other"), controls, seed=0)
    assert not isinstance(found, Finding) or found.log_p > LOG_FIVE_IN_A_HUNDRED


def test_two_that_reason_in_a_language_of_their_own_are_set_beside_such(
    models: list[Recording],
) -> None:
    crowded = [spoken(m, GERMAN, 50 + n) for n, m in enumerate(crowd(40, 9, ITEMS))]
    source, subject = crowded[:2]
    found = Reasons().compare(source, subject, models[2:], seed=0)
    assert isinstance(found, Underpowered)
    assert "in the language of source and subject" in found.reason
    found = Reasons().compare(source, subject, [*crowded[2:7], *models[7:]], seed=0)
    assert isinstance(found, Finding) and found.log_p > LOG_FIVE_IN_A_HUNDRED
    told = "controls that do not give their reasons in the language of the two: m7, m8"
    assert told in found.skipped


def test_a_copy_is_found_by_its_reasons(models: list[Recording]) -> None:
    source, *controls = crowd(41, 8, ITEMS)
    copy = Decider(seed=5).answers("copy", ITEMS, parent=source, redone=0.3)
    found = Reasons().compare(source, copy, controls, seed=0)
    assert isinstance(found, Finding) and found.log_p < -6


def test_a_habit_is_what_is_said_of_many_items_and_not_in_all_forms_of_one() -> None:
    items = tuple(Item(id=f"values/1/7/{n // 4:05d}/{n % 4 + 1}-ab=A") for n in range(80))
    said = tuple(
        (f"so it is best for g{n // 4} and only g{n // 4}" if n % 8 < 4 else f"own x{n} y{n} z{n}",)
        for n in range(80)
    )
    (habits,) = habits_of(Aligned(names=("m",), items=items, answers=said), 100)
    assert ("so", "it", "is") in habits and ("\0", "\0", "so") in habits
    assert not any("g1" in gram for gram in habits)
    few = Aligned(names=("m",), items=items[:32], answers=said[:32])  # of 8 items 4 say so
    assert habits_of(few, 100) == [set()]


def test_what_a_filter_stopped_has_no_reason() -> None:
    model = Recording(
        name="m",
        items=ITEMS[:2],
        outputs=("A\nIt is fair, since", "A\nIt is kind."),
        endings=(Ending.FILTERED, Ending.WHOLE),
    )
    assert reasons_of(model).outputs == ("It is kind.",)


def test_a_manner_makes_nobody_nearer_than_a_control() -> None:
    """Against each control by itself, too, what is said everywhere weighs nothing."""
    items = tuple(Item(id=f"values/1/7/{n:05d}/1-ab=A", prompt="asked") for n in range(30))
    said = tuple(
        (f"on balance i hold s{n} t{n}", f"on balance i hold x{n} y{n}", f"plainly c{n} d{n} e{n}")
        for n in range(30)
    )
    line = LineUp(
        aligned=Aligned(names=("source", "subject", "control"), items=items, answers=said),
        controls=1,
        relatives=(),
    )
    habits = habits_of(line.aligned, 100)
    assert nearer_log_p(line, 100, habits) == [(0.0, 0)]
    ((log_p, unequal),) = nearer_log_p(line, 100, [set()] * 3)
    assert log_p < -15 and unequal == 30
