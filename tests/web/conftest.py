"""The walked case, and the export of it for a party that sees less."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at_home, before, typed, walked
from web.alone import alone, drawn, ended, tossed, walked_history
from web.desk import Bench, bench

__all__ = ["MORE", "Sides", "alone", "drawn", "ended", "joined", "sides", "tossed", "walked",
           "walked_history"]  # fmt: skip

MORE = {"watcher": "observer", "dover": "respondent"}  # who act, and are not in the walked case

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Sides:
    """The whole case, and what each party was handed of it."""

    case: Path
    acme: Path
    basel: Path


def joined(sides: Sides, folder: Path) -> Path:
    """A copy of the case to which an observer and a respondent who sign for themselves came."""
    shutil.copytree(sides.case.parent, folder)
    with at_home(folder):
        for name, role in MORE.items():
            key = folder / "home" / "keys" / f"{name}.pub"
            for step in (
                ("key", name),
                ("party", "{}/case", name, "--role", role, "--public-key", str(key)),
            ):
                done = typed(folder, step)
                assert done.code == 0, (step, done.err)
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    return folder


@pytest.fixture(scope="session")
def sides(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """Hostile words are in a statement, too; the exports hold what was said until then."""
    folder = shutil.copytree(walked.folder, tmp_path_factory.mktemp("sides") / "now")
    out = tmp_path_factory.mktemp("exports")
    with at_home(folder):
        for step in (
            ("submit", "{}/case", "--by", "basel", SCRIPT),
            ("submit", "{}/case", "--by", "acme", "--confidential", "Acme's own price is eleven."),
            ("export", "{}/case", "--for", "acme", "-o", str(out / "acme")),
            ("export", "{}/case", "--for", "basel", "-o", str(out / "basel"), "--despite-found"),
        ):
            done = typed(folder, step)
            assert done.code == 0, (step, done.err)
    return Sides(case=folder / "case", acme=out / "acme", basel=out / "basel")


@pytest.fixture
def at_plan(walked: Walked, tmp_path: Path) -> Iterator[Bench]:
    """The walked case before its plan; the server's home holds no key of anybody."""
    folder = before(walked, tmp_path, "plan")
    yield from _served(folder)


@pytest.fixture
def walked_on(walked: Walked, tmp_path: Path) -> Iterator[Bench]:
    """The walked case as it ended."""
    yield from _served(shutil.copytree(walked.folder, tmp_path / "now"))


def _served(folder: Path) -> Iterator[Bench]:
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs")
        yield made
        made.desk.close()
