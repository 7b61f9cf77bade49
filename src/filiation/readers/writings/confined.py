"""Reads one PDF, Word or Outlook file in a process of its own that cannot grow, last or write.

Run as `python -m filiation.readers.writings.confined KIND PATH`, or with `-` and the file on its
standard input; prints JSON, or with a SHA-256 behind the path the bytes of the file in the file
that has it, or (KIND `stamp`) the file with a stamp. The limits are the system's: address space,
processor time, size of files. Whatever a bomb does, it does it in there.
"""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from filiation.errors import UsageError
from filiation.readers.writings.hung import parted
from filiation.readers.writings.outlook_file import read_outlook_file
from filiation.readers.writings.pdf_file import read_pdf
from filiation.readers.writings.plain import need
from filiation.readers.writings.stamping import stamp_pdf
from filiation.readers.writings.word_file import read_word

__all__ = ["body_within", "extracted", "stamped"]

MEMORY: Final = 1 << 30
SECONDS: Final = 30
MOST_TEXT: Final = 1 << 22
READERS: Final = {"pdf": read_pdf, "docx": read_word, "outlook": read_outlook_file}
PACKAGE: Final = {"pdf": "pypdf", "docx": "nh3", "outlook": "olefile"}


def extracted(kind: str, held: Path | bytes) -> dict[str, Any]:
    """What a file says: `text`, and by kind `people`, `given`, ...; or `failed`, why it does not.

    Args:
        kind: `pdf`, `docx` or `outlook`.
        held: Where it lies, or its bytes.

    Raises:
        UsageError: The package that reads it is not installed.
    """
    try:
        done = _run(kind, held)
    except subprocess.TimeoutExpired:
        return {"failed": f"not read within {4 * SECONDS} s"}
    if done.returncode == UsageError.exit_code and b"not installed" in done.stderr:
        raise need(PACKAGE[kind])
    if done.returncode < 0:
        return {"failed": "reading it took more memory or time than is allowed"}
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        kind_of_error = re.match(r"[\w.]{1,80}", last)
        why = kind_of_error[0] if kind_of_error else "unknown"
        return {"failed": f"this program does not understand how it is built ({why})"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def body_within(kind: str, held: bytes, sha256: str) -> bytes | None:
    """The bytes of the file in a file that has a digest; None if there is none, or on any failure.

    Raises:
        UsageError: The package that reads it is not installed.
    """
    try:
        done = _run(kind, held, sha256)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode == UsageError.exit_code and b"not installed" in done.stderr:
        raise need(PACKAGE[kind])
    return None if done.returncode else done.stdout


def stamped(held: bytes, stamp: str) -> bytes | None:
    """A PDF with a stamp on every page; None if that could not be done.

    Raises:
        UsageError: pypdf is not installed.
    """
    try:
        done = _run("stamp", held, stamp)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode == UsageError.exit_code and b"not installed" in done.stderr:
        raise need("pypdf")
    return None if done.returncode else done.stdout


def _run(kind: str, held: Path | bytes, *wanted: str) -> "subprocess.CompletedProcess[bytes]":
    given = held if isinstance(held, bytes) else b""
    path = str(held) if isinstance(held, Path) else "-"
    return subprocess.run(
        [sys.executable, "-m", __name__, kind, path, *wanted],
        capture_output=True, timeout=4 * SECONDS, check=False, input=given,
    )  # fmt: skip


def _confine() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main(kind: str, path: str, wanted: str = "") -> int:
    """In the confined process: what fails in there ends it, and the traceback says how."""
    import warnings

    warnings.simplefilter("ignore")
    read = READERS["pdf" if kind == "stamp" else kind]
    raw = BytesIO(sys.stdin.buffer.read()) if path == "-" else None
    _confine()
    try:
        if kind == "stamp":
            sys.stdout.buffer.write(stamp_pdf(raw or BytesIO(), wanted))
            return 0
        found = read(raw) if raw is not None else _opened(read, Path(path))
    except ImportError as error:
        print(f"{error.name} is not installed", file=sys.stderr)  # noqa: T201
        return UsageError.exit_code
    except UsageError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return UsageError.exit_code
    body = parted(found, wanted)
    if wanted:
        sys.stdout.buffer.write(body or b"")
        return 0 if body is not None else 1
    print(json.dumps(_bounded(found)))  # noqa: T201
    return 0


def _opened(read: Callable[[IO[bytes]], dict[str, Any]], path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return read(file)


def _bounded(found: dict[str, Any]) -> dict[str, Any]:
    cut = {
        key: value[:MOST_TEXT] if isinstance(value, str) else value for key, value in found.items()
    }
    if len(str(found.get("text", ""))) > MOST_TEXT:
        cut["remarks"] = [*found.get("remarks", []), "the text was cut"]
    return cut


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
