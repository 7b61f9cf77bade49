"""The place of a source tree in a line-up: ties and the other side count against the accusation."""

import math
from dataclasses import replace

import pytest

import sources
from filiation.methods.code import containment
from filiation.methods.code.containment import TreeContainment
from filiation.model.finding import Finding, Underpowered
from filiation.model.source import SourceTree

SOURCE = sources.tree("source", 1)
CHILD = sources.tree("child", 2, taken=0.2, parent=1)
FIELD = tuple(sources.tree(f"m{n}", 10 + n) for n in range(9))


def found(subject: SourceTree, controls: tuple[SourceTree, ...]) -> Finding:
    outcome = TreeContainment().compare(SOURCE, subject, controls, seed=0)
    assert isinstance(outcome, Finding), outcome
    return outcome


def other_files(tree: SourceTree, name: str) -> SourceTree:
    """The same functions in a tree of another digest."""
    return replace(tree, name=name, files={"b.py": "0" * 64})


def test_a_copy_stands_alone() -> None:
    assert found(CHILD, FIELD).log_p == pytest.approx(math.log(1 / 10))


def test_a_tie_counts_against_the_accusation() -> None:
    outcome = found(CHILD, (*FIELD, other_files(CHILD, "twin")))
    assert outcome.log_p == pytest.approx(math.log(2 / 11))
    assert [place.name for place in outcome.lineup][:2] == ["twin", "child"]


def test_a_tie_on_one_side_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def level(one: SourceTree, two: SourceTree) -> float:
        return 0.5 if {one.name, two.name} in ({"source", "child"}, {"source", "m0"}) else 0.1

    monkeypatch.setattr(containment, "in_common", level)
    assert found(CHILD, FIELD).log_p == pytest.approx(math.log(2 / 10))


def test_a_control_that_is_nearer_to_the_subject_than_the_source_counts() -> None:
    """It has nothing from the source, so that the source's side alone would not see it."""
    near = sources.tree("near", 30)
    kept = CHILD.fragments[8:30]
    near = replace(near, fragments=(*kept, *near.fragments[len(kept) :]))
    assert found(CHILD, (*FIELD, near)).log_p == pytest.approx(math.log(2 / 11))


def test_who_is_no_stranger_is_named() -> None:
    copy, same = other_files(SOURCE, "copy"), replace(CHILD, name="same")
    outcome = found(CHILD, (*FIELD, copy, same))
    aside = {place.name: place.reason for place in outcome.lineup if place.who == "relative"}
    assert "nearly all of source" in aside["copy"] and "same files" in aside["same"]
    assert outcome.log_p == pytest.approx(math.log(1 / 10))


def test_little_code_and_few_controls_are_told() -> None:
    small = replace(CHILD, fragments=CHILD.fragments[:9])
    for subject, controls, word in ((small, FIELD, "functions"), (CHILD, FIELD[:3], "field")):
        outcome = TreeContainment().compare(SOURCE, subject, controls, seed=0)
        assert isinstance(outcome, Underpowered) and word in outcome.reason
