"""What both methods on log-probabilities promise beyond the common contract."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from filiation.methods import Method
from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
from methods.answers.invented_tokens import Invented, ask, child, crowd, model, student

METHODS = (TokenAgreement(), OutputSubspace())
pytestmark = pytest.mark.parametrize("method", METHODS, ids=lambda m: m.id.split("/")[0])


@pytest.fixture(scope="module")
def parent() -> Invented:
    return model("parent", 1)


@pytest.fixture(scope="module")
def controls() -> list[Recording]:
    return crowd(2, 8)


def compare(
    method: Method, a: Recording, b: Recording, controls: list[Recording], **more: object
) -> Finding | Absent:
    return method.compare(a, b, controls, families={}, seed=0)


def test_without_log_probabilities_it_is_inapplicable(
    method: Method, parent: Invented, controls: list[Recording]
) -> None:
    mute = replace(ask(model("mute", 4)), logprobs=())
    out = compare(method, ask(parent), mute, controls)

    assert isinstance(out, Inapplicable)
    assert "no log-probabilities of mute" in out.reason


def test_few_controls_are_underpowered(
    method: Method, parent: Invented, controls: list[Recording]
) -> None:
    out = compare(method, ask(parent), ask(model("b", 5)), controls[:3])

    assert isinstance(out, Underpowered)
    assert "at least 5" in out.reason


def test_the_few_likeliest_tokens_do_not_span_a_space(method: Method, parent: Invented) -> None:
    a, b = ask(parent, top=5), ask(child(parent, "child", 3, 0.05), top=5)
    out = compare(method, a, b, crowd(2, 8, top=5))

    if isinstance(method, OutputSubspace):
        assert isinstance(out, Inapplicable)
        assert "do not span the space" in out.reason
    else:
        assert isinstance(out, Finding)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda m: ask(m, places=10), "is not seen in 10 places"),
        (lambda m: ask(m, digits=0), "is not seen in 120 places"),
    ],
)
def test_a_space_that_is_not_seen_is_underpowered(
    method: Method,
    parent: Invented,
    controls: list[Recording],
    spoil: Callable[[Invented], Recording],
    said: str,
) -> None:
    out = compare(method, spoil(parent), ask(model("b", 5)), controls)

    if isinstance(method, OutputSubspace):
        assert isinstance(out, Underpowered)
        assert said in out.reason


def test_a_student_of_outputs_agrees_with_its_teacher(
    method: Method, parent: Invented, controls: list[Recording]
) -> None:
    """Of another initialisation and another width: agreement is no evidence of weights."""
    out = compare(method, ask(parent), ask(student(parent, "student", 31, 1.0)), controls)

    assert isinstance(out, Finding)
    if isinstance(method, TokenAgreement):
        assert out.log_p <= math.log(0.02)
        assert out.lineup[0].who == "subject"
