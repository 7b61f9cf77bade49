"""Is a key about to be written down? Redaction by value, wherever the value turns up."""

import base64
import json
from dataclasses import dataclass, field
from typing import Final, final
from urllib.parse import quote

from filiation.errors import UsageError

__all__ = ["NO_SECRET", "Secret"]

_SHORTEST: Final = 8  # a shorter value would turn up in answers by chance
_SHORTEST_PREFIX: Final = 6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A key and the name of the environment variable that it came from.

    Law: long and plain enough that its value can be told from any other text.
    """

    name: str
    value: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.value:
            return
        if len(self.value) < _SHORTEST:
            raise UsageError(
                f"{self.name}: {len(self.value)} characters, expected at least {_SHORTEST}; "
                "a shorter key could not be told from the words of an answer"
            )
        if not (self.value.isascii() and self.value.isprintable()) or " " in self.value:
            raise UsageError(
                f"{self.name}: holds spaces, control or non-ASCII characters; not a key"
            )

    def hide(self, raw: bytes, *, complete: bool = True) -> tuple[bytes, int]:
        """Return `raw` without the key, and in how many places it stood.

        Args:
            raw: What is about to be recorded.
            complete: Nothing is missing at the end; otherwise the beginning of the key, cut off
                with the rest, is taken out as well.
        """
        if not self.value:
            return raw, 0
        places = 0
        for form in self._forms():
            places += raw.count(form)
            raw = raw.replace(form, self._mark)
        if not complete and (begun := self._begun(raw)):
            raw, places = raw[:-begun] + self._mark, places + 1
        return raw, places

    def hide_text(self, text: str) -> str:
        """Return text without the key."""
        return self.hide(text.encode("utf-8", "backslashreplace"))[0].decode("utf-8")

    @property
    def _mark(self) -> bytes:
        return f"[{self.name} redacted]".encode()

    def _forms(self) -> list[bytes]:
        plain = self.value
        escaped = json.dumps(plain)[1:-1]
        forms = {plain, escaped, escaped.replace("/", "\\/"), quote(plain, safe="")}
        forms.add(base64.b64encode(plain.encode()).decode().rstrip("="))
        return sorted((form.encode() for form in forms), key=len, reverse=True)

    def _begun(self, raw: bytes) -> int:
        key = self.value.encode()
        lengths = range(len(key) - 1, _SHORTEST_PREFIX - 1, -1)
        return next((n for n in lengths if raw.endswith(key[:n])), 0)


NO_SECRET: Final = Secret(name="")
