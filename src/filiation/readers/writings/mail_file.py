"""Where does the mail lie in a file that holds one? Behind what programs put around it."""

import re
from typing import Final

__all__ = ["is_mail", "mail_within"]

FIELD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?")
MAIL: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?(from|date|received|message-id|return-path):", re.I | re.M
)
BEFORE: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n){0,100}")
APPLE: Final = re.compile(rb"(\d{1,12})[ \t]*\r?\n")
PLIST: Final = re.compile(rb'<\?xml version="1\.0"[^>]{0,100}\?>\s*<!DOCTYPE plist')


def is_mail(opening: bytes) -> bool:
    """Does a file that begins so hold a mail?"""
    return FIELD.match(opening) is not None and len(MAIL.findall(opening)) >= 2


def mail_within(raw: bytes, *, apple: bool = False) -> tuple[int, int, list[str]]:
    """First byte of the mail, the byte after its last, and what stands around it, in words.

    Args:
        raw: The file.
        apple: It is one of Apple Mail (.emlx): a count of bytes, the mail, a list of marks.
    """
    start, end, notes = 0, len(raw), []
    count = APPLE.match(raw) if apple else None
    if count is not None:
        start = count.end()
        end = min(end, start + int(count[1]))
        marks = PLIST.search(raw, start)
        if marks is None or raw[end : marks.start()].strip() or marks.start() < end:
            end = marks.start() if marks else len(raw)
            notes.append(f"its count of {int(count[1])} bytes does not lead to where the mail ends")
        if marks is not None:
            notes.append("marks that Apple Mail put behind the mail are not part of it")
    before = BEFORE.match(raw, start)
    if before is not None and before.end() > start and before.end() < end:
        notes.append(f"{before.end() - start} bytes before its header are not part of it")
        start = before.end()
    return start, end, notes
