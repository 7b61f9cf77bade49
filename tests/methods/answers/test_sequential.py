import dataclasses
import math

from filiation.methods.answers.sequential import Sequential, Watch
from filiation.model.finding import Finding, Inapplicable, Underpowered
from methods.answers.population import Population

RELATED = Population(models=9, items=800, children=((1, 0, 0.6),))


def test_a_child_wins_against_every_control() -> None:
    source, subject, *controls = RELATED.recordings(1)
    found = Sequential().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p < math.log(1e-4)
    assert found.lineup[0].observed == found.observed


def test_a_stranger_does_not() -> None:
    source, subject, *controls = Population(models=9, items=800).recordings(2)
    found = Sequential().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p > math.log(0.05)


def test_a_watch_stops_early_and_stays_stopped() -> None:
    related = dataclasses.replace(RELATED, open_values=40)
    source, subject, *controls = related.recordings(3)
    watch = Watch(source, controls, level=1e-3)
    asked = 0
    for item, output in zip(subject.items, subject.outputs, strict=True):
        asked += 1
        if watch.feed(item, output):
            break
    assert watch.enough and asked < 700 and watch.items < asked
    assert watch.log_p <= math.log(1e-3)
    watch.feed(subject.items[0], None)
    assert watch.enough


def test_controls_that_left_an_item_out_neither_win_nor_lose() -> None:
    source, subject, *controls = RELATED.recordings(4)
    silent = dataclasses.replace(controls[0], outputs=(None,) * 800)
    watch = Watch(source, [silent], level=1e-3)
    for item, output in zip(subject.items, subject.outputs, strict=True):
        watch.feed(item, output)
    assert watch.log_e == 0.0
    found = Sequential().compare(source, subject, [silent, *controls[1:]], families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p == 0.0


def test_a_perfect_subject_lays_no_bet_and_few_controls_do_not_do() -> None:
    source, subject, *controls = RELATED.recordings(5)
    keys = tuple(item.key for item in subject.items)
    perfect = dataclasses.replace(subject, outputs=keys)
    found = Sequential().compare(source, perfect, controls, families={}, seed=0)
    assert isinstance(found, Inapplicable)
    found = Sequential().compare(source, subject, controls[:4], families={}, seed=0)
    assert isinstance(found, Underpowered)


def test_what_is_asked_again_lays_no_bet_again() -> None:
    """With `ask --repeat` the same errors would be counted once for each repetition."""
    source, subject, *controls = Population(models=9, items=300).recordings(2)
    watch = Watch(source, controls, level=1e-9)
    for item, output in zip(subject.items, subject.outputs, strict=True):
        watch.feed(item, output)
    once = (watch.items, watch.log_e)
    for item, output in zip(subject.items, subject.outputs, strict=True):
        watch.feed(item, output)

    assert once[0] > 20
    assert (watch.items, watch.log_e) == once
