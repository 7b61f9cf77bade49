"""The package as it is shipped, in an environment without anything else, serves a case."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from product_bill import normal, product

ROOT = Path(__file__).parents[2]
# As the container runs it: no network, a root that is only read, an own /tmp, and nobody's number.
# Folders that every Debian has stand for those of the image.
HELD = """
mount --bind "$1" /opt; mount --bind "$2" /srv; mount --bind "$3" /media
mount -t tmpfs -o mode=1777 none /tmp
mount -o remount,bind,ro /; mount -o remount,bind,ro /opt
cd /srv; shift 3
exec unshare --user --map-user=65532 --map-group=65532 -- env -i HOME=/tmp FILIATION_HOME=/media \\
  PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/usr/bin:/bin /opt/bin/python "$@"
"""
PROBE = "annotated-types"  # a small wheel that the package needs anyway


def ran(*words: object, at: Path, **more: str) -> subprocess.CompletedProcess[str]:
    place = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [*map(str, words)], cwd=at, env={**place, **more}, check=False, text=True,
        capture_output=True, timeout=900,
    )  # fmt: skip


def pinned(at: Path) -> Path:
    """The locked versions, as constraints; a wheel of our own has no digest to be held against."""
    lines = (ROOT / "requirements" / "dev.txt").read_text().splitlines()
    found = [line.removesuffix("\\").strip() for line in lines if re.match(r"[a-z0-9]", line)]
    at.write_text("\n".join(found) + "\n")
    return at


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`filiation` as a wheel with the extra `web` brings it."""
    at = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    if ran(*pip, "download", "--no-deps", "-d", at / "probe", PROBE, at=at).returncode:
        pytest.skip("no package index can be reached: nothing can be installed")
    built = ran(*pip, "wheel", "--no-deps", "-w", at, ROOT, at=at)
    assert built.returncode == 0, built.stderr
    (wheel,) = at.glob("filiation-*.whl")
    assert ran(sys.executable, "-m", "venv", at / "bare", at=at).returncode == 0
    bare = at / "bare" / "bin"
    put = ran(
        bare / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q", "-c",
        pinned(at / "pinned.txt"), f"{wheel}[web]", at=at,
    )  # fmt: skip
    assert put.returncode == 0, put.stderr
    return bare / "filiation"


def test_a_case_is_served_from_the_wheel(program: Path, tmp_path: Path) -> None:
    home = {"FILIATION_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    opened = ran(program, "case", "open", "case", "--title", "Acme and Basel", "--lead", "tribunal",
                 "--received", "2026-03-02", "--jurisdiction", "GB", "--subdivision", "ENG",
                 at=tmp_path, **home)  # fmt: skip
    assert opened.returncode == 0, opened.stderr
    place = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with subprocess.Popen(
        [str(program), "serve", "case"], cwd=tmp_path, env={**place, **home},
        stdout=subprocess.PIPE, text=True,
    ) as serving:  # fmt: skip
        try:
            assert serving.stdout is not None
            address = serving.stdout.readline().strip()
            with urllib.request.urlopen(address, timeout=60) as page:
                assert page.status == 200 and b"Acme and Basel" in page.read()
            token = address.split("/")[3]
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(address.replace(token, "0" * len(token)), timeout=60)
        finally:
            serving.terminate()


def test_what_was_installed_stands_in_the_bill_of_materials(program: Path, tmp_path: Path) -> None:
    """Nothing comes along that the bill does not name, and each in the version that it names."""
    listed = ran(program.parent / "python", "-m", "pip", "--disable-pip-version-check", "list",
                 "--format", "json", at=tmp_path)  # fmt: skip
    assert listed.returncode == 0, listed.stderr
    found = {(normal(one["name"]), one["version"]) for one in json.loads(listed.stdout)}
    bill = product()
    named = {(one["name"], one["version"]) for one in bill["components"]}
    own = bill["metadata"]["component"]
    left = {one for one in found if one[0] not in ("pip", "setuptools", "wheel")} - named
    assert left == {(own["name"], own["version"])}
    assert len(found & named) > 30


def test_what_is_shipped_is_whole(program: Path, tmp_path: Path) -> None:
    """Man pages, templates and languages came along, and nothing of the checkout is looked for."""
    assert (program.parents[1] / "share" / "man" / "man1" / "filiation-workload.1").is_file()
    told = ran(program, "doctor", at=tmp_path)
    assert told.returncode == 0, told.stderr
    shown = ran(program, "workload", "--help", at=tmp_path)
    assert shown.returncode == 0 and "confidential machine" in shown.stdout


def held(program: Path, at: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run with nothing to write but the case, the keys and what is thrown away."""
    for name in ("case", "keys"):
        (at / name).mkdir(exist_ok=True)
    return ran(
        "unshare", "--user", "--map-root-user", "--mount", "--net", "--propagation", "private",
        "sh", "-euc", HELD, "held", program.parents[1], at / "case", at / "keys", *words, at=at,
    )  # fmt: skip


def test_it_needs_no_network_and_writes_nowhere_else(program: Path, tmp_path: Path) -> None:
    if shutil.which("unshare") is None or held(program, tmp_path, "-c", "").returncode:
        pytest.skip("unshare may not make namespaces here: what a container holds was not tried")
    probe = (
        "import os, socket; print(os.getuid(), [n for _, n in socket.if_nameindex()])\n"
        "for place in ('/', '/opt', '/etc'):\n"
        "    try: open(place + '/probe', 'w')\n"
        "    except OSError as error: print(error.errno)"
    )
    assert held(program, tmp_path, "-c", probe).stdout.split("\n")[:-1] == [
        "65532 ['lo']", "30", "30", "30",
    ]  # fmt: skip
    opened = held(program, tmp_path, "-m", "filiation", "case", "open", "one", "--title",
                  "Acme and Basel", "--lead", "tribunal", "--received", "2026-03-02")  # fmt: skip
    assert opened.returncode == 0, opened.stderr
    told = held(program, tmp_path, "-m", "filiation", "case", "verify", "one")
    assert told.returncode == 0 and (tmp_path / "case" / "one" / "case.db").is_file(), told.stderr
    assert (tmp_path / "keys" / "keys" / "tribunal.pem").is_file()
