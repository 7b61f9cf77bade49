"""A question asked again is one question: repeating it makes nobody a relative."""

from dataclasses import replace

import numpy as np
import pytest

from filiation.examining.answers.asked_again import asked_once
from filiation.examining.answers.plug import QUESTION
from filiation.examining.pair import compare_pair
from filiation.examining.question import Pair, Readied
from filiation.methods import methods_for
from filiation.methods.answers.model_equality import ModelEquality
from filiation.methods.answers.movement import Movement
from filiation.model.kinds import ANSWERS
from filiation.model.plan import PlannedQuestion, Propositions
from filiation.model.recording import Item, Recording
from methods.answers.population import Population

STRANGERS = [
    replace(one, items=tuple(replace(i, prompt=f"Question {i.id}?") for i in one.items))
    for one in Population(models=9, items=300).recordings(2)
]


def pair(recordings: list[Recording]) -> Pair:
    source, subject, *controls = recordings
    planned = PlannedQuestion(
        kind=ANSWERS,
        propositions=Propositions(derivation="it derives", independence="it does not"),
        methods=tuple(m.id for m in methods_for(ANSWERS) if m.id.startswith(METHODS)),
        level=0.01,
        combination=QUESTION.combination,
    )
    return Pair(
        plan=planned, seed=0, source=source, subject=subject, controls=tuple(controls),
        names=(source.name, subject.name), families={},
    )  # fmt: skip


METHODS = ("shared-errors/", "model-equality/")


def repeated(one: Recording, places: list[int], times: int) -> Recording:
    """The recording with these questions asked again, as a transcript names repetitions."""
    more = [
        (replace(one.items[at], id=f"{one.items[at].id}#{number}"), one.outputs[at])
        for at in places
        for number in range(2, times + 1)
    ]
    return replace(
        one,
        items=(*one.items, *(item for item, _ in more)),
        outputs=(*one.outputs, *(output for _, output in more)),
    )


def test_repeating_what_two_strangers_share_moves_no_p() -> None:
    one, other = STRANGERS[:2]
    cells = zip(one.items, one.outputs, other.outputs, strict=True)
    shared = [at for at, (item, a, b) in enumerate(cells) if a == b != item.key]
    assert len(shared) > 20
    again = [repeated(each, shared, 4) for each in STRANGERS]
    once, often = (compare_pair(pair(each), QUESTION) for each in (STRANGERS, again))

    (found,) = [f for f in once.findings if f.method.startswith("shared-errors/")]
    (same,) = [f for f in often.findings if f.method.startswith("shared-errors/")]
    assert (same.observed, same.items) == (found.observed, found.items)
    assert f"counts: {3 * len(shared):,}" in " ".join(often.notes)


def test_who_reads_repetitions_sees_them() -> None:
    again = [repeated(each, list(range(12)), 12) for each in STRANGERS]
    often = compare_pair(pair(again), QUESTION)

    (found,) = [f for f in often.findings if f.method.startswith("model-equality/")]
    assert found.items == 12
    assert len(ModelEquality().repeated(again[0])[again[0].items[0].id.partition("#")[0]]) >= 10


def put(*items: Item) -> tuple[list[str], Readied]:
    one = Recording(name="one", items=items, outputs=("a",) * len(items))
    found = asked_once(Readied(pair=pair([one, replace(one, name="two"), *STRANGERS[2:]])))
    seen = found.pair if found.once is None else found.once
    return [item.id for item in seen.source.items], found


WORDS = {"prompt": "Draw."}


@pytest.mark.parametrize(
    ("items", "left"),
    [
        ([Item(id=f"q#{n}", **WORDS) for n in (1, 2, 3)], ["q#1"]),
        ([Item(id="q", **WORDS), Item(id="q#2", **WORDS)], ["q"]),
        ([Item(id="q"), Item(id="q#2"), Item(id="r#2")], ["q", "r#2"]),
        ([Item(id=f"algebra#{n}", prompt=f"{n}?") for n in (1, 2)], ["algebra#1", "algebra#2"]),
        ([Item(id="q", **WORDS), Item(id="q#2", key="A", **WORDS)], ["q", "q#2"]),
    ],
)
def test_what_is_a_repetition(items: list[Item], left: list[str]) -> None:
    names, found = put(*items)

    assert names == left
    assert bool(found.notes) is (len(left) < len(items))


def test_a_movement_that_cannot_be_computed_is_an_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every other method: its failure is not the end of the others."""

    def fails(*_: object, **__: object) -> None:
        raise np.linalg.LinAlgError("no convergence")

    monkeypatch.setattr(Movement, "compare_versions", fails)
    asked = pair(STRANGERS)
    plan = replace(asked.plan, methods=(*asked.plan.methods, Movement().id))
    earlier = replace(STRANGERS[1], name="older")
    found = compare_pair(replace(asked, plan=plan, earlier=earlier), QUESTION)

    (absent,) = [one for one in found.absent if one.method == Movement().id]
    assert "no convergence" in absent.reason
    assert [one for one in found.findings if one.method.startswith("shared-errors/")]
