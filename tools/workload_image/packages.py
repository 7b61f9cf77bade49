"""What goes into the image: Debian's packages and wheels, each by its SHA-256."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "examples" / "workload" / "packages.txt"
WHEELS: Final = ROOT / "requirements" / "core.txt"
NAMES: Final = (  # the interpreter and what it and the wheels load; no shell
    "gcc-12-base", "libbz2-1.0", "libc6", "libcrypt1", "libexpat1", "libffi8", "libgcc-s1",
    "liblzma5", "libpython3.11-minimal", "libpython3.11-stdlib", "libsqlite3-0", "libssl3",
    "libstdc++6", "libuuid1", "python3.11-minimal", "zlib1g",
)  # fmt: skip
PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "any")


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A package of Debian for amd64."""

    name: str
    version: str
    sha256: str


def locked() -> tuple[Locked, ...]:
    """The packages, as the lock has them."""
    lines = [line.split() for line in LOCK.read_text().splitlines() if not line.startswith("#")]
    return tuple(Locked(name=n, version=v, sha256=d) for n, v, d in lines)


def lock() -> None:
    """Write the lock anew, from what this machine's package lists have."""
    told = "# name version sha256, of Debian 12 for amd64; written by `make workload-lock`\n"
    for name in NAMES:
        shown = _ran("apt-cache", "show", "--no-all-versions", name)
        fields = dict(line.split(": ", 1) for line in shown.splitlines() if ": " in line)
        told += f"{name} {fields['Version']} {fields['SHA256']}\n"
    LOCK.write_text(told)


def fetched_debs(into: Path) -> Iterator[Path]:
    """Each package, downloaded unless it is there, its digest checked."""
    into.mkdir(parents=True, exist_ok=True)
    for one in locked():
        path = into / f"{one.name}.deb"
        if not path.exists():
            _download(one, path)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != one.sha256:
            raise SystemExit(f"{path}: sha256 is {found}, the lock has {one.sha256}")
        yield path


def _download(one: Locked, path: Path) -> None:
    aside = path.with_suffix(".partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        _ran("apt-get", "download", "-q", f"{one.name}={one.version}", at=aside)
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            f"{one.name} {one.version}: not in Debian's lists here: {error.stderr.strip()}\n"
            "`apt-get update`; if Debian has replaced it, `make workload-lock` makes another image."
        ) from error
    (found,) = aside.iterdir()
    found.replace(path)
    aside.rmdir()


def fetched_wheels(into: Path) -> Sequence[Path]:
    """The locked wheels for Python 3.11, and this checkout's own, built anew."""
    if not into.is_dir():
        platforms = [word for one in PLATFORMS for word in ("--platform", one)]
        _ran(
            sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes",
            "--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--abi",
            "cp311", *platforms, "-r", str(WHEELS), "-d", str(into),
        )  # fmt: skip
    own = into.with_name("own")
    shutil.rmtree(own, ignore_errors=True)
    _ran(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(own), str(ROOT))
    return sorted((*into.glob("*.whl"), *own.glob("*.whl")), key=lambda path: path.name)


def _ran(*words: str, at: Path | None = None) -> str:
    done = subprocess.run(words, cwd=at, check=True, capture_output=True, text=True)
    return done.stdout
