"""The container of the product: nothing but locked packages and this checkout, and nobody in it.

It is linted by what its instructions say. Where podman or buildah is at hand and has a base, it is
also built and run: BASE is a base that is there already (no registry is asked otherwise), WHEELS a
folder of the locked packages for where no index can be reached.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from product_bill import LOCK, normal, pinned

ROOT = Path(__file__).parents[2]
NAMED = {"LICENSE", "README.md", "pyproject.toml", "docs/man", "requirements/build.txt",
         "requirements/image.txt", "src"}  # fmt: skip
BASE, WHEELS = os.environ.get("BASE", ""), os.environ.get("WHEELS", "")


def instructions() -> list[tuple[str, str]]:
    """Each with its words, continued lines joined, remarks left out."""
    lines = [line for line in (ROOT / "Containerfile").read_text().splitlines()
             if line.strip() and not line.lstrip().startswith("#")]  # fmt: skip
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = [line.split(maxsplit=1) for line in joined.splitlines()]
    return [(name, re.sub(r"\s+", " ", words)) for name, words in found]


def stages() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What is done to build, and what is left of it in the image."""
    known = instructions()
    at = [place for place, (name, _) in enumerate(known) if name == "FROM"]
    assert len(at) == 2
    return known[at[0] : at[1]], known[at[1] :]


def test_who_runs_in_it_is_nobody() -> None:
    image = stages()[1]
    assert [name for name, _ in image] == [
        "FROM", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD",
    ], "no RUN, EXPOSE, VOLUME or HEALTHCHECK: nothing listens and nothing is fetched"  # fmt: skip
    given = dict(image)
    user, group = map(int, given["USER"].split(":"))
    assert user == group == 65532, "the same as of the workload's image"
    assert json.loads(given["ENTRYPOINT"]) == ["/opt/filiation/bin/filiation"]
    assert given["COPY"] == "--from=build /opt/filiation /opt/filiation"


def test_each_package_is_installed_by_its_digest() -> None:
    runs = [one for name, words in instructions() if name == "RUN" for one in words.split("&&")]
    fetched = [one for one in runs if re.search(r"\bpip\b.* (install|wheel|download) ", one)]
    assert len(fetched) == 4
    for one in fetched:
        assert ("--require-hashes" in one) != ("--no-index" in one), one
    assert not re.search(r"\b(apt|apt-get|apk|curl|wget|git|npm|sh -c)\b", " ".join(runs))


def test_nothing_comes_from_an_address_and_no_secret_is_asked_for() -> None:
    names = {name for name, _ in instructions()}
    assert names <= {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}
    said = " ".join(words for _, words in instructions())
    assert "://" not in said and "--mount" not in said
    asked = [words.partition("=")[0] for name, words in instructions() if name == "ARG"]
    assert asked == ["BASE", "PIP_NO_INDEX", "PIP_FIND_LINKS"]
    (base,) = [words for name, words in instructions() if name == "ARG" and "=" in words]
    assert re.search(r":3\.11\.\d+-slim-\w+$|@sha256:[0-9a-f]{64}$", base), "a version, not a tag"


def test_only_what_the_wheel_needs_is_copied() -> None:
    """What is not let in cannot be copied: no case, no key, no model of whoever builds."""
    copied = {word for name, words in stages()[0] if name == "COPY" for word in words.split()[:-1]}
    assert copied == NAMED
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines()
             if line and not line.startswith("#")]  # fmt: skip
    assert lines[0] == "*"
    assert {line[1:].rstrip("/") for line in lines if line.startswith("!")} == NAMED
    left = [line for line in lines[1:] if not line.startswith("!")]
    assert left == ["**/__pycache__"]
    assert not (ROOT / ".containerignore").exists(), "podman would read it in place of the other"


def test_its_locks_are_those_that_were_tested() -> None:
    """The same versions as the tests ran with; the builder's own by what pyproject.toml says."""
    tested = {(one.name, one.version) for one in pinned(LOCK)}
    image = pinned(ROOT / "requirements" / "image.txt")
    assert {(one.name, one.version) for one in image} <= tested
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = told["project"]["optional-dependencies"]
    wanted = [one for name in ("web", "documents", "pdf", "code") for one in extras[name]]
    names = {normal(re.split(r"[>=<;\[]", one)[0]) for one in told["project"]["dependencies"]}
    names |= {normal(re.split(r"[>=<;\[]", one)[0]) for one in wanted}
    assert names <= {one.name for one in image} and len(names) > 30
    assert all(one.hashes for lock in ("image", "build")
               for one in pinned(ROOT / "requirements" / f"{lock}.txt"))  # fmt: skip
    builder = {f"{o.name}=={o.version}" for o in pinned(ROOT / "requirements" / "build.txt")}
    assert {*told["build-system"]["requires"]} <= builder


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How podman runs the image that it built, without a network and with a root to be read."""
    if shutil.which("podman") is None:
        pytest.skip("podman is not at hand (Debian's package of that name): nothing was built")
    if not BASE:
        pytest.skip("BASE names no base image that is here; none is fetched by a test")
    at = tmp_path_factory.mktemp("podman")
    podman = ["podman", "--root", os.environ.get("STORAGE", str(at / "root")),
              "--runroot", str(at / "run"), "--storage-driver", "vfs"]  # fmt: skip
    more = ["--volume", f"{WHEELS}:/wheels:ro", "--build-arg", "PIP_NO_INDEX=1",
            "--build-arg", "PIP_FIND_LINKS=/wheels"] if WHEELS else []  # fmt: skip
    subprocess.run(
        [*podman, "build", "--quiet", "--pull=never", "--isolation", "chroot", "--layers=true",
         "--build-arg", f"BASE={BASE}", *more, "--tag", "localhost/filiation", str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    return [
        *podman, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "all",
        "--security-opt", "no-new-privileges", "--cgroups", "disabled", "--ulimit", "host",
        "--pull", "never",
    ]  # fmt: skip


def ran(image: list[str], *words: str, put: tuple[str, ...] = ()) -> str:
    told = subprocess.run(
        [*image, *put, "localhost/filiation", *words], check=False, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    if told.returncode == 126 and "crun" in told.stderr:  # a host that lets no container start
        pytest.skip(f"it was built, and podman cannot run it here: {told.stderr.strip()[-200:]}")
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.validate
def test_it_runs_without_a_network_as_nobody(image: list[str], tmp_path: Path) -> None:
    assert "examine" in ran(image, "--help")
    (tmp_path / "case").mkdir(mode=0o777)
    (tmp_path / "keys").mkdir(mode=0o777)
    for name in ("case", "keys"):
        (tmp_path / name).chmod(0o777)
    put = ("-v", f"{tmp_path / 'case'}:/case", "-v", f"{tmp_path / 'keys'}:/keys")
    ran(image, "case", "open", "/case/one", "--title", "Acme and Basel", "--lead", "tribunal",
        "--received", "2026-03-02", put=put)  # fmt: skip
    assert (tmp_path / "case" / "one" / "case.db").stat().st_uid == 65532
    assert "0" in ran(image, "case", "verify", "/case/one", put=put)
    probe = "import os, socket; print(os.getuid(), [n for _, n in socket.if_nameindex()])"
    inside = ran([*image, "--entrypoint", "/opt/filiation/bin/python"], "-c", probe)
    assert inside.split()[0] == "65532" and inside.split(maxsplit=1)[1].strip() == "['lo']"
