import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.methods.answers.structure import (
    COUNTED,
    FEATURES,
    NEEDED,
    PRESENT,
    WHOLE,
    Structure,
    all_pairs,
    habits,
)
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
from methods.answers.invented_texts import recording

METHOD = Structure()


def laid_out(name: str, seed: int, *, parent: int | None = None, kept: float = 0.0) -> Recording:
    """Answers with random layout; a child takes its parent's layout in the share `kept`."""
    outputs = []
    for prompt in range(40):
        own = np.random.default_rng([seed, prompt])
        rng = own
        if parent is not None and own.random() < kept:
            rng = np.random.default_rng([parent, prompt])
        parts = ["## Title"] if rng.random() < 0.3 else []
        parts += ["Sure, here is what you asked for."] if rng.random() < 0.4 else []
        mark = str(rng.choice(["- ", "1. ", "* ", ""]))
        parts += [
            f"{mark}{' '.join(['word'] * int(rng.integers(3, 30)))}."
            for _ in range(rng.integers(1, 9))
        ]
        parts += ["I hope this helps!"] if rng.random() < 0.3 else []
        outputs.append(str(rng.choice(["\n", "\n\n"])).join(parts))
    return recording(name, outputs)


@pytest.fixture(scope="module")
def controls() -> list[Recording]:
    return [laid_out(f"m{n}", 100 + n) for n in range(19)]


def test_one_number_for_each_feature() -> None:
    for text in ("", "Sure! **Bold**\n\n1. One\n- two", "字" * 50_000, "\ud800", "a" * 1_000_000):
        assert habits(text).shape == (len(FEATURES),)
        assert np.isfinite(habits(text)).all()
    assert len(set(FEATURES)) == len(FEATURES)


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("# Head\ntext", "heading"),
        ("- one\n- two", "dash item"),
        ("1. one\n2. two", "numbered item"),
        ("Sure, I can.", "opens sure"),
        ("Text.\n\nI hope this helps!", "closes hope"),
        ("```py\nx\n```", "code fence"),
        ("well \U0001f600", "emoji"),
        ("perhaps it may", "hedge"),
        ("However, no.", "contrast"),
        ("a | b\n| c | d |", "table row"),
        ("To be, or not?", "ends question"),
    ],
)
def test_features_see_what_they_are_named_after(text: str, feature: str) -> None:
    place = FEATURES.index(feature)

    assert habits(text)[place] > 0
    assert habits("Plain words here.")[place] == 0


def test_the_child_stands_first_and_p_is_its_rank(controls: list[Recording]) -> None:
    source, child = laid_out("s", 1), laid_out("c", 2, parent=1, kept=0.6)
    found = METHOD.compare(source, child, controls, families={}, seed=0)

    assert isinstance(found, Finding)
    assert found.lineup[0].who == "subject"
    assert found.log_p == pytest.approx(math.log(1 / 20))
    assert found.null.log_floor == pytest.approx(math.log(1 / 20))


def test_many_controls_give_a_calibrated_z() -> None:
    many = [laid_out(f"m{n}", 100 + n) for n in range(52)]
    source, child = laid_out("s", 1), laid_out("c", 2, parent=1, kept=0.6)
    found = METHOD.compare(source, child, many, families={}, seed=0)

    assert isinstance(found, Finding)
    assert found.log_p < math.log(1 / 53)
    assert "Student" in found.combination


def test_ties_count_against_the_accusation(controls: list[Recording]) -> None:
    """Everybody answers alike: the rank is the last, not the first, or all are one family."""
    same = [replace(controls[0], name=f"x{n}") for n in range(3)]
    varied = [
        replace(c, outputs=(f"{n} only", *controls[0].outputs[1:])) for n, c in enumerate(controls)
    ]
    found = METHOD.compare(same[0], varied[0], varied[1:], families={}, seed=0)

    assert isinstance(found, Underpowered) or found.log_p > math.log(0.2)


def test_absences(controls: list[Recording]) -> None:
    source = laid_out("s", 1)
    mute = recording("mute", [None] * 40)

    assert isinstance(METHOD.compare(source, mute, controls, families={}, seed=0), Inapplicable)
    few = METHOD.compare(source, laid_out("c", 2), controls[:3], families={}, seed=0)
    assert isinstance(few, Underpowered) and "record 2 more" in few.reason


def test_all_pairs_finds_the_child(controls: list[Recording]) -> None:
    models = [laid_out("s", 1), laid_out("c", 2, parent=1, kept=0.7), *controls]
    found = all_pairs(models, {}, 0)

    assert found.log_p[0, 1] == found.log_p.min()


@pytest.mark.parametrize("name", NEEDED)
@settings(max_examples=20)
@given(data=st.data())
def test_no_pattern_fits_a_text_that_lacks_what_it_needs(name: str, data: st.DataObject) -> None:
    """Those texts are passed over unread."""
    pattern = re.compile({**COUNTED, **PRESENT}[name])
    text = data.draw(st.from_regex(pattern))
    looked = text.casefold() if name in WHOLE else text
    assert any(needed in looked for needed in NEEDED[name])
