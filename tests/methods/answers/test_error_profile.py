import dataclasses
import math

from filiation.methods.answers.error_profile import ErrorProfile
from filiation.model.finding import Finding, Inapplicable, Underpowered
from methods.answers.population import Population

METHOD = ErrorProfile(draws=99)


def test_a_child_fails_where_its_parent_fails() -> None:
    related = Population(models=10, items=300, children=((1, 0, 0.7),))
    source, subject, *controls = related.recordings(1)
    found = METHOD.compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p == found.null.log_floor == -math.log(100)
    assert not found.counts and "context, not evidence" in found.null.because


def test_without_keys_nobody_fails() -> None:
    recordings = [
        dataclasses.replace(r, items=tuple(dataclasses.replace(i, key=None) for i in r.items))
        for r in Population(models=8, items=40).recordings(2)
    ]
    found = METHOD.compare(recordings[0], recordings[1], recordings[2:], families={}, seed=0)
    assert isinstance(found, Inapplicable)


def test_items_that_all_fail_say_nothing() -> None:
    recordings = [
        dataclasses.replace(r, outputs=(None,) * 40, name=f"m{n}")
        for n, r in enumerate(Population(models=8, items=40).recordings(3))
    ]
    silent = [
        dataclasses.replace(r, outputs=(*r.outputs[:-1], f"said {n}"))
        for n, r in enumerate(recordings)
    ]
    found = METHOD.compare(silent[0], silent[1], silent[2:], families={}, seed=0)
    assert isinstance(found, Underpowered)


def test_of_a_large_table_a_part_is_drawn_and_said() -> None:
    related = Population(models=60, items=300, children=((1, 0, 0.7),))
    source, subject, *controls = related.recordings(4)
    found = METHOD.compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p == -math.log(100)
    assert any(note.startswith("40 of 58 controls and ") for note in found.skipped)
