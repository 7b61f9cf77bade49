"""What every method promises, whatever it reads and whoever wrote it; run it against your own.

    from filiation.methods.contract import PROMISES, Cast, Trial

    CAST = Cast(source=.., child=.., stranger=.., controls=(..), renamed=..)

    @pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
    def test_my_method_keeps(promise):
        promise(Trial(MyMethod(), CAST))

A promise is a function that raises `AssertionError`, with the reason, where it is broken.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Final, Generic, TypeAlias, TypeVar, final

import numpy as np

from filiation.methods._protocol import ID, Method
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered

__all__ = ["PROMISES", "Cast", "Promise", "Trial"]

M = TypeVar("M")

SEED: Final = 7
SAME: Final = 1e-9  # relative: sums in another order
CHANCE: Final = 0.01  # p of the stranger at or below which something is wrong
FEW: Final = 3  # controls that are too few for any method that is calibrated on them


@final
@dataclass(frozen=True, kw_only=True)
class Cast(Generic[M]):
    """Who plays in the tests of one method.

    Attributes:
        source: The claimed source.
        child: Derived from the source, so plainly that the method must find it.
        stranger: Independent of the source and of every control.
        controls: Independent of one another too, and enough of them for the method.
        renamed: The same material under another name.
        level: Of p: the child is at it or below. A stranger is above one in a hundred.
    """

    source: M
    child: M
    stranger: M
    controls: tuple[M, ...]
    renamed: Callable[[M, str], M]
    level: float = 0.05


@final
class Trial(Generic[M]):
    """One method put to its cast; what several promises look at is computed once."""

    def __init__(self, method: Method[M], cast: Cast[M]) -> None:
        self.method, self.cast = method, cast

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Of the child and of the stranger, among all controls."""
        return {who: self.found(subject) for who, subject in self.subjects.items()}

    @property
    def subjects(self) -> dict[str, M]:
        return {"child": self.cast.child, "stranger": self.cast.stranger}

    def compare(self, subject: M, controls: Sequence[M]) -> Finding | Absent:
        return self.method.compare(self.cast.source, subject, controls, seed=SEED)

    def found(self, subject: M, controls: Sequence[M] | None = None) -> Finding:
        """What must not be absent, since the cast was made for this method."""
        out = self.compare(subject, self.cast.controls if controls is None else controls)
        if not isinstance(out, Finding):
            raise AssertionError(f"{out.method}: {out.kind} to its own cast: {out.reason}")
        return out


Promise: TypeAlias = Callable[[Trial[Any]], None]


def says_who_it_is(trial: Trial[M]) -> None:
    """The id parses, stands in every finding, and the kind of material that is read has a name."""
    name = trial.method.id
    _claim(ID.fullmatch(name), f"id {name!r}, expected stem/version;parameter=value;..")
    _claim(trial.method.reads, f"{name} reads no kind of material")
    for found in trial.findings.values():
        _claim(found.method == name, f"{name} signs a finding as {found.method}")


def has_its_words(trial: Trial[M]) -> None:
    """Title, question, explanation, what defeats it; parameters explained; why it is set aside."""
    name, words = trial.method.id, trial.method.words
    said = {"title": words.title, "explanation": words.explanation, "defeats": words.defeats}
    lacking = [part for part, text in said.items() if not text.strip()]
    _claim(not lacking, f"{name} has no {', '.join(lacking)}")
    _claim(words.question.endswith("?"), f"{name} asks {words.question!r}, which is no question")
    settings = [setting.partition("=")[0] for setting in name.split(";")[1:]]
    mute = sorted({*settings} - {key for key, meaning in words.parameters if meaning.strip()})
    _claim(not mute, f"{name} does not say what {', '.join(mute)} means")
    if "frame" in settings:
        _claim(words.frame_explanation, f"{name} does not explain its frame")
        _claim(words.frame_defeats, f"{name} does not say what defeats its frame")
    uncounted = any(not found.counts for found in trial.findings.values())
    _claim(uncounted == bool(words.aside), f"{name}: either it counts or it says why not")


def states_its_assumption(trial: Trial[M]) -> None:
    """The null says on what it rests, and how parts were combined; p keeps to its floor."""
    for who, found in trial.findings.items():
        name = f"{found.method}, {who}"
        _claim(len(found.null.because) > 40, f"{name}: no assumption is stated")
        _claim(len(found.combination) > 20, f"{name}: how parts are combined is not said")
        _claim(found.unit, f"{name}: what is counted is not said")
        low = found.null.log_floor * (1 + SAME)
        _claim(low <= found.log_p <= 0.0, f"{name}: log p is {found.log_p}, the floor {low}")


def finds_a_child_and_no_stranger(trial: Trial[M]) -> None:
    """At the level of the cast; a method whose null is equality finds the stranger instead."""
    near, far = "child", "stranger"
    if trial.method.words.null == "equality":
        near, far = far, near
    level, name = math.log(trial.cast.level), trial.method.id
    p = {who: found.log_p for who, found in trial.findings.items()}
    _claim(p[near] <= level, f"{name} does not find the {near}: p {math.exp(p[near]):.3g}")
    innocent = p[far] > max(p[near], math.log(CHANCE))
    _claim(innocent, f"{name} finds the {far}: p {math.exp(p[far]):.3g}")


def finds_the_same_again(trial: Trial[M]) -> None:
    """The same materials and seed give the same finding, word for word."""
    for who, found in trial.findings.items():
        again = trial.found(trial.subjects[who])
        _claim(found == again, f"{found.method} finds something else the second time ({who})")


def leaves_its_materials_alone(trial: Trial[M]) -> None:
    """A method is pure: nothing that it was given is changed."""
    cast = trial.cast
    given = (cast.source, cast.child, cast.controls)
    before = _flat(given)
    trial.compare(cast.child, cast.controls)
    _claim(_flat(given) == before, f"{trial.method.id} changes what it was given")


def no_name_moves_a_number(trial: Trial[M]) -> None:
    """Names are what reports say and nothing else."""
    cast = trial.cast
    renamed = replace(
        cast,
        source=cast.renamed(cast.source, "x"),
        child=cast.renamed(cast.child, "y"),
        stranger=cast.renamed(cast.stranger, "z"),
        controls=tuple(cast.renamed(c, f"k{n}") for n, c in enumerate(cast.controls)),
    )
    other = Trial(trial.method, renamed).findings
    for who, found in trial.findings.items():
        _alike(found, other[who], f"{found.method}: a name moves a number ({who})")


def no_order_of_controls_moves_a_number(trial: Trial[M]) -> None:
    """Controls are a set; one that is given twice counts once."""
    cast = trial.cast
    twice = (*cast.controls, cast.renamed(cast.controls[0], "again"))
    for who, found in trial.findings.items():
        turned = trial.found(trial.subjects[who], cast.controls[::-1])
        _alike(found, turned, f"{found.method}: the order of controls moves a number ({who})")
        doubled = trial.found(trial.subjects[who], twice)
        _alike(found, doubled, f"{found.method}: one control counts twice ({who})")


def sets_a_relative_aside(trial: Trial[M]) -> None:
    """A copy of the source, and a declared relative, stand for no innocent model, and it is said.

    A method whose null needs no controls finds what it found without them.
    """
    cast, name = trial.cast, trial.method.id
    with_copy = trial.found(cast.child, (*cast.controls, cast.renamed(cast.source, "copy")))
    alone = trial.compare(cast.child, ())
    if isinstance(alone, Finding):
        _alike(alone, with_copy, f"{name} needs no controls, and they move a number")
        return
    hidden = with_copy.log_p > math.log(cast.level)
    _claim(not hidden, f"{name}: a copy of the source among the controls hides the child")
    _claim("copy" in _aside(with_copy), f"{name} does not say that it set a copy aside")
    declared = trial.method.compare(
        cast.renamed(cast.source, "source"),
        cast.child,
        (cast.renamed(cast.controls[0], "kin"), *cast.controls[1:]),
        families={"source": "one family", "kin": "one family"},
        seed=SEED,
    )
    set_aside = _aside(declared) if isinstance(declared, Finding) else {"kin"}
    _claim("kin" in set_aside, f"{name} lets a declared relative stand as a control")


def says_when_it_cannot_tell(trial: Trial[M]) -> None:
    """With too few controls there is a finding or an absence with its reason; never an error."""
    for count in range(FEW + 1):
        out = trial.compare(trial.cast.child, trial.cast.controls[:count])
        name = f"{trial.method.id}, {count} controls"
        if isinstance(out, Finding):
            _claim(not _aside(out) and not _controls(out), f"{name}: so few are no line-up")
            continue
        known = isinstance(out, Inapplicable | Underpowered)
        _claim(known, f"{name}: found {out!r}, expected inapplicable or underpowered")
        _claim(out.method == trial.method.id, f"{name}: signs an absence as {out.method}")
        _claim(len(out.reason) > 20, f"{name}: {out.reason!r} is no reason")


def prints_numbers_only(trial: Trial[M]) -> None:
    """Nothing in a finding is NaN or infinite."""
    for who, found in trial.findings.items():
        floats = [part for part in _flat(found) if isinstance(part, float)]
        odd = [value for value in floats if not math.isfinite(value)]
        _claim(not odd, f"{found.method} holds {odd[:3]} ({who})")


PROMISES: Final[tuple[Promise, ...]] = (
    says_who_it_is,
    has_its_words,
    states_its_assumption,
    finds_a_child_and_no_stranger,
    finds_the_same_again,
    leaves_its_materials_alone,
    no_name_moves_a_number,
    no_order_of_controls_moves_a_number,
    sets_a_relative_aside,
    says_when_it_cannot_tell,
    prints_numbers_only,
)


def _controls(found: Finding) -> set[str]:
    return {place.name for place in found.lineup if place.who == "control"}


def _aside(found: Finding) -> set[str]:
    """Who was set aside, if it is said why."""
    return {place.name for place in found.lineup if place.who == "relative" and place.reason}


def _alike(one: Finding, other: Finding, broken: str) -> None:
    for a, b in ((one.log_p, other.log_p), (one.observed, other.observed)):
        _claim(math.isclose(a, b, rel_tol=SAME, abs_tol=SAME), f"{broken}: {a:.9g}, then {b:.9g}")


def _claim(holds: object, broken: str) -> None:
    if not holds:
        raise AssertionError(broken)


def _flat(value: object) -> tuple[object, ...]:
    """Every part of a value, in one row."""
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(part for f in fields(value) for part in _flat(getattr(value, f.name)))
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, Mapping):
        return tuple(part for pair in value.items() for part in _flat(pair))
    if isinstance(value, list | tuple):
        return tuple(part for entry in value for part in _flat(entry))
    return (value,)
