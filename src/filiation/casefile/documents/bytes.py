"""The bytes of one document out of the file that holds it. Needs no reader of any format."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from filiation.casefile.documents.account import Accounted
from filiation.errors import AlteredError, CaseError

__all__ = ["Bytes"]


@final
class Bytes:
    """Documents of one production; keeps the last JSON file that it parsed."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._parsed: tuple[str, Any] = ("", None)

    def of(self, entry: Accounted) -> bytes:
        """The bytes of a document, checked.

        Raises:
            CaseError: Its file is not there, or holds no such value.
            AlteredError: Its bytes are others than were recorded.
        """
        what = f"document {entry.number}"
        if entry.file not in self._files:
            raise CaseError(f"{what}: lies in {entry.file!r}, which the account does not name")
        path = self._files[entry.file]
        try:
            raw = self._value(entry, path) if entry.pointer else _slice(entry, path)
        except OSError as error:
            raise CaseError(f"{what}: cannot be read: {error.strerror}") from error
        found = hashlib.sha256(raw).hexdigest()
        if found != entry.sha256:
            raise AlteredError(what, recorded=entry.sha256, found=found)
        return raw

    def _value(self, entry: Accounted, path: Path) -> bytes:
        try:
            parsed = self._parsed  # another thread may put another file in its place
            if parsed[0] != entry.file:
                raw = path.read_bytes()
                lines = entry.file.endswith((".jsonl", ".ndjson"))
                rows = (
                    [json.loads(line) for line in raw.splitlines() if line.strip()] if lines else []
                )
                parsed = self._parsed = (entry.file, rows if lines else json.loads(raw))
            value = parsed[1]
            for step in entry.pointer.split("/")[1:]:
                value = value[int(step)] if isinstance(value, list) else value[step]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise CaseError(f"document {entry.number}: {entry.pointer}: {error}") from error
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _slice(entry: Accounted, path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(entry.start)
        return file.read(entry.size)
