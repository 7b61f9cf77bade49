"""Cases to alter."""

import shutil
from pathlib import Path

import pytest

from casefile.records import small_case
from filiation.casefile.record import Record


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_case(tmp_path_factory.mktemp("small") / "case").folder


@pytest.fixture
def record(pristine: Path, tmp_path: Path) -> Record:
    """A case of six events, to be altered."""
    shutil.copytree(pristine, tmp_path / "case")
    return Record(tmp_path / "case")
