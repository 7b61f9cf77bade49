import dataclasses
import math

from filiation.methods.answers.traps import Traps
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
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
