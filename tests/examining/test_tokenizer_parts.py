"""A part that was taken over is told though the test misses it, and a stranger's crumbs are not."""

import numpy as np
import pytest

import bpe
from filiation.examining.tokenizers.heritage import heritage
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.finding import Finding
from filiation.model.vocabulary import Vocabulary


def trained(text: int, size: int, language: int = 0) -> list[bytes]:
    pairs = bpe.merges(bpe.text(bpe.language(language), text), size)
    return list(dict.fromkeys(a + b for a, b in pairs))


@pytest.fixture(scope="module")
def made() -> list[bytes]:
    return trained(0, 2_500)


def told(source: Vocabulary, subject: Vocabulary, *controls: Vocabulary) -> str:
    return "\n".join(heritage(source, subject, controls))


@pytest.mark.parametrize("first", [0, 700])
def test_a_third_of_the_order_is_told_though_no_p_sees_it(made: list[bytes], first: int) -> None:
    rng = np.random.default_rng(1)
    taken, rest = made[first : first + 800], [*made[:first], *made[first + 800 :]]
    mixed = [rest[n] for n in rng.permutation(len(rest))]
    source = bpe.vocabulary("source", made)
    thief = bpe.vocabulary("thief", [*mixed[:first], *taken, *mixed[first:]])
    outcome = MergeOrder().compare(source, thief, seed=0)
    assert isinstance(outcome, Finding) and outcome.log_p > np.log(1e-6)
    assert "a part that was taken over looks so" in told(source, thief)


def test_trainings_on_other_text_and_whole_copies_show_no_stretch(made: list[bytes]) -> None:
    source = bpe.vocabulary("source", made)
    for other in (trained(3, 2_500), trained(4, 2_500, language=5), made[::2]):
        assert "a part that was taken over" not in told(source, bpe.vocabulary("other", other))


def test_a_few_neighbours_that_a_control_keeps_too_are_no_order(made: list[bytes]) -> None:
    """Strangers keep a handful; a control that keeps the same handful has nobody's order."""
    source = bpe.vocabulary("source", made)
    tail = made[5:][::-1]
    stranger = bpe.vocabulary("stranger", [*made[:5], *tail])
    control = bpe.vocabulary("control", [*made[:5], *tail[7:], *tail[:7]])
    said = told(source, stranger, control)
    assert "has their order too" not in said
    assert "control keeps" in said
    assert "has their order too" in told(source, source, bpe.vocabulary("third", made))
