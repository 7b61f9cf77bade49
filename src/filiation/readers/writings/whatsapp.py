"""An export of WhatsApp: lines that begin with a date, a time and a name.

It names no time zone, and the order of day and month follows the settings of the telephone. Where
no date of the file has a part above 12, the order cannot be known, and no time is derived.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from filiation.errors import UnreadableError
from filiation.model.document import Document, Person
from filiation.readers.writings.alphabets import decoded
from filiation.readers.writings.plain import clipped, one_line

__all__ = ["is_whatsapp", "read_whatsapp"]

LARGEST: Final = 1 << 28
SPACE: Final = "[\u200e\u200f\u202f\u00a0 ]"
BEGIN: Final = re.compile(
    rf"{SPACE}*\[?(\d{{1,4}})[./-](\d{{1,2}})[./-](\d{{2,4}}),?{SPACE}+"
    rf"(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:{SPACE}*([AaPp])\.?{SPACE}?[Mm]\.?)?\]?{SPACE}*"
    rf"(?:-{SPACE}+)?([^:\n]{{1,100}}):{SPACE}"
)
NOTICE: Final = re.compile(rf"{SPACE}*\[?\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{2,4}},?{SPACE}+\d")


def is_whatsapp(opening: bytes) -> bool:
    """Does a file that begins so look like such an export?"""
    lines = decoded(opening[:4000]).lstrip("\ufeff").splitlines()[:6]
    return any(BEGIN.match(line) for line in lines) and NOTICE.match(lines[0]) is not None


def read_whatsapp(path: Path, file: str) -> Iterator[Document]:
    """All messages, in order; a message is the bytes of its lines.

    Raises:
        UnreadableError: The file is too large.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"{file}: more than {LARGEST} bytes; export it in parts")
    order = _order(path)
    start, position, lines = -1, 0, b""
    with path.open("rb") as rows:
        for line in rows:
            if NOTICE.match(decoded(line[:500]).lstrip("\ufeff")):
                if start >= 0:
                    yield from _message(lines, file, start, order)
                start, lines = position, b""
            lines += line
            position += len(line)
    if start >= 0:
        yield from _message(lines, file, start, order)


def _order(path: Path) -> str:
    """`dmy`, `mdy` or `ymd`, or empty if the file does not show which."""
    first = second = 0
    with path.open("rb") as rows:
        for line in rows:
            found = BEGIN.match(decoded(line[:500]).lstrip("\ufeff"))
            if found:
                first, second = max(first, int(found[1])), max(second, int(found[2]))
    if first > 31:
        return "ymd"
    if first > 12:
        return "dmy"
    return "mdy" if second > 12 else ""


def _message(raw: bytes, file: str, start: int, order: str) -> Iterator[Document]:
    text = decoded(raw).lstrip("\ufeff")
    found = BEGIN.match(text)
    if found is None:
        return  # a notice of the program, such as that messages are encrypted
    words, cut = clipped(text[found.end() :].rstrip("\n"))
    moment = _moment(found, order)
    remarks = ["the time is given without a time zone"] if moment else [
        "day and month cannot be told apart in this file; no time was derived"
    ]  # fmt: skip
    if cut:
        remarks.append("the text was cut")
    yield Document(
        file=file,
        start=start,
        raw=raw,
        format="whatsapp",
        sent=one_line(found[0][: found.start(8)].strip("[]- \u200e"), 60),
        moment=moment,
        people=(Person(address=one_line(found[8]).lower(), name=one_line(found[8])),),
        subject=PurePosixPath(file).stem,
        text=words,
        answers=(f"<{one_line(file, 300)}>",),
        remarks=tuple(remarks),
    )


def _moment(found: re.Match[str], order: str) -> str:
    if not order:
        return ""
    parts = dict(zip(order, (int(found[n]) for n in (1, 2, 3)), strict=True))
    year = parts["y"] + 2000 if parts["y"] < 100 else parts["y"]
    hour = int(found[4])
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "p" else 0)
    try:
        moment = datetime(year, parts["m"], parts["d"], hour, int(found[5]), int(found[6] or 0))
    except ValueError:
        return ""
    return moment.isoformat()
