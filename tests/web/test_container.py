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


FILE = (ROOT / "Containerfile").read_text()
LAST = ["FROM", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"]  # nothing listens or fetches
KNOWN = {*LAST, "ARG", "RUN"}
NOBODY = "65532:65532"  # the same as of the workload's image
# What a root that is only read needs: a home that can be written, and no files of bytecode.
SETTINGS = {"HOME=/tmp", "FILIATION_HOME=/keys", "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"}
STARTS = [["/opt/filiation/bin/filiation"], ["--help"]]
BASES = ["${BASE} AS build", "${BASE}"]
PINNED = re.compile(r":3\.11\.\d+-slim-\w+$|@sha256:[0-9a-f]{64}$")
FETCHES = re.compile(r"\b(apt|apt-get|apk|curl|wget|git|npm|sh -c)\b|https?:")


def instructions(text: str = FILE) -> list[tuple[str, str]]:
    """Each with its words, continued lines joined, remarks left out."""
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = [(*line.split(maxsplit=1), "") for line in joined.splitlines()]
    return [(name, re.sub(r"\s+", " ", words)) for name, words, *_ in found]


def stages(text: str = FILE) -> list[list[tuple[str, str]]]:
    """What is done from each base on."""
    known = instructions(text)
    at = [place for place, (name, _) in enumerate(known) if name == "FROM"]
    return [known[a:b] for a, b in zip(at, [*at[1:], len(known)], strict=True)]


def faults(text: str) -> list[str]:
    """What is wrong with a container file, as far as its instructions say it."""
    every, parts = instructions(text), stages(text)
    if len(parts) != 2:
        return ["stages: one to build, and one that is left"]
    last = [name for name, _ in parts[1]]
    given = dict(parts[1])
    found = {
        "instructions": {name for name, _ in every} <= KNOWN and last == LAST,
        "base": [words for name, words in every if name == "FROM"] == BASES,
        "pinned": [bool(PINNED.search(words)) for name, words in every
                   if name == "ARG" and words.startswith("BASE=")] == [True],
        "user": given.get("USER") == NOBODY,
        "read-only root": set(given.get("ENV", "").split()) == SETTINGS,
        "folder": given.get("WORKDIR") == "/case",
        "start": [parsed(given.get(name)) for name in ("ENTRYPOINT", "CMD")] == STARTS,
        "copied": given.get("COPY") == "--from=build /opt/filiation /opt/filiation",
        "offline": all(is_held(one) for name, words in every if name == "RUN"
                       for one in words.split("&&")),
        "address": not any("://" in words or "--mount" in words for _, words in every),
        "asked": [words.partition("=")[0] for name, words in every if name == "ARG"]
        == ["BASE", "PIP_NO_INDEX", "PIP_FIND_LINKS"],
    }  # fmt: skip
    return [what for what, holds in found.items() if not holds]


def parsed(words: str | None) -> object:
    """The list of an instruction in exec form; of a shell's form, none."""
    try:
        return json.loads(words or "")
    except ValueError:
        return None


def is_held(command: str) -> bool:
    """Whether a command fetches nothing, or packages by their digests alone."""
    if FETCHES.search(command):
        return False
    fetches = re.search(r"\bpip\b.* (install|wheel|download) ", command)
    return not fetches or ("--require-hashes" in command) != ("--no-index" in command)


def test_the_container_file_has_no_fault() -> None:
    assert faults(FILE) == []
    runs = [words for name, words in instructions() if name == "RUN"]
    assert sum(words.count("pip") for words in runs) >= 4


WRONG = (
    ("USER 65532:65532\n", "", "user"),
    ("USER 65532:65532", "USER root", "user"),
    ("USER 65532:65532", "USER 0:0", "user"),
    ("WORKDIR /case", "USER 0\nWORKDIR /case", "user"),
    ("HOME=/tmp ", "", "read-only root"),
    ("HOME=/tmp ", "HOME=/root ", "read-only root"),
    ("PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1", "PYTHONUNBUFFERED=1", "read-only root"),
    ("WORKDIR /case", "VOLUME /case\nWORKDIR /case", "instructions"),
    ("WORKDIR /case", "WORKDIR /", "folder"),
    ("CMD [", "EXPOSE 8000\nCMD [", "instructions"),
    ("CMD [", "HEALTHCHECK CMD curl localhost\nCMD [", "instructions"),
    ("WORKDIR /case", "RUN echo\nWORKDIR /case", "instructions"),
    ("COPY src src", "ADD https://example.org/src.tar src", "instructions"),
    ('ENTRYPOINT ["/opt/filiation/bin/filiation"]', "ENTRYPOINT filiation", "start"),
    ('ENTRYPOINT ["/opt/filiation/bin/filiation"]', 'ENTRYPOINT ["/bin/sh"]', "start"),
    ('CMD ["--help"]', 'CMD ["serve", "/case"]', "start"),
    ("COPY --from=build /opt/filiation /opt/filiation", "COPY . /opt/filiation", "copied"),
    ("--require-hashes --only-binary", "--only-binary", "offline"),
    ("--no-deps --no-index \\", "--no-deps \\", "offline"),
    ("COPY LICENSE", "RUN apt-get install -y git\nCOPY LICENSE", "offline"),
    ("COPY LICENSE", "RUN python3 -m pip install requests \nCOPY LICENSE", "offline"),
    ("ARG PIP_NO_INDEX\n", "ARG TOKEN\nARG PIP_NO_INDEX\n", "asked"),
    ("-m pip wheel --require", "-m pip wheel --index-url http://pypi --require", "address"),
    ("3.11.14-slim-bookworm", "latest", "pinned"),
    ("3.11.14-slim-bookworm", "3.11-slim", "pinned"),
    ("FROM ${BASE}\n", "FROM python:latest\n", "base"),
)  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "fault"), WRONG)
def test_a_wrong_one_is_told(right: str, wrong: str, fault: str) -> None:
    assert right in FILE
    assert fault in faults(FILE.replace(right, wrong))


def test_a_base_by_digest_is_right() -> None:
    by_digest = FILE.replace("python:3.11.14-slim-bookworm", f"python@sha256:{'5a' * 32}")
    assert by_digest != FILE and faults(by_digest) == []


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
