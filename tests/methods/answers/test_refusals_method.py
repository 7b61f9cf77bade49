import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.methods.answers.refusals import Refusals, joint_refusals, refusal_matrix
from filiation.methods.answers.refusals import refusals_and_answers as reading
from filiation.methods.answers.texts import align
from filiation.model.ending import Ending
from filiation.model.finding import Finding, Underpowered
from filiation.model.recording import Recording
from methods.answers.invented_texts import recording

METHOD = Refusals(draws=99)
PROMPTS = 80
STOCK = (
    "I'm sorry, but I can't assist with that.",
    "I cannot help with this request.",
    "As an AI language model, I cannot provide that.",
)


def cautious(
    name: str, seed: int, *, parent: Recording | None = None, kept: float = 0.0, own_words: int = 0
) -> Recording:
    """Refuses by sensitivity of the prompt, caution of the model, and chance."""
    rng = np.random.default_rng([seed, 9])
    sensitivity = np.random.default_rng(4).normal(size=PROMPTS)
    caution = rng.normal() * 0.5
    outputs = []
    for prompt in range(PROMPTS):
        refused = sensitivity[prompt] + caution + rng.logistic() > 0.3
        if parent is not None and rng.random() < kept:
            outputs.append(str(parent.outputs[prompt]))
        elif refused:
            template = STOCK[int(rng.integers(3))]
            reason = " ".join(f"r{w}" for w in rng.integers(0, 60, 6 + own_words))
            outputs.append(f"{template} The reason is {reason}.")
        else:
            outputs.append("Sure, here it is: " + " ".join(f"w{w}" for w in rng.integers(0, 99, 9)))
    return recording(name, outputs)


def crowd(seed: int, count: int) -> list[Recording]:
    return [cautious(f"m{n}", 100 * seed + n) for n in range(count)]


def test_a_child_is_found_by_what_it_refuses_and_how() -> None:
    source = cautious("source", 1)
    child = cautious("child", 2, parent=source, kept=0.7)
    found = METHOD.compare(source, child, crowd(3, 14), families={}, seed=0)

    assert isinstance(found, Finding)
    assert found.log_p < math.log(0.01)
    assert "Wording of" in found.combination and found.instances
    assert found == METHOD.compare(source, child, crowd(3, 14)[::-1], families={}, seed=0)


def test_size() -> None:
    found = []
    for world in range(30):
        models = crowd(50 + world, 11)
        out = METHOD.compare(models[0], models[1], models[2:], families={}, seed=0)
        assert isinstance(out, Finding), out
        found.append(out.log_p)

    for alpha in (0.05, 0.2):
        hits = int(np.count_nonzero(np.array(found) <= math.log(alpha)))
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6


def test_never_refusing_says_nothing_and_what_would() -> None:
    source = cautious("source", 1)
    meek = recording("meek", ["Sure, here it is."] * PROMPTS)
    out = METHOD.compare(source, meek, crowd(3, 9), families={}, seed=0)

    assert isinstance(out, Underpowered)
    assert "meek refused 0 of the 80" in out.reason


def test_refusing_everything_says_nothing() -> None:
    wall = recording("wall", [STOCK[0]] * PROMPTS)
    out = METHOD.compare(cautious("source", 1), wall, crowd(3, 9), families={}, seed=0)

    assert isinstance(out, Underpowered)


def test_few_joint_refusals_leave_the_wording_out() -> None:
    models = [
        recording(
            f"m{n}",
            [STOCK[0] if (p * 7 + n * 11) % 13 == 0 else "Sure: yes." for p in range(PROMPTS)],
        )
        for n in range(9)
    ]
    out = METHOD.compare(models[0], models[1], models[2:], families={}, seed=0)

    assert isinstance(out, Finding)
    assert "wording of" in out.skipped[-1]


def test_expected_joint_refusals_against_enumeration() -> None:
    """All matrices with the margins of a small one, counted."""
    matrix = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1]], dtype=bool)
    rows, columns = matrix.sum(axis=1), matrix.sum(axis=0)
    space = [
        m
        for bits in itertools.product((0, 1), repeat=12)
        if ((m := np.array(bits).reshape(3, 4)).sum(axis=1) == rows).all()
        and (m.sum(axis=0) == columns).all()
    ]
    together = np.array([(m @ m.T)[0, 1] for m in space])

    table = joint_refusals(matrix, np.ones_like(matrix), 4_000, np.random.default_rng(0))

    expected = math.log((1 + 1.0) / (together.mean() + 1.0))
    assert table.values[0, 1] == pytest.approx(expected, abs=0.02)


def test_what_a_provider_marks_is_a_refusal_in_any_words_and_half_an_answer_is_none() -> None:
    texts = ("Sure, take", "Not today.", STOCK[0], "Let me look.", "Take the")
    ends = (Ending.FILTERED, Ending.DECLINED, Ending.DECLINED, Ending.CALLED, Ending.CUT)
    marked = replace(recording("marked", list(texts)), endings=ends)
    plain = recording("plain", list(texts))
    aligned = align([marked, plain, plain], seed=0, reading=reading)
    refused, answered = refusal_matrix(aligned)
    assert refused[0].tolist() == [True, True, True, False, False]
    assert answered[0].tolist() == [True, True, True, False, True]
    assert refused[1].tolist() == [False, False, True, False, False]


def test_two_filters_share_no_wording() -> None:
    """A filter's stops are alike for all; only words that a model wrote are compared."""
    source, subject = cautious("source", 1), cautious("subject", 2)
    others = crowd(3, 14)
    stopped = [
        replace(
            r,
            outputs=tuple(
                "The very same half of an answer" if _declines(o) else o for o in r.outputs
            ),
            endings=tuple(Ending.FILTERED if _declines(o) else Ending.WHOLE for o in r.outputs),
        )
        for r in (source, subject)
    ]
    found = METHOD.compare(stopped[0], stopped[1], others, families={}, seed=0)
    assert isinstance(found, Finding)
    assert "wording of" in found.skipped[-1]
    assert not found.instances


def _declines(output: str | None) -> bool:
    return output is not None and not output.startswith("Sure")
