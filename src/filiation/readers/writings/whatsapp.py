"""An export of WhatsApp: lines that begin with a date, a time and a name.

It names no time zone, and the order of day and month follows the settings of the telephone: it is
the one in which all dates of the file are some and none goes back. Where several fit, no time is
derived unless somebody says which it is.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.document import Document, Person
from filiation.readers.writings.alphabets import decoded
from filiation.readers.writings.plain import clipped, one_line
from filiation.readers.writings.whatsapp_lines import Line, line_of, moment_of, orders_of

__all__ = ["AMBIGUOUS", "is_whatsapp", "read_whatsapp"]

LARGEST: Final = 1 << 28
MOST_NOTICES: Final = 20  # between two messages, that are told
NO_ZONE: Final = "the time is given without a time zone"
AMBIGUOUS: Final = "day and month cannot be told apart"
AS_IT_SAYS: Final = (
    "who wrote it is what the line says; a line typed into another message would look the same"
)
BACKWARDS: Final = "its time is before that of the message above it"
YEAR: Final = "the year is given in two digits, and taken to stand {}"
SET: Final = "WhatsApp set a mark before these words, as it does before its own"
QUOTES: Final = re.compile('["\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d]')


def is_whatsapp(opening: bytes) -> bool:
    """Does a file that begins so look like such an export?"""
    lines = _clean(opening[:4000]).splitlines()[:6]
    begun = [line_of(line) for line in lines]
    return bool(begun) and begun[0] is not None and any(one and one.name for one in begun)


def read_whatsapp(path: Path, file: str, order: str = "") -> Iterator[Document]:
    """All messages, in order; a message is the bytes of its lines.

    Args:
        path: Where it lies.
        file: What it is called.
        order: `dmy`, `mdy` or `ymd` as somebody says; empty to take it from the file.

    Raises:
        UnreadableError: The file is too large.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"{file}: more than {LARGEST} bytes; export it in parts")
    how = _how(path, file, order)
    held: _Message | None = None
    notices: list[str] = []
    for message in _messages(path, how.shape):
        if how.is_notice(message.line):
            said = one_line(message.text[message.line.rest :], 300)
            notices.append(f"a notice of the program stands {{}} it: {said}")
            continue
        if held is not None:
            yield held.document(how, message.line)
        message.notices = [notice.format("before") for notice in _few(notices)]
        held, notices = message, []
    if held is not None:
        held.notices += [notice.format("behind") for notice in _few(notices)]
        yield held.document(how, None)


def _few(notices: list[str]) -> list[str]:
    left = len(notices) - MOST_NOTICES
    more = [f"{left} more notices of the program stand {{}} it"] if left > 0 else []
    return notices[:MOST_NOTICES] + more


@final
@dataclass(slots=True)
class _How:
    """How a file is set.

    Attributes:
        file: What it is called.
        shape: Of the lines that begin its messages.
        orders: In which its dates can be read.
        names: How many lines each name begins.
        told: Somebody said in which.
        last: The time of the message before.
    """

    file: str
    shape: str
    orders: tuple[str, ...]
    names: Counter[str]
    told: bool = False
    last: str = ""

    @property
    def order(self) -> str:
        return self.orders[0] if len(self.orders) == 1 else ""

    def is_notice(self, line: Line) -> bool:
        """Are these words of the program, though a colon stands among them?"""
        if not line.name or len(QUOTES.findall(line.name)) % 2:
            return True
        if self.names[line.name] > 1:
            return False
        words = line.name.split()
        return any(
            " ".join(words[:count]) in self.names for count in range(1, len(words) - 1)
        )  # fmt: skip


@final
@dataclass(slots=True)
class _Message:
    """One message while it is read."""

    start: int
    raw: bytes
    text: str
    line: Line
    notices: list[str]

    def document(self, how: _How, after: Line | None) -> Document:
        """The message as a document."""
        words, cut = clipped(self.text[self.line.text :].rstrip("\n"))
        moment = moment_of(self.line, how.order)
        said = moment.isoformat() if moment else ""
        remarks = [*self._doubts(how, said), AS_IT_SAYS, *self.notices]
        how.last = said or how.last
        if cut:
            remarks.append("the text was cut")
        name = one_line(self.line.name)
        return Document(
            file=how.file,
            start=self.start,
            raw=self.raw,
            format="whatsapp",
            sent=one_line(self.line.given, 60),
            moment=said,
            people=(Person(address=name.lower(), name=name),),
            subject=PurePosixPath(how.file).stem,
            text=words.lstrip("\u200e"),
            answers=(f"<{one_line(how.file, 300)}>",),
            remarks=tuple(remarks),
        )

    def _doubts(self, how: _How, moment: str) -> Iterator[str]:
        """What is open about its time and its words."""
        if moment:
            yield NO_ZONE
            if how.told:
                yield f"day, month and year stand in the order that was told ({how.order})"
            elif max(self.line.date) < 100:
                yield YEAR.format("first" if how.order == "ymd" else "last")
            if moment < how.last:
                yield BACKWARDS
        elif len(how.orders) > 1:
            yield (
                f"{AMBIGUOUS} in this file ({' or '.join(how.orders)}); "
                "no time was derived; whoever put it in can say which it is (--dates)"
            )
        elif self.line.hour is None and how.orders:
            yield "the word for the half of the day is not known; no time was derived"
        else:
            yield "its dates are none in any order of day, month and year; no time was derived"
        if self.text.startswith("\u200e", self.line.text):
            yield SET


def _clean(raw: bytes) -> str:
    return decoded(raw).lstrip("\ufeff")


def _messages(path: Path, shape: str) -> Iterator[_Message]:
    """Messages and notices: from a line that begins one to before the next."""
    start, position, lines = -1, 0, b""
    begun: Line | None = None
    with path.open("rb") as rows:
        for row in rows:
            line = line_of(_clean(row[:800]))
            if line is not None and line.shape == shape:
                if begun is not None:
                    yield _Message(start, lines, _clean(lines), begun, [])
                start, lines, begun = position, b"", line
            lines += row
            position += len(row)
    if begun is not None:
        yield _Message(start, lines, _clean(lines), begun, [])


def _how(path: Path, file: str, order: str) -> _How:
    """Go through the file once: its shape, its names, its order of dates."""
    lines: list[Line] = []
    with path.open("rb") as rows:
        for row in rows:
            line = line_of(_clean(row[:800]))
            if line is not None and (not lines or line.shape == lines[0].shape):
                lines.append(line)
    names = Counter(line.name for line in lines if line.name)
    shape = lines[0].shape if lines else ""
    return _How(file, shape, (order,) if order else orders_of(lines), names, bool(order))
