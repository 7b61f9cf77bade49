"""A whole case, walked through once; before each verb the folder is kept as it was."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from cli.case.walk import KEYS, STEPS, Step, authority, make_models, stamped
from command import Done
from filiation.cli.main import run


@dataclass(frozen=True)
class Walked:
    """The folder at the end, what each verb said, and the folder before each verb."""

    folder: Path
    said: dict[Step, Done]
    before: dict[Step, Path]


@contextmanager
def at_home(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(folder / "home"))
        patch.setenv("NO_COLOR", "1")
        patch.setattr("filiation.examining.weights.planting.ways.TRIALS", 20)  # not tested here
        yield


def typed(folder: Path, step: Step) -> Done:
    """Type a verb of `filiation case` in a folder."""
    words = [word.replace("{}", str(folder)) for word in step]
    out, err, code = StringIO(), StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["filiation", "case", *words])
        try:
            run()
        except SystemExit as stop:
            code = int(str(stop.code or 0))
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


def at(folder: Path, *words: str) -> Done:
    """Type a verb of `filiation case` in a folder, with a home of its own there."""
    with at_home(folder):
        return typed(folder, words)


def does(folder: Path, *words: str) -> str:
    """What a verb prints that must end well."""
    done = at(folder, *words)
    assert done.code == 0, (words, done.err)
    return done.out


def step(*words: str) -> Step:
    """The step of the walk that begins with these words."""
    (found,) = [one for one in STEPS if one[: len(words)] == words]
    return found


def before(walked: Walked, tmp_path: Path, *words: str) -> Path:
    return shutil.copytree(walked.before[step(*words)], tmp_path / "before")


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder = tmp_path_factory.mktemp("walk") / "now"
    folder.mkdir()
    make_models(folder)
    authority(folder / "authority")
    said, before = {}, {}
    with at_home(folder):
        for name in KEYS:
            assert typed(folder, ("key", name)).code == 0
        for number, step in enumerate(STEPS):
            before[step] = shutil.copytree(folder, folder.with_name(f"before-{number}"))
            said[step] = typed(folder, step)
            assert said[step].code == 0, (step, said[step].err)
            if step[:2] == ("stamp", "request"):
                stamped(folder / "authority", folder / "head.tsq", folder / "head.tsr")
    return Walked(folder=folder, said=said, before=before)


@pytest.fixture
def copied(walked: Walked, tmp_path: Path) -> Path:
    """The walked case, to be worked on."""
    return shutil.copytree(walked.folder, tmp_path / "copied")
