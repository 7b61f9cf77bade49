"""Does the contract notice a method that breaks it? Good methods, each spoilt in one way."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from contract.casts import CASTS
from filiation.methods import METHODS, Method
from filiation.methods.contract import PROMISES, Trial
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding, Place
from filiation.model.words import MethodWords

Spoil = Callable[[Finding, Any, Any, Sequence[Any]], Finding | Absent]
COUNT = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """A method of ours whose findings, words or id are changed on their way out."""

    inner: Method[Any]
    spoil: Spoil
    id: str
    words: MethodWords
    reads: str = "answers"

    def compare(
        self,
        source: Any,
        subject: Any,
        controls: Sequence[Any] = (),
        *,
        families: Mapping[str, str] = {},
        seed: int,
    ) -> Finding | Absent:
        out = self.inner.compare(source, subject, controls, families=families, seed=seed)
        return self.spoil(out, source, subject, controls) if isinstance(out, Finding) else out


def spoilt(stem: str, spoil: Spoil = lambda found, *_: found, **more: Any) -> Spoilt:
    inner = next(method for method in METHODS if method.id.startswith(stem))
    said = {"id": inner.id, "words": inner.words, **more}
    return Spoilt(inner=inner, spoil=spoil, **said)


def moved(found: Finding, by: float) -> Finding:
    return replace(found, log_p=max(found.null.log_floor, min(0.0, found.log_p + by)))


def scribble(found: Finding, source: Any, subject: Any, controls: Sequence[Any]) -> Finding:
    source.samples["scribbled"] = source.anchor_rows
    return found


def kin_stays(found: Finding, *_: Any) -> Finding:
    stands = tuple(replace(p, who="control") if p.who == "relative" else p for p in found.lineup)
    return replace(found, lineup=stands)


CONTROL = Place(name="m0", who="control", observed=0.0, z=0.0)
EXACT, LINED_UP = "unit-order", "token-agreement"
WORDS = next(method for method in METHODS if method.id.startswith(EXACT)).words


def unmeasured(layers: tuple[LayerFinding, ...]) -> tuple[LayerFinding, ...]:
    return tuple(replace(layer, observed=float(np.nan)) for layer in layers)


BROKEN: dict[str, list[Spoilt]] = {
    "says_who_it_is": [
        spoilt(EXACT, id="Unit Order"),
        spoilt(EXACT, lambda found, *_: replace(found, method="another/1")),
    ],
    "has_its_words": [
        spoilt(EXACT, words=replace(WORDS, title=" ")),
        spoilt(EXACT, words=replace(WORDS, question="How many.")),
        spoilt(EXACT, words=replace(WORDS, parameters=())),
        spoilt(EXACT, words=replace(WORDS, frame_explanation="")),
        spoilt(EXACT, lambda found, *_: replace(found, counts=False)),
    ],
    "states_its_assumption": [
        spoilt(EXACT, lambda f, *_: replace(f, null=replace(f.null, because="trust us"))),
        spoilt(EXACT, lambda found, *_: replace(found, combination="")),
    ],
    "finds_a_child_and_no_stranger": [
        spoilt(EXACT, lambda found, *_: replace(found, log_p=0.0)),
        spoilt(EXACT, lambda found, *_: replace(found, log_p=found.null.log_floor)),
        spoilt("model-equality", words=WORDS),
    ],
    "finds_the_same_again": [
        spoilt(EXACT, lambda found, *_: replace(found, observed=float(next(COUNT))))
    ],
    "leaves_its_materials_alone": [spoilt(EXACT, scribble)],
    "no_name_moves_a_number": [
        spoilt(EXACT, lambda found, source, *_: replace(found, observed=len(source.name)))
    ],
    "no_order_of_controls_moves_a_number": [
        spoilt(EXACT, lambda f, a, b, controls: replace(f, observed=float(len(controls)))),
        spoilt(
            EXACT,
            lambda f, a, b, controls: replace(f, observed=float(int(controls[0].digest[:8], 16))),
        ),
    ],
    "sets_a_relative_aside": [
        spoilt(LINED_UP, kin_stays),
        spoilt(EXACT, lambda f, a, b, controls: moved(f, float(len(controls)))),
    ],
    "says_when_it_cannot_tell": [
        spoilt(EXACT, lambda f, *_: Inapplicable(method=f.method, reason="no")),
        spoilt(EXACT, lambda found, *_: replace(found, lineup=(CONTROL,))),
    ],
    "prints_numbers_only": [
        spoilt(EXACT, lambda found, *_: replace(found, layers=unmeasured(found.layers)))
    ],
}


@pytest.mark.parametrize(
    ("promise", "method"),
    [(name, method) for name, methods in BROKEN.items() for method in methods],
    ids=lambda value: value if isinstance(value, str) else value.inner.id.partition("/")[0],
)
def test_a_broken_promise_is_noticed(promise: str, method: Spoilt) -> None:
    keeps = next(p for p in PROMISES if p.__name__ == promise)
    with pytest.raises(AssertionError):
        keeps(Trial(method, CASTS[method.inner.id.partition("/")[0]]()))


def test_every_promise_is_broken_once() -> None:
    assert {*BROKEN} == {promise.__name__ for promise in PROMISES}
