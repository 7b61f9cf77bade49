"""Reads one PDF, Word or Outlook file in a process of its own that cannot grow, last or write.

Run as `python -m filiation.readers.writings.confined KIND PATH`; prints JSON. The limits are the
system's: address space, processor time, size of files. Whatever a bomb does, it does it in there.
"""

import json
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

from filiation.errors import UsageError
from filiation.readers.writings.outlook_file import read_outlook_file
from filiation.readers.writings.plain import need

__all__ = ["extracted"]

MEMORY: Final = 1 << 30
SECONDS: Final = 30
MOST_PAGES: Final = 5000
MOST_TEXT: Final = 1 << 22
MOST_ZIPPED: Final = 1 << 28  # bytes of a Word file when unzipped
PACKAGE: Final = {"pdf": "pypdf", "docx": "python-docx", "outlook": "olefile"}
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def extracted(kind: str, path: Path) -> dict[str, Any]:
    """What a file says: `text`, and by kind `people`, `given`, ...; or `failed`, why it does not.

    Raises:
        UsageError: The package that reads it is not installed.
    """
    words = [sys.executable, "-m", __name__, kind, str(path)]
    try:
        done = subprocess.run(
            words, capture_output=True, timeout=4 * SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"not read within {4 * SECONDS} s"}
    if done.returncode == UsageError.exit_code and b"not installed" in done.stderr:
        raise need(PACKAGE[kind])
    if done.returncode < 0:
        return {"failed": "reading it took more memory or time than is allowed"}
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        kind_of_error = re.match(r"[\w.]{1,80}", last)
        return {"failed": f"it is damaged ({kind_of_error[0] if kind_of_error else 'unknown'})"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _pdf(path: Path) -> dict[str, Any]:
    import pypdf

    reader = pypdf.PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"failed": "it is encrypted, and no password was given"}
    pages, length = [], 0
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or length > MOST_TEXT:
            break
        pages.append(page.extract_text() or "")
        length += len(pages[-1])
    said: dict[str, Any] = dict(reader.metadata or {})
    remarks = [f"{len(reader.pages)} pages, {sum(not p.strip() for p in pages)} without words"]
    if len(pages) < len(reader.pages):
        remarks.append(f"only the first {len(pages)} pages were read")
    return {
        "text": "\f".join(pages),
        "author": str(said.get("/Author") or ""),
        "given": _pdf_date(str(said.get("/CreationDate") or "")),
        "title": str(said.get("/Title") or ""),
        "remarks": remarks,
    }


def _pdf_date(text: str) -> str:
    """`D:20260301120000+01'00'` as RFC 3339."""
    found = re.match(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-]\d\d)'?(\d\d)?)?", text)
    if found is None:
        return ""
    year, month, day, hour, minute, second = found.groups()[:6]
    zone = "+00:00" if found[7] else f"{found[8]}:{found[9] or '00'}" if found[8] else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def _docx(path: Path) -> dict[str, Any]:
    import docx

    with zipfile.ZipFile(path) as packed:
        if sum(member.file_size for member in packed.infolist()) > MOST_ZIPPED:
            return {"failed": f"it unpacks to more than {MOST_ZIPPED} bytes"}
    found = docx.Document(str(path))
    lines, inserted, deleted = [], 0, 0
    for paragraph in found.element.body.iter(f"{W}p"):
        words = []
        for node in paragraph.iter(f"{W}t", f"{W}delText", f"{W}tab", f"{W}br", f"{W}ins"):
            inserted += node.tag == f"{W}ins"
            deleted += node.tag == f"{W}delText"
            if node.tag == f"{W}delText":
                words.append(f"[deleted: {node.text or ''}]")
            else:
                words.append(node.text or "" if node.tag == f"{W}t" else " ")
        lines.append("".join(words))
    said = found.core_properties
    remarks = []
    if inserted or deleted:
        remarks.append(f"tracked changes: {inserted} insertions, {deleted} deletions")
    if said.last_modified_by:
        remarks.append(f"last changed by {said.last_modified_by}")
    return {
        "text": "\n".join(lines),
        "author": said.author or "",
        "given": said.created.isoformat() if said.created else "",
        "title": said.title or "",
        "remarks": remarks,
    }


def _confine() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main(kind: str, path: str) -> int:
    """In the confined process: what fails in there ends it, and the traceback says how."""
    import warnings

    warnings.simplefilter("ignore")
    read = {"pdf": _pdf, "docx": _docx, "outlook": read_outlook_file}[kind]
    _confine()
    try:
        found = read(Path(path))
    except ImportError as error:
        print(f"{error.name} is not installed", file=sys.stderr)  # noqa: T201
        return UsageError.exit_code
    print(json.dumps(_bounded(found)))  # noqa: T201
    return 0


def _bounded(found: dict[str, Any]) -> dict[str, Any]:
    cut = {
        key: value[:MOST_TEXT] if isinstance(value, str) else value for key, value in found.items()
    }
    if len(str(found.get("text", ""))) > MOST_TEXT:
        cut["remarks"] = [*found.get("remarks", []), "the text was cut"]
    return cut


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
