import dataclasses
import math

import pytest

from filiation.methods.answers.traps import Traps
from filiation.methods.answers.traps_apart import apart
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.recording import Item, Recording
from methods.answers.population import Population

POPULATION = Population(models=12, items=120, open_values=30)


def traps(population: Population, seed: int) -> list[Recording]:
    return [
        dataclasses.replace(
            r, items=tuple(dataclasses.replace(i, key=None, category="trap") for i in r.items)
        )
        for r in population.recordings(seed)
    ]


def test_shared_inventions_are_found_without_keys() -> None:
    related = dataclasses.replace(POPULATION, children=((1, 0, 0.5),))
    source, subject, *controls = traps(related, 1)
    found = Traps().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.lineup[0].who == "subject"
    assert found.lineup[0].z > 5 and found.method.startswith("traps/2")


def test_strangers_invent_differently() -> None:
    source, subject, *controls = traps(POPULATION, 2)
    found = Traps().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p > math.log(0.05)


def test_keyed_questions_are_no_traps() -> None:
    source, subject, *controls = POPULATION.recordings(3)
    found = Traps().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Inapplicable)


def test_too_few_controls() -> None:
    source, subject, *controls = traps(POPULATION, 4)
    found = Traps().compare(source, subject, controls[:3], families={}, seed=0)
    assert isinstance(found, Underpowered)


def of_category(category: str, said: str, key: str | None = "1") -> list[Recording]:
    items = tuple(Item(id=f"q{n}", key=key, category=category) for n in range(4))
    return [Recording(name=name, items=items, outputs=(said,) * 4) for name in "ab"]


@pytest.mark.parametrize("category", ["trap", "Traps", "trap/person", "traps: laws", " trap "])
def test_a_category_of_traps_drops_a_key_that_nobody_gave(category: str) -> None:
    recordings = of_category(category, "2")

    assert [len(one.items) for one in apart(recordings, traps=True)] == [4, 4]
    assert {i.key for one in apart(recordings, traps=True) for i in one.items} == {None}
    assert [len(one.items) for one in apart(recordings, traps=False)] == [0, 0]


@pytest.mark.parametrize("category", ["trapezoids", "trapped-ions", "trap doors", "geometry"])
def test_a_word_that_begins_so_is_no_trap(category: str) -> None:
    recordings = of_category(category, "2")

    assert [len(one.items) for one in apart(recordings, traps=True)] == [0, 0]
    assert [len(one.items) for one in apart(recordings, traps=False)] == [4, 4]


def test_what_somebody_answers_rightly_is_no_trap_whatever_its_category() -> None:
    one, two = of_category("trap", "2")
    two = dataclasses.replace(two, outputs=("**1**", "2", "2", "2"))

    asked = apart((one, two), traps=False)
    assert [[i.id for i in r.items] for r in asked] == [["q0"], ["q0"]]
    assert [i.key for i in asked[0].items] == ["1"]
    assert [[i.id for i in r.items] for r in apart((one, two), traps=True)] == [
        ["q1", "q2", "q3"]
    ] * 2


def test_right_answers_of_able_models_are_no_inventions() -> None:
    able = [
        dataclasses.replace(
            r, items=tuple(dataclasses.replace(i, category="traps") for i in r.items)
        )
        for r in POPULATION.recordings(3)
    ]
    source, subject, *controls = able
    found = Traps().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Inapplicable | Underpowered)
