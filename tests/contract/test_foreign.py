"""What another package does wrong is said in its name; it is not believed, and ends nothing."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builders
import filiation as fl
import toys
from command import Command
from filiation.errors import CaseError, FindingError, UsageError
from filiation.examining.pair import ask, compare_weights
from filiation.examining.plan import plan_bytes
from filiation.methods import METHODS, all_methods, method_named
from filiation.methods.weights.unit_sign import UnitSign
from filiation.model.finding import Finding, Unreadable
from filiation.model.null import Exact
from filiation.model.plan import Plan, PlannedQuestion, Propositions
from plugged import install, written

GROUP = "filiation.methods"
HEAD = """
from filiation.model.finding import Finding, Inapplicable
from filiation.model.null import Exact
from filiation.model.words import MethodWords
class M:
    id = "zz/1"
    reads = "weights"
    words = MethodWords(title="Title", question="q?", explanation="e", defeats="d")
    def found(self, log_p=-1.0, floor=-1e6, method="zz/1", observed=1.0, **more):
        null = Exact(distribution="d", because="b", log_floor=floor)
        return Finding(method=method, observed=observed, unit="u", null=null, log_p=log_p,
                       combination="c", **more)
    def compare(self, source, subject, controls=(), *, families=None, seed):
"""
GOOD = "        return self.found()\n"
TAIL = "\nGIVEN = [M()]\n"
DOES = {
    "raise ValueError('boom \\x1b[31m')": "raised ValueError: boom ?[31m",
    "raise SystemExit(0)": "raised SystemExit: 0",
    "raise ValueError(object())": "object object at 0x..",
    "return None": "gave NoneType",
    "return 3.0": "gave float",
    "return type('F', (Finding,), {})": "gave type",
    "return self.found(method='unit-sign/1')": "signed what it said as unit-sign/1",
    "return Inapplicable(method='zz/1', reason='\\ud800')": "no record can hold",
    "return Inapplicable(method='zz/1', reason=5)": "no record can hold",
    "return self.found(items='many')": "no record can hold",
    "return self.found(layers=[])": "no record can hold",
    "return self.found(observed=float('nan'))": "observed is nan",
    "return self.found(observed=float('inf'))": "observed is inf",
    "return self.found(log_p=float('nan'))": "log p is nan",
    "return self.found(log_p=-50.0, floor=-2.0)": "log p is -50",
    "return self.found(log_p=-1e300, floor=-1e308)": "supports log p of -1e+308",
    "return self.found(floor=float('-inf'))": "no record can hold",
}
EQUALITY = "\nM.words = MethodWords(title='t', question='q?', explanation='e', defeats='d', null='equality')"  # noqa: E501


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a package of one module with this code."""

    def does(code: str, group: str = GROUP) -> None:
        monkeypatch.delitem(sys.modules, "strange", raising=False)
        install(written(tmp_path / "strange", "strange", code, group), tmp_path / "s", monkeypatch)

    return does


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom; the package strange is broken"),
        ("raise SystemExit(0)", "SystemExit: 0; the package strange"),
        ("raise ValueError('v')", "ValueError: v"),
        ("def (", "SyntaxError"),
    ],
)
@pytest.mark.parametrize("group", [GROUP, "filiation.kinds"])
def test_what_it_raises_when_loaded_is_said(
    given, filiation: Command, tmp_path: Path, line: str, said: str, group: str
) -> None:
    given(line, group)
    model = builders.write_folder(tmp_path / "one", builders.llama())
    done = filiation("examine", model, "--source", model, "--out", tmp_path / "out")

    assert done.code == 2
    told = " ".join(done.err.split())
    assert said in told and f"entry point given of {group}: strange:GIVEN" in told


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("M.id = 5", "its id is 5"),
        ("M.id = 'zz-\\x1b[31m/1'", "its id is 'zz-"),
        ("M.id = 'zz/1;x=\\ud800'", "its id is 'zz/1"),
        ("M.reads = None", "zz/1 reads None"),
        ("M.words = 'not words'", "its words are str, expected MethodWords"),
        (
            "from dataclasses import replace\nM.words = replace(M.words, title='\\ud800')",
            "no record",
        ),
        ("from dataclasses import replace\nM.words = replace(M.words, title=7)", "no record"),
        ("from dataclasses import replace\nM.words = replace(M.words, title='T' * 10**6)", "bytes"),
        ("from dataclasses import replace\nM.words = replace(M.words, null='x')", "no record"),
        ("M.words = property(lambda self: 1 / 0)", "ZeroDivisionError"),
    ],
)
def test_who_cannot_stand_in_a_record_is_refused(given, more: str, said: str) -> None:
    given(f"{HEAD}{GOOD}{more}{TAIL}")

    with pytest.raises(UsageError) as refused:
        all_methods()
    assert said in str(refused.value) and "strange:GIVEN" in str(refused.value)


def said_by(name: str) -> Finding | Unreadable:
    one, two = (toys.sketch(toys.born(n, layers=1, units=16)) for n in (1, 2))
    out = ask(method_named(name), one, two, seed=0)
    assert isinstance(out, Finding | Unreadable)
    return out


@pytest.mark.parametrize("line", DOES)
def test_what_it_does_wrong_is_an_absence_with_its_name(given, line: str) -> None:
    given(f"{HEAD}        {line}{TAIL}")

    out = said_by("zz/1")
    assert isinstance(out, Unreadable) and out.method == "zz/1"
    assert out.reason.startswith("zz/1, a method of another package, ")
    assert DOES[line] in out.reason


def test_a_finding_about_sameness_may_not_count(given) -> None:
    given(f"{HEAD}{GOOD}{EQUALITY}{TAIL}")

    out = said_by("zz/1")
    assert isinstance(out, Unreadable) and "counts" in out.reason


def test_it_is_given_copies(given) -> None:
    given(
        f"{HEAD}        object.__setattr__(subject, 'layers', source.layers)\n"
        f"        subject.samples.clear()\n{GOOD}{TAIL}"
    )
    one, two = (toys.sketch(toys.born(n, layers=1, units=16)) for n in (1, 2))
    layers, samples = two.layers, dict(two.samples)

    assert isinstance(ask(method_named("zz/1"), one, two, seed=0), Finding)
    assert two.layers is layers and two.samples.keys() == samples.keys()


def test_an_examination_goes_on_without_it(given, filiation: Command, tmp_path: Path) -> None:
    given(f"{HEAD}        raise SystemExit(0){TAIL}")
    one, two = (
        builders.write_folder(tmp_path / name, builders.llama(seed=seed))
        for name, seed in (("one", 0), ("two", 100))
    )
    done = filiation("examine", one, "--source", two, "--out", tmp_path / "out", "--json")

    assert done.code == 0, done.err
    absent = {a["method"]: a for a in done.json["conclusions"][0]["absent"]}
    assert "raised SystemExit: 0" in absent["zz/1"]["reason"]
    assert len(done.json["conclusions"][0]["findings"]) > 0
    assert filiation("verify", tmp_path / "out").code == 0


def test_a_record_whose_method_is_not_here_is_refused_by_name(
    given, filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(sys.path)
    given(f"{HEAD}{GOOD}{TAIL}")
    one, two = (
        builders.write_folder(tmp_path / name, builders.llama(seed=seed))
        for name, seed in (("one", 0), ("two", 100))
    )
    assert filiation("examine", one, "--source", two, "--out", tmp_path / "out").code == 0
    monkeypatch.setattr(sys, "path", before)
    done = filiation("verify", tmp_path / "out")

    assert done.code == 3
    assert "method zz/1 is not installed here" in " ".join(done.err.split())
    with pytest.raises(CaseError, match="zz/1 is not installed here"):
        method_named("zz/1")


def test_the_doctor_names_a_method_that_is_never_run(given, filiation: Command) -> None:
    section = "methods of other packages"
    assert section not in filiation("doctor", "--json").json
    given(f"{HEAD}{GOOD}M.reads = 'spells'{TAIL}")
    told = filiation("doctor", "--json").json[section]

    assert told == {"zz/1": "reads spells, not installed: never run"}


def test_the_doctor_names_a_package_that_is_broken(given, filiation: Command) -> None:
    given("raise RuntimeError('boom')")
    done = filiation("doctor")

    assert done.code == 0 and "RuntimeError: boom" in done.out


def test_numbers_that_ours_cannot_compute_are_an_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise np.linalg.LinAlgError("no convergence")

    monkeypatch.setattr(UnitSign, "compare", fails)
    one, two = (toys.sketch(toys.born(n, layers=1, units=16)) for n in (1, 2))
    compared = compare_weights(one, two, seed=0)
    (absent,) = [a for a in compared.absent if a.method == UnitSign().id]

    assert isinstance(absent, Unreadable) and "no convergence" in absent.reason


@pytest.mark.parametrize("error", [np.linalg.LinAlgError, FloatingPointError])
@pytest.mark.parametrize("fails", METHODS, ids=lambda method: method.id.partition("/")[0])
def test_whichever_fails_the_others_answer(
    fails: Any, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object, **__: object) -> None:
        raise error("no convergence")

    monkeypatch.setattr(type(fails), "compare", no)
    said = ask(fails, None, None, seed=0)

    assert isinstance(said, Unreadable) and said.method == fails.id
    assert "could not compute its numbers" in said.reason and "no convergence" in said.reason


def test_our_own_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise FindingError("a broken law")

    monkeypatch.setattr(UnitSign, "compare", fails)
    with pytest.raises(FindingError):
        compare_weights(*(toys.sketch(toys.born(1, layers=1, units=16)) for _ in "ab"), seed=0)


@pytest.mark.parametrize("observed", [math.nan, math.inf, -math.inf])
def test_a_finding_observed_something(observed: float) -> None:
    null = Exact(distribution="d", because="b", log_floor=-9.0)
    good = Finding(method="m/1", observed=1.0, unit="u", null=null, log_p=-1.0, combination="c")

    with pytest.raises(FindingError, match="expected a finite number"):
        replace(good, observed=observed)


def test_ours_are_not_behind_the_guard() -> None:
    assert all_methods() == METHODS


def test_a_plan_that_is_no_unicode_is_a_sentence() -> None:
    said = Propositions(derivation="\ud800", independence="i")
    asked = PlannedQuestion(kind="weights", propositions=said, methods=("zz/1",))

    with pytest.raises(UsageError, match="cannot be written down"):
        plan_bytes(Plan(questions=(asked,), exhibits=()))


@pytest.mark.parametrize("families", [{"\ud800": "x"}, {"one": "\ud800"}], ids=["model", "family"])
def test_families_that_are_no_unicode_are_a_sentence(
    tmp_path: Path, families: dict[str, str]
) -> None:
    one, two = (
        builders.write_folder(tmp_path / name, builders.llama(seed=seed))
        for name, seed in (("one", 0), ("two", 100))
    )
    with pytest.raises(UsageError, match="cannot be written down"):
        fl.examine(one, source=two, families=families).save(tmp_path / "out")
    assert not (tmp_path / "out").exists()
