"""Shared by all tests."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from command import Command
from remembered import Memory


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices gain nothing from threads, and the test processes share the cores."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep and find nothing among the user's files; children of the process neither."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """What was computed of the same contents, of all test processes; see `remembered`."""
    base = tmp_path_factory.getbasetemp()
    memory = Memory((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "remembered")
    memory.used = "ANEW" not in os.environ
    with memory.put_in_place():
        yield memory


@pytest.fixture(autouse=True)
def anew(memory: Memory, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test marked so computes everything itself."""
    if request.node.get_closest_marker("anew") is not None:
        monkeypatch.setattr(memory, "used", False)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where what lies outside a case is kept in tests: never in the home of who runs them."""
    yield tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(homes: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home for each test; the folder is made when something is kept there."""
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    monkeypatch.setenv("FILIATION_HOME", str(homes / name))


@pytest.fixture
def filiation(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a verb and see exit code, stdout and stderr."""
    monkeypatch.setenv("NO_COLOR", "1")
    return Command(capsys, monkeypatch)
