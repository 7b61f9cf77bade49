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
    hint = _folder(path) if path.is_dir() else _file(path) if path.is_file() else ""
    if hint:
        raise UsageError(f"{spec}: found {hint}; expected {expected}")


def _folder(path: Path) -> str:
    if (path / "own" / "own.json").is_file() and (path / "messages").is_dir():
        return (
            f"a party's folder of a blind session: `filiation blind show {path}` shows its course, "
            f"and `filiation blind keep {path} -o it.session` makes it a file that `case add` takes"
        )
    if (path / WORKED).is_file():
        return f"what `filiation workload` wrote: `filiation verify {path / WORKED}` checks it"
    return ""


def _file(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(max(len(SESSION), len(SIGNED)))
    if head.startswith(SESSION):
        return (
            f"a blind session that was kept: `filiation case add CASE {path}` puts it into a case, "
            "and `filiation case examine CASE --session NAME` checks every message of it"
        )
    if head.startswith(SIGNED) and path.name.endswith(".signed"):
        return f"what `filiation workload` signed: `filiation verify {path}` checks it"
    return ""
