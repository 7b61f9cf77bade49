"""A root file system as one tar: sorted, without times, owned by root, from packages and wheels."""

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

__all__ = ["Entry", "put_together", "written"]

MERGED: Final = ("bin", "lib", "lib64", "sbin")  # links into usr, as on Debian
LEFT_OUT: Final = (
    "usr/share/man/",
    "usr/share/lintian/",
    "usr/share/locale/",
    "var/",
    "etc/python",
)
SITE: Final = "usr/lib/python3/dist-packages"
FILES: Final = {
    "etc/passwd": b"nobody:x:65532:65532::/tmp:/nonexistent\n",
    "etc/group": b"nobody:x:65532:\n",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file, a folder (no bytes, no link) or a link."""

    mode: int = 0o755
    raw: bytes | None = None
    link: str = ""


def put_together(debs: Iterable[Path], wheels: Iterable[Path]) -> dict[str, Entry]:
    """Every path of the image."""
    found: dict[str, Entry] = {}
    for deb in debs:
        _add(found, _of_deb(deb), deb.name)
    for wheel in wheels:
        _add(found, _of_wheel(wheel), wheel.name)
    found |= {name: Entry(mode=0o644, raw=raw) for name, raw in FILES.items()}
    found |= {name: Entry(link=f"usr/{name}") for name in MERGED}
    found |= {name: Entry() for name in ("dev", "in", "out", "proc", "sys")}
    found["tmp"] = Entry(mode=0o1777)
    for path in [*found]:
        for above in PurePosixPath(path).parents:
            found.setdefault(str(above), Entry())
    found.pop(".")
    return found


def written(entries: Mapping[str, Entry], out: Path) -> None:
    """The tar."""
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(entries):
            one, info = entries[path], tarfile.TarInfo(path)
            info.mode = one.mode
            if one.link:
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, one.link, 0o777
            elif one.raw is None:
                info.type = tarfile.DIRTYPE
            info.size = len(one.raw or b"")
            tar.addfile(info, io.BytesIO(one.raw or b""))


def _add(found: dict[str, Entry], more: Iterable[tuple[str, Entry]], whose: str) -> None:
    for path, one in more:
        if found.setdefault(path, one) != one:
            raise SystemExit(f"{path}: {whose} has another one than an earlier package")


def _of_deb(deb: Path) -> Iterator[tuple[str, Entry]]:
    raw = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(deb)], check=True, stdout=subprocess.PIPE
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for info in tar:
            path = _merged(info.name)
            if not path or path.startswith(LEFT_OUT) or _is_paper(path):
                continue
            if info.issym():
                yield path, Entry(link=info.linkname)
            elif info.isdir():
                yield path, Entry()
            elif (held := tar.extractfile(info)) is not None:
                yield path, Entry(mode=info.mode & 0o755, raw=held.read())


def _merged(name: str) -> str:
    path = name.removeprefix("./").rstrip("/")
    first = path.partition("/")[0]
    if path in ("", ".", *MERGED):
        return ""
    return f"usr/{path}" if first in MERGED else path


def _is_paper(path: str) -> bool:
    """Documentation but for licences, which go along."""
    return path.startswith("usr/share/doc/") and not path.endswith("/copyright")


def _of_wheel(wheel: Path) -> Iterator[tuple[str, Entry]]:
    with zipfile.ZipFile(wheel) as held:
        for info in held.infolist():
            top, _, rest = info.filename.partition("/")
            if top.endswith(".data"):
                kind, _, rest = rest.partition("/")
                if kind not in ("purelib", "platlib"):
                    continue  # scripts, which name an interpreter, and papers
            else:
                rest = info.filename
            if not rest.endswith("/"):
                mode = 0o755 if info.external_attr >> 16 & 0o100 else 0o644
                yield f"{SITE}/{rest}", Entry(mode=mode, raw=held.read(info))
