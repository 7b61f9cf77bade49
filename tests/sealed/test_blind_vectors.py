"""Both implementations on kept sessions: the same seed and coin, and the same are refused."""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from filiation.errors import CaseError
from filiation.sealed.blind.session import Session, session_of

ROOT = Path(__file__).resolve().parents[2] / "examples" / "verifier"
VECTORS = ROOT / "vectors" / "blind"
SESSIONS = json.loads((VECTORS / "sessions.json").read_text())


@pytest.mark.parametrize("vector", SESSIONS, ids=lambda vector: vector["name"])
def test_ours_on_the_vectors(vector: dict[str, object]) -> None:
    raws = [(VECTORS / str(name)).read_bytes() for name in list(vector["files"])]  # type: ignore[call-overload]
    if vector["outcome"] == "refused":
        with pytest.raises(CaseError):
            folded(raws)
        return
    session = folded(raws)
    if session.aborted is not None:
        assert vector["outcome"] == f"aborted by {session.aborted.sender}"
        return
    if vector["outcome"] == "under way":
        assert session.awaited()
        return
    assert vector["outcome"] == f"{session.seed()} {session.audit().hex()}"


def folded(raws: list[bytes]) -> Session:
    session = session_of(raws[0], "terms")
    for raw in raws[1:]:
        session.take(raw, "message")
    return session


@pytest.mark.skipif(which("node") is None, reason="runs under Node.js")
@pytest.mark.parametrize("vector", SESSIONS, ids=lambda vector: vector["name"])
def test_the_second_on_the_vectors(vector: dict[str, object]) -> None:
    files = [VECTORS / str(name) for name in list(vector["files"])]  # type: ignore[call-overload]
    done = subprocess.run(
        ["node", ROOT / "verify.mjs", "--blind", *files], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if vector["outcome"] == "refused":
        assert done.returncode == 3, done.stdout
        return
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    told = f"aborted by {found['aborted']}" if found["aborted"] else None
    told = told or (None if found["audit"] else "under way")
    assert vector["outcome"] == (told or f"{found['seed']} {found['audit']}")
