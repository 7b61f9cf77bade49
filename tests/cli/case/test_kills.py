"""kill -9 at any line of any mutating verb: the case verifies afterwards and goes on."""

import os
import shutil
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from casefile.records import ACME, claim, small_case
from cli.case.conftest import Walked, at_home, typed
from cli.case.walk import STEPS, Step
from filiation.casefile.check import check_record
from filiation.casefile.record import Record
from filiation.numerics.rng import stream

TRACED = ("/filiation/casefile/", "/filiation/cli/case/", "/filiation/proceedings/")
MUTATING = tuple(step for step in STEPS if step[:2] != ("stamp", "request"))


def in_child(act: Callable[[], object]) -> int:
    """Run in a forked child; return its wait status."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads, from 3.12
        child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def tracing(die_at: int) -> Callable[..., Any]:
    """A trace function that kills its own process at a line of ours."""
    passed = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal passed
        if not any(part in frame.f_code.co_filename for part in TRACED):
            return None
        if event == "line":
            passed += 1
            if passed == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def lines_of(folder: Path, step: Step) -> int:
    """How many lines of ours a verb passes when nothing kills it."""
    counted = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal counted
        if not any(part in frame.f_code.co_filename for part in TRACED):
            return None
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        typed(folder, step)
    finally:
        sys.settrace(before)
    return counted


def die_in(folder: Path, step: Step, line: int) -> int:
    def act() -> None:
        trace = tracing(line)
        threading.settrace(trace)
        sys.settrace(trace)
        typed(folder, step)

    return in_child(act)


def goes_on(folder: Path) -> None:
    """The case verifies; the next event is taken; the case verifies without a remark on files."""
    case = folder / "case"
    if not case.exists():  # killed while opening: nothing is there, and it can be opened
        assert typed(folder, STEPS[0]).code == 0
    checked = check_record(Record(case))
    assert checked.problems == ()
    done = typed(folder, ("party", "{}/case", "later", "--role", "observer"))
    assert done.code == 0, done.err
    again = check_record(Record(case))
    assert (again.problems, again.notes, again.events) == ((), (), checked.events + 1)


def kills(walked: Walked, tmp_path: Path, step: Step, count: int) -> None:
    before = walked.before[step]
    with at_home(tmp_path):
        counting = shutil.copytree(before, tmp_path / "counting")
        lines = lines_of(relocated(counting, tmp_path), step)
        rng = stream(0, "kills", *step)
        for number, line in enumerate(sorted(rng.choice(lines, size=count, replace=False) + 1)):
            folder = relocated(before, tmp_path / str(number))
            with at_home(folder):
                status = die_in(folder, step, int(line))
                assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, line
                goes_on(folder)
            shutil.rmtree(folder)


def relocated(before: Path, target: Path) -> Path:
    return shutil.copytree(before, target, dirs_exist_ok=True)


@pytest.mark.parametrize(
    "step", MUTATING, ids=[" ".join(s[:2]).replace("{}/case", "") for s in MUTATING]
)
def test_a_verb_killed_at_a_few_lines(walked: Walked, tmp_path: Path, step: Step) -> None:
    kills(walked, tmp_path, step, 2)


@pytest.mark.validate
@pytest.mark.parametrize(
    "step", MUTATING, ids=[" ".join(s[:2]).replace("{}/case", "") for s in MUTATING]
)
def test_a_verb_killed_at_many_lines(walked: Walked, tmp_path: Path, step: Step) -> None:
    """Twelve kills in each of thirty verbs: three hundred and sixty."""
    kills(walked, tmp_path, step, 12)


def test_appending_killed_at_two_hundred_moments(tmp_path: Path) -> None:
    """Not only between lines: also inside SQLite's commit and the writing of files."""
    record = small_case(tmp_path / "case")
    took = []
    for _ in range(3):  # the first is slow, and most signals would come too late
        began = time.perf_counter()
        assert in_child(lambda: record.append(claim(), "acme", ACME)) == 0
        took.append(time.perf_counter() - began)
    whole = min(took)
    rng = stream(0, "moments")
    died = 0
    for number in range(1_000):
        if number >= 200 and died >= 100:
            break
        delay = float(rng.uniform(0.0, whole))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                record.append(claim(b"%d\n" % number), "acme", ACME)
            finally:
                os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        died += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        if number % 10 == 9:
            assert check_record(record).problems == ()
    record.append(claim(b"last\n"), "acme", ACME)
    checked = check_record(record)

    assert checked.problems == ()
    assert died >= 100  # the others were done before the signal came
    assert record.state().events[-1].actor == "acme"
