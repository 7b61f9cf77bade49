"""A kept snapshot of DNS: which TXT records did somebody see, and where does it lie?

A text file in the form that `dig +noall +answer NAME TXT` prints (RFC 1035, master file): name,
seconds, IN, TXT, and quoted strings that belong together. Nothing is ever looked up: a key that
the snapshot lacks is unknown. Who took it, when and from whom goes in comments (`;`) and in the
record of the case; the file itself does not vouch for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.files import opened

__all__ = ["LARGEST", "Snapshot", "read_snapshot"]

LARGEST: Final = 1 << 24
LONGEST: Final = 4096  # characters of a record; a key of 8192 bits takes 1,500
LINE: Final = re.compile(r"(\S{1,300})\s+(?:\d{1,10}\s+)?(?:IN\s+)?TXT\s+(\S.*)", re.IGNORECASE)
STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
PLAIN: Final = re.compile(r"\\(\d{3}|.)")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """TXT records by name (lower case, without the final dot)."""

    records: Mapping[str, str] = field(default_factory=dict)

    def txt(self, name: str) -> str | None:
        """The record of a name, or None."""
        return self.records.get(name.lower().rstrip("."))


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot of DNS records.

    Raises:
        UnreadableError: Not such a file, or a name with two records that differ.
    """
    try:
        with opened(path) as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise UnreadableError(f"{path}: more than {LARGEST} bytes; not a snapshot of keys")
    lines = raw.decode("ascii", "replace").splitlines()
    records: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith(";"):
            continue
        found = LINE.fullmatch(line.strip())
        text = _text(found[2]) if found else None
        if found is None or text is None or len(text) > LONGEST:
            raise UnreadableError(
                f'{path.name}: line {number}: expected NAME SECONDS IN TXT "..." as '
                "`dig +noall +answer` prints it"
            )
        name = found[1].lower().rstrip(".")
        if records.setdefault(name, text) != text:
            raise UnreadableError(
                f"{path.name}: line {number}: two records of {name} that differ; keep one file "
                "for each time it was looked up"
            )
    return Snapshot(records=records)


def _text(quoted: str) -> str | None:
    parts = STRING.findall(quoted)
    if STRING.sub("", quoted):
        return None
    return "".join(PLAIN.sub(_character, part) for part in parts)


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1])) if escape[1].isdecimal() and len(escape[1]) == 3 else escape[1]
