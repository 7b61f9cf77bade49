"""However an answer is written, a grader's reading does not move, nor does any p."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from methods.answers.reading.forms import AROUND, COLLECTED, KINDS, NUMBERS, models, written

MODELS, ITEMS = 8, 60
FEW = {kind: models(kind, 3, count=MODELS, items=ITEMS) for kind in KINDS}
PARTIES = {"one": (0,), "the other": (1,), "both": (0, 1), "all": tuple(range(MODELS))}


def alike(recordings: Sequence[Recording]) -> np.ndarray:
    """Who answers as whom, and as the key, at each item: bool [models + 1, models + 1, items]."""
    answers = code_answers(recordings)
    codes = np.vstack([answers.codes, answers.key[None]])
    return (codes[:, None] == codes[None]) & (codes[:, None] >= 0)


BEFORE = {kind: alike(FEW[kind]) for kind in KINDS}


def test_there_are_many_families_of_forms() -> None:
    for kind, (_, own) in KINDS.items():
        assert len(own) + len(AROUND) + len(COLLECTED) >= 25, kind
        assert BEFORE[kind].any() and not BEFORE[kind].all()


@pytest.mark.parametrize("rows", PARTIES.values(), ids=PARTIES)
@pytest.mark.parametrize(
    ("kind", "form"),
    [(kind, name) for kind, (_, own) in KINDS.items() for name in (*own, *AROUND, *COLLECTED)],
)
def test_each_form_reads_alike(kind: str, form: str, rows: tuple[int, ...]) -> None:
    write = {**KINDS[kind][1], **AROUND, **COLLECTED}[form]
    changed = [written(m, [write]) if n in rows else m for n, m in enumerate(FEW[kind])]
    assert (alike(changed) == BEFORE[kind]).all()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_composed_forms_read_alike(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    rows = data.draw(st.sampled_from(sorted(PARTIES.values())))
    layers = (KINDS[kind][1], AROUND, COLLECTED)
    forms = [layer[data.draw(st.sampled_from(sorted(layer)))] for layer in layers]
    changed = [written(m, forms) if n in rows else m for n, m in enumerate(FEW[kind])]
    assert (alike(changed) == BEFORE[kind]).all()


@pytest.mark.parametrize("rows", [(0,), (0, 1), tuple(range(14))], ids=["one", "both", "all"])
def test_p_moves_no_more_than_with_the_seed(rows: tuple[int, ...]) -> None:
    plain = models("number", 5, count=14, items=300)
    forms = [NUMBERS["\\dfrac"], NUMBERS["thousands {,}"], AROUND["$boxed$"], COLLECTED["footer"]]
    changed = [written(m, forms) if n in rows else m for n, m in enumerate(plain)]
    before, after = (
        [_log_p(recordings, seed) for seed in range(6)] for recordings in (plain, changed)
    )
    scatter = max(before) - min(before)
    assert abs(np.mean(after) - np.mean(before)) <= scatter + 1e-9
    assert min(after) > math.log(0.01)


def _log_p(recordings: Sequence[Recording], seed: int) -> float:
    source, subject, *controls = recordings
    found = SharedErrors().compare(source, subject, controls, seed=seed)
    assert isinstance(found, Finding), found
    return found.log_p
