"""Both implementations on kept sessions: the same seed and coin, and the same are refused."""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from filiation.errors import CaseError
from filiation.sealed.blind.session import session_of

ROOT = Path(__file__).resolve().parents[2] / "examples" / "verifier"
VECTORS = ROOT / "vectors" / "blind"
SESSIONS = json.loads((VECTORS / "sessions.json").read_text())


@pytest.mark.parametrize("vector", SESSIONS, ids=lambda vector: vector["name"])
def test_ours_on_the_vectors(vector: dict[str, object]) -> None:
    first, *rest = [(VECTORS / str(name)).read_bytes() for name in list(vector["files"])]  # type: ignore[call-overload]
    session = session_of(first, "terms")
    if vector["outcome"] == "refused":
        with pytest.raises(CaseError):
            for raw in rest:
                session.take(raw, "message")
        return
    for raw in rest:
        session.take(raw, "message")
    assert vector["outcome"] == f"{session.seed()} {session.audit().hex()}"


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
    assert vector["outcome"] == f"{found['seed']} {found['audit']}" and found["aborted"] == ""
