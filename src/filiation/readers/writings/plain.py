"""Bytes and mark-up of strangers as plain text: known alphabets, no scripts, no control codes."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from filiation.errors import UsageError
from filiation.model.document import MOST_TEXT

__all__ = ["clipped", "decoded", "from_html", "instant", "need", "one_line"]

# idna, punycode and the like take quadratic time on what a stranger writes
ALPHABETS: Final = re.compile(
    r"utf-?8|us-ascii|ascii|utf-?16(le|be)?|utf-?7|iso-?8859-\d{1,2}|latin-?1|windows-?12\d\d|"
    r"cp12\d\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)|iso-2022-(jp|kr)|macintosh",
)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
BREAKS: Final = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]{0,200}>", re.IGNORECASE)
DRAWN: Final = re.compile(r"</?(?:svg|math)\b[^>]{0,1000}>", re.IGNORECASE)  # would hide words
TOGETHER: Final = 1000  # tags parsed as one tree; its depth costs quadratic time
BLANK: Final = re.compile(r"[ \t]*\n[ \t]*(?:\n[ \t]*)+")


def need(extra: str) -> UsageError:
    """The error that says which extra is missing."""
    return UsageError(
        f"{extra} is not installed, and documents are not read without it; "
        "pip install 'filiation[documents]'"
    )


def decoded(raw: bytes, alphabet: str = "") -> str:
    """Text in the alphabet it claims if that is a known one, else UTF-8 or Latin-1."""
    name = alphabet.strip().strip("'\"").lower()
    if ALPHABETS.fullmatch(name):
        try:
            return raw.decode(name, "replace")
        except LookupError:
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def clipped(text: str) -> tuple[str, bool]:
    """Text without control codes, cut to the most that is read; whether it was cut."""
    text = text[: MOST_TEXT + 1].replace("\r\n", "\n").replace("\r", "\n")
    cut = len(text) > MOST_TEXT
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:MOST_TEXT]), cut


def one_line(text: str, most: int = 1000) -> str:
    """Text of a header: one line, no control codes."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text[:most].split()))


def from_html(markup: str) -> str:
    """The words of a page, without scripts, styles, comments, links and pictures.

    Raises:
        UsageError: nh3 is not installed.
    """
    try:
        import nh3
    except ImportError as error:
        raise need("nh3") from error
    broken = DRAWN.sub(" ", BREAKS.sub("\n", markup[: 4 * MOST_TEXT]))
    silent = {"script", "style", "head", "title"}
    bare = "".join(nh3.clean(x, tags=set(), clean_content_tags=silent) for x in _pieces(broken))
    return BLANK.sub("\n\n", html.unescape(bare)).strip()


def _pieces(markup: str) -> Iterator[str]:
    """Runs of at most TOGETHER tags; what is cut in the middle of a script is shown as words."""
    start = count = 0
    for found in re.finditer("<", markup):
        count += 1
        if count > TOGETHER:
            yield markup[start : found.start()]
            start, count = found.start(), 1
    yield markup[start:]


def instant(given: str) -> tuple[str, str]:
    """A date of RFC 5322 or RFC 3339 in UTC, and a remark if it is missing, odd or has no zone."""
    text = given.strip()[:100]
    if not text:
        return "", "no date is given"
    try:
        iso = text[:4].isdigit()
        moment = datetime.fromisoformat(text) if iso else parsedate_to_datetime(text)
        if moment.tzinfo is None:
            return moment.isoformat(timespec="seconds"), "the date is given without a time zone"
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return "", "the date that is given is none"
