"""A survey of recordings: a method that cannot compute is absent; repetitions move nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from filiation.libraries import survey as surveying
from filiation.model.recording import Recording
from filiation.model.survey import Survey
from methods.answers.population import Population

MODELS = Population(models=9, items=200).recordings(3)


def put(recordings: Sequence[Recording]) -> Survey:
    return surveying.survey(recordings, families={}, seed=0)


def test_what_a_method_cannot_compute_is_an_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Any:
        raise np.linalg.LinAlgError("no convergence")

    monkeypatch.setattr(surveying, "survey_pairs", fails)
    found = put(MODELS)

    assert found.pairs == ()
    assert ["no convergence" in one.reason for one in found.absent] == [True]


def test_repeating_a_question_moves_no_pair() -> None:
    def again(one: Recording) -> Recording:
        items = tuple(replace(item, id=f"{item.id}#2") for item in one.items[:60])
        return replace(one, items=(*one.items, *items), outputs=(*one.outputs, *one.outputs[:60]))

    once, often = put(MODELS), put([again(one) for one in MODELS])
    assert often.pairs == once.pairs
    assert "asked again, of which the first answer counts: 60" in " ".join(often.notes)
