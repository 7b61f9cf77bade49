"""The folder of an examination: plan, findings, reports, materials, and a manifest of digests.

plan.json         the plan, written before any comparison
examination.json  every conclusion and finding, with its assumption and its layers
report.json       the machine-readable summary
report.html       the same for people
side-by-side.html matched functions with their lines, where source code was compared
population.json   the known pairs that likelihood ratios come from, if there are any
origins.json      where models lay that were read on another machine, if there are any
materials/        what every number follows from: sketches and recordings, named by their SHA-256
manifest.json     SHA-256 of all of the above
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, final

from filiation.casefile.codec import examination_from_bytes
from filiation.errors import AlteredError, CaseError, UsageError
from filiation.files import opened
from filiation.model.examination import Examination

__all__ = [
    *("EXAMINATION", "MATERIALS", "Staging", "check_folder", "copy_folder", "read_examination"),
    "staging",
]

MANIFEST: Final = "manifest.json"
EXAMINATION: Final = "examination.json"
MATERIALS: Final = "materials"
LONGEST: Final = 1 << 30  # bytes of any JSON file that is read back


@final
class Staging:
    """The folder of an examination in the making; it gets its name only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / MATERIALS).mkdir()

    def write(self, name: str, raw: bytes) -> None:
        """Write a file and flush it to disk before anything later is computed."""
        with (self.folder / name).open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())

    @property
    def materials(self) -> Path:
        """Where the files that keep materials lie."""
        return self.folder / MATERIALS

    def _seal(self) -> None:
        digests = {name: _digest(self.folder / name) for name in _files(self.folder)}
        self.write(MANIFEST, json.dumps(digests, indent=1, sort_keys=True).encode() + b"\n")


@contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """Make the folder beside its final place; move it there at the end, or leave nothing.

    Raises:
        UsageError: The target exists and is not an empty folder, cannot be written, or was written
            by another run meanwhile.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            f"{target}: exists and is not an empty folder; an examination is never overwritten, "
            "choose another folder"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=".partial-"))
    except OSError as error:
        raise UsageError(
            f"{target}: cannot be written: {error.strerror}; nothing was examined"
        ) from error
    try:
        case = Staging(partial)
        yield case
        case._seal()
        partial.chmod(0o755)
        _put(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put(partial: Path, target: Path) -> None:
    try:
        partial.replace(target)
    except OSError as error:
        raise UsageError(
            f"{target}: could not be put there: {error.strerror}; another run may have written it "
            "meanwhile, and is not overwritten; this examination was not kept"
        ) from error


def copy_folder(folder: Path, target: Path) -> None:
    """Copy every file of an examination but the manifest, and make that anew.

    Raises:
        UsageError: The target exists and is not an empty folder, or cannot be written.
    """
    with staging(target) as copied:
        for name in _files(folder):
            shutil.copyfile(folder / name, copied.folder / name)


def check_folder(folder: Path) -> int:
    """Check every file of an examination against its manifest; return how many were checked.

    Raises:
        CaseError: The manifest is missing or names other files than there are.
        AlteredError: A file changed after it was recorded.
        UnreadableError: In the place of a file stands a link, a pipe or a device.
    """
    recorded = _manifest(folder)
    found = set(_files(folder))
    for name in sorted(recorded.keys() - found):
        raise CaseError(f"{folder.name}/{name}: recorded in the manifest, found nothing; removed?")
    for name in sorted(found - recorded.keys()):
        raise CaseError(f"{folder.name}/{name}: not in the manifest; added after it was closed")
    for name, digest in sorted(recorded.items()):
        now = _digest(folder / name)
        if now != digest:
            raise AlteredError(f"{folder.name}/{name}", recorded=digest, found=now)
    return len(recorded)


def read_examination(folder: Path) -> Examination:
    """Read the examination of a folder that has been checked."""
    raw = _read(folder / EXAMINATION)
    return examination_from_bytes(raw, f"{folder.name}/{EXAMINATION}")


def _manifest(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST
    if not path.is_file():
        raise CaseError(
            f"{folder}: no {MANIFEST}; not the folder of an examination, or never finished"
        )
    try:
        recorded = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{path.name}: not JSON: {error}; the manifest was changed") from error
    if not isinstance(recorded, dict) or not all(isinstance(v, str) for v in recorded.values()):
        raise CaseError(f"{path.name}: expected file names and digests; the manifest was changed")
    return recorded


def _read(path: Path) -> bytes:
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LONGEST:
            raise CaseError(f"{path.name}: {size} bytes, expected at most {LONGEST}")
        return file.read(LONGEST)


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path != folder / MANIFEST
    )


def _digest(path: Path) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
