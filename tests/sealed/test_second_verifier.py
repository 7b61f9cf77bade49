"""A verifier in another language, written after docs/protocol.md, says the same of the vectors."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

from filiation.proceedings.opening import make_key
from filiation.proceedings.sealing import Wanted, check
from sealed.materials import opening, sealed

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "examples" / "verifier" / "verify.mjs"
VECTORS = ROOT / "examples" / "verifier" / "vectors"
COIN = hashlib.sha256(b"heads").hexdigest()

needs_node = pytest.mark.skipif(which("node") is None, reason="runs under Node.js")


def second(*arguments: object, key: Path | None = None) -> subprocess.CompletedProcess[str]:
    place = {**os.environ, **({"KEY": str(key)} if key else {})}
    command = ["node", str(VERIFIER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=place, check=False)


@needs_node
@pytest.mark.parametrize("wanted", [
    Wanted(everything=True),
    Wanted(tensors=("wide",)),
    Wanted(files=("config.json", "empty")),
    Wanted(coin=COIN, count=4),
])  # fmt: skip
def test_both_say_the_same(tmp_path: Path, wanted: Wanted) -> None:
    material, out, made = sealed(tmp_path)
    shown = opening(tmp_path, material, made, wanted)
    coin = (COIN, 4) if wanted.coin else ()
    done = second(shown, out, *coin)
    assert done.returncode == 0, done.stderr
    found, ours = json.loads(done.stdout), check(shown, out)
    assert (found["blocks"], found["of"], found["nbytes"]) == (
        len(ours.blocks), ours.table.blocks, ours.nbytes)  # fmt: skip
    parts = [ours.table.parts[number] for number in ours.whole]
    assert found["whole"] == [[part.what, part.file, part.tensor] for part in parts]


@needs_node
def test_both_draw_the_same_blocks(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    shown = opening(tmp_path, material, made, Wanted(coin=COIN, count=4))
    assert second(shown, out, COIN, 4).returncode == 0
    assert second(shown, out, COIN, 7).returncode == 3


@needs_node
def test_both_check_the_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    make_key("ours"), make_key("theirs")
    material, out, made = sealed(tmp_path, signer="ours")
    shown = opening(tmp_path, material, made, Wanted(files=("config.json",)))
    keys = tmp_path / "home" / "keys"
    assert second(shown, out, key=keys / "ours.pub").returncode == 0
    assert second(shown, out, key=keys / "theirs.pub").returncode == 3


def vectors() -> list[dict[str, str]]:
    return list(json.loads((VECTORS / "vectors.json").read_text()))


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["opening"])
def test_ours_on_the_vectors(vector: dict[str, str]) -> None:
    """Kept bytes: a change of the format that both verifiers follow would be seen here."""
    from filiation.errors import FiliationError

    path, seal = VECTORS / vector["opening"], VECTORS / "it.seal"
    if vector["outcome"] == "refused":
        with pytest.raises(FiliationError):
            check(path, seal)
    else:
        assert str(len(check(path, seal).blocks)) == vector["outcome"]


@needs_node
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["opening"])
def test_the_second_on_the_vectors(vector: dict[str, str]) -> None:
    done = second(VECTORS / vector["opening"], VECTORS / "it.seal")
    if vector["outcome"] == "refused":
        assert done.returncode == 3
    else:
        assert str(json.loads(done.stdout)["blocks"]) == vector["outcome"]
