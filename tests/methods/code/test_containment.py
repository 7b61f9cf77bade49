"""The place of a source tree in a line-up: ties and the other side count against the accusation."""

import math
from dataclasses import replace

import numpy as np
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


def test_a_copy_is_first_of_all_pairs_of_the_line_up() -> None:
    assert found(CHILD, FIELD).log_p == pytest.approx(math.log(1 / 55))
    assert found(CHILD, FIELD[:4]).log_p == pytest.approx(math.log(1 / 15))


def test_thirteen_controls_can_tell_and_twelve_cannot() -> None:
    field = tuple(sources.tree(f"m{n}", 10 + n) for n in range(13))
    assert found(CHILD, field).log_p == pytest.approx(math.log(1 / 105))
    assert found(CHILD, field).log_p < math.log(0.01)
    assert found(CHILD, field[:12]).log_p > math.log(0.01)


def test_who_has_more_in_common_with_another_is_not_first() -> None:
    """The subject is nearer to a control than to the source, which has nothing from either."""
    near = sources.tree("near", 30)
    kept = CHILD.fragments[8:23]
    near = replace(near, fragments=(*kept, *near.fragments[len(kept) :]))
    assert found(CHILD, (*FIELD, near)).log_p == pytest.approx(math.log(2 / 11))


def test_a_tie_counts_against_the_accusation(monkeypatch: pytest.MonkeyPatch) -> None:
    def level(one: SourceTree, two: SourceTree) -> float:
        pairs = ({"source", "child"}, {"m0", "m1"})
        return 0.4 if {one.name, two.name} in pairs else 0.1

    monkeypatch.setattr(containment, "in_common", level)
    assert found(CHILD, FIELD).log_p == pytest.approx(math.log(2 / 55))


def test_a_source_that_everybody_has_much_of_is_first_with_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def level(one: SourceTree, two: SourceTree) -> float:
        if {one.name, two.name} == {"source", "child"}:
            return 0.41
        return 0.4 if "source" in (one.name, two.name) else 0.01 * (ord(one.name[-1]) % 7)

    monkeypatch.setattr(containment, "in_common", level)
    assert found(CHILD, FIELD).log_p > math.log(1 / 55)


def test_what_strangers_have_in_common_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """First of all pairs, and yet no more than httpx and niquests have."""
    level = {frozenset(("source", "child")): 0.055}
    monkeypatch.setattr(
        containment, "in_common", lambda one, two: level.get(frozenset((one.name, two.name)), 0.0)
    )
    assert found(CHILD, FIELD).log_p == pytest.approx(0.0)


def test_versions_of_one_control_are_one_control() -> None:
    """Fourteen copies of one stranger are no line-up of fourteen."""
    versions = tuple(replace(FIELD[0], name=f"v{n}", files={"b.py": f"{n:064}"}) for n in range(14))
    outcome = TreeContainment().compare(SOURCE, CHILD, versions, seed=0)
    assert isinstance(outcome, Underpowered)
    beside = found(CHILD, (*FIELD, *versions))
    assert beside.log_p == pytest.approx(math.log(1 / 55))
    aside = [place for place in beside.lineup if place.who == "relative"]
    assert len(aside) == 14 and all("both are one control" in place.reason for place in aside)


def test_who_is_no_stranger_is_named() -> None:
    copy, same = other_files(SOURCE, "copy"), replace(CHILD, name="same")
    outcome = found(CHILD, (*FIELD, copy, same))
    aside = {place.name: place.reason for place in outcome.lineup if place.who == "relative"}
    assert "nearly all of source" in aside["copy"] and "same files" in aside["same"]
    assert outcome.log_p == pytest.approx(math.log(1 / 55))


def spoken(tree: SourceTree, language: str) -> SourceTree:
    """The tree as if it were written in another language."""
    fragments = tuple(replace(one, language=language) for one in tree.fragments)
    return replace(tree, fragments=fragments)


def test_controls_that_could_be_like_nobody_make_no_p_smaller() -> None:
    """Whoever accuses fills the line-up up with crumbs, or with trees of another language."""
    crumbs = tuple(replace(tree, fragments=tree.fragments[:9]) for tree in FIELD)
    for useless in (crumbs, tuple(spoken(tree, "go") for tree in FIELD)):
        outcome = TreeContainment().compare(SOURCE, CHILD, useless, seed=0)
        assert isinstance(outcome, Underpowered)
        assert "m0 has" in outcome.reason or "m1 has" in outcome.reason
        assert "could not be like either" in outcome.reason and "and 6 more" in outcome.reason
        beside = found(CHILD, (*FIELD[:5], *useless[5:]))
        assert beside.log_p == pytest.approx(math.log(1 / 21))


def test_trees_of_two_languages_are_not_compared() -> None:
    outcome = TreeContainment().compare(SOURCE, spoken(CHILD, "go"), FIELD, seed=0)
    assert isinstance(outcome, Underpowered) and "languages that both have" in outcome.reason
    mixed = replace(CHILD, fragments=(*CHILD.fragments[:30], *spoken(CHILD, "go").fragments[30:]))
    assert found(mixed, FIELD).log_p == pytest.approx(math.log(1 / 55))


def test_nobody_is_acquitted_by_a_copy_of_the_subject_among_the_controls() -> None:
    """One function more gives it another digest; it is the subject all the same."""
    more = sources.function(99, 99)
    plant = replace(other_files(CHILD, "plant"), fragments=(*CHILD.fragments, more))
    outcome = found(CHILD, (*FIELD, plant))
    aside = {place.name: place.reason for place in outcome.lineup if place.who == "relative"}
    assert "nearly the same tree as child" in aside["plant"]
    assert outcome.log_p == pytest.approx(math.log(1 / 55))
    assert "no stranger" not in outcome.combination


def test_a_control_that_stands_in_the_way_is_named() -> None:
    """A plant that took as much as the subject did, and is no copy of either."""
    plant = sources.tree("plant", 77, taken=0.3, parent=1)
    outcome = found(CHILD, (*FIELD, plant))
    assert outcome.log_p == pytest.approx(math.log(2 / 11))
    assert "here plant has 0." in outcome.combination and "no stranger" in outcome.combination


def test_little_code_and_few_controls_are_told() -> None:
    small = replace(CHILD, fragments=CHILD.fragments[:9])
    for subject, controls, word in ((small, FIELD, "functions"), (CHILD, FIELD[:3], "field")):
        outcome = TreeContainment().compare(SOURCE, subject, controls, seed=0)
        assert isinstance(outcome, Underpowered) and word in outcome.reason


@pytest.mark.parametrize("many", [6, 7])
def test_what_is_beyond_the_usual_against_medians_written_out(many: int) -> None:
    drawn = np.random.default_rng(many).random((many, many))
    shares = drawn + drawn.T
    found = containment.beyond(shares)
    for one in range(many):
        for two in range(many):
            third = [each for each in range(many) if each not in (one, two)]
            usual = np.median(shares[one, third]) + np.median(shares[two, third])
            if one != two:
                assert found[one, two] == pytest.approx(shares[one, two] - usual)
