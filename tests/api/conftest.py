"""Models that the API is tried on: the casebook's, and reading orders, which cost nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import filiation as fl
import orders
from command import CASEBOOK
from plugged import EXAMPLE, install

SUBJECT, SOURCE, CONTROL = (CASEBOOK / name for name in ("fine-tuned", "parent", "stranger-3"))


@pytest.fixture(scope="session")
def found() -> fl.Examination:
    """The weights of two checkpoints and of a control; nobody may change it."""
    return fl.examine(SUBJECT, source=SOURCE, controls=[CONTROL], only=["weights"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another package's kind of material installed, and four reading orders."""
    install(EXAMPLE, tmp_path / "site", monkeypatch)
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    for name, seed in (("parent", 1), ("stranger", 2), ("other", 3)):
        orders.written(tmp_path / f"{name}.order", seed)
    orders.written(tmp_path / "child.order", 1, moved=60)
    return tmp_path


@pytest.fixture
def at_root() -> Iterator[None]:
    """Paths such as `examples/casebook/parent` work."""
    before = Path.cwd()
    os.chdir(CASEBOOK.parents[1])
    yield
    os.chdir(before)
