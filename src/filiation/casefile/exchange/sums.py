"""The list of digests of a folder, in the format that `sha256sum` writes and checks."""

from pathlib import Path
from typing import Final

from filiation.casefile.ledger.objects import digest_file

__all__ = ["SUMS", "sums_of"]

SUMS: Final = "SHA256SUMS"


def sums_of(folder: Path) -> bytes:
    """A line for every file of a folder but the list itself, in the order of their names."""
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    return b"".join(_line(folder, name) for name in names if name != SUMS)


def _line(folder: Path, name: str) -> bytes:
    digest = digest_file(folder / name)[0]
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != name else ""
    return f"{mark}{digest}  {escaped}\n".encode("utf-8", "surrogateescape")
