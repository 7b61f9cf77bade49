"""What another verb reads: a person who named it here is told which."""

from pathlib import Path
from typing import Final

from filiation.errors import UsageError

__all__ = ["not_elsewhere"]

SESSION: Final = b"filiation session "
SIGNED: Final = b'{"payload":"'
WORKED: Final = "examination.signed"


def not_elsewhere(spec: str | Path, expected: str) -> None:
    """Refuse a session, a party's folder of one, and what a workload wrote.

    Args:
        spec: As it was named.
        expected: What is read here, in words.

    Raises:
        UsageError: It is one of these; which verb reads it.
    """
    path = Path(spec)
    if path.is_dir():
        _no_folder(path, expected)
    elif path.is_file():
        _no_file(path, expected)


def _no_folder(path: Path, expected: str) -> None:
    if (path / "own" / "own.json").is_file() and (path / "messages").is_dir():
        raise UsageError(
            f"{path}: found a party's folder of a blind session, expected {expected}; `filiation "
            f"blind show {path}` shows its course, and `filiation blind keep {path} -o it.session` "
            "makes it a file that `case add` takes"
        )
    if (path / WORKED).is_file():
        raise UsageError(
            f"{path}: found what `filiation workload` wrote, expected {expected}; `filiation "
            f"verify {path / WORKED}` checks it, and `filiation case add CASE {path}` puts it into "
            "a case"
        )


def _no_file(path: Path, expected: str) -> None:
    with path.open("rb") as file:
        head = file.read(max(len(SESSION), len(SIGNED)))
    if head.startswith(SESSION):
        raise UsageError(
            f"{path}: found a blind session that was kept, expected {expected}; `filiation case "
            f"add CASE {path}` puts it into a case, and `filiation case examine CASE --session "
            "NAME` checks every message of it"
        )
    if head.startswith(SIGNED) and path.name.endswith(".signed"):
        raise UsageError(
            f"{path}: found what `filiation workload` signed, expected {expected}; `filiation "
            f"verify {path}` checks it"
        )
