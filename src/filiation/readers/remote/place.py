"""One file on another machine: how it is asked for, and by which marks its state is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import final

from filiation.errors import UnreadableError, UsageError

__all__ = ["MissingError", "Place", "State", "no_secrets"]


class MissingError(UsageError):
    """The host says that there is no such file."""


def no_secrets(url: str) -> Mapping[str, str]:
    """Headers that show who asks: none."""
    return {}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file is.

    Attributes:
        shown: What messages and records call it; holds no query.
        url: Where it is asked for first.
        secrets: Headers that show who asks, for this URL. They go to that scheme, host and port
            only, wherever a redirect leads.
        follows: Whether redirects are followed.
        denied: What a refusal (401, 403) means, in words.
        commit: What every answer of the first host must say that it is (`X-Repo-Commit`), if it
            says anything; empty for none.
    """

    shown: str
    url: str = field(repr=False)
    secrets: Callable[[str], Mapping[str, str]] = field(default=no_secrets, repr=False)
    follows: bool = True
    denied: str = "it is not open to everyone"
    commit: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """In which state a file was when it was first asked for.

    Attributes:
        size: Bytes.
        linked: The hub's own mark (`X-Linked-Etag`): of large files their SHA-256; or empty.
        etag: The ETag of whoever sent the bytes; or empty.
        changed: When it was changed last, as that machine says; or empty.
        ranges: Whether parts of it can be had.
    """

    size: int
    linked: str = ""
    etag: str = ""
    changed: str = ""
    ranges: bool = True

    @property
    def mark(self) -> str:
        """By what the state is known; empty: by nothing but the size."""
        return self.linked or self.etag or self.changed

    def same(self, found: "State", what: str) -> None:
        """Refuse an answer that is of another state of the file.

        The hub's own mark is not in an answer that came by a link that it gave before.

        Raises:
            UnreadableError: Another size, or another mark.
        """
        pairs = (
            ("ETag", self.linked, found.linked or self.linked),
            ("ETag", self.etag, found.etag),
            ("time of change", self.changed, found.changed if not self.etag else self.changed),
        )
        if self.size != found.size:
            told = f"has {found.size} bytes, it had {self.size} when it was opened"
        else:
            other = [(name, a, b) for name, a, b in pairs if a != b]
            if not other:
                return
            name, before, after = other[0]
            told = f"has the {name} {after[:80]!a}, it had {before[:80]!a} when it was opened"
        raise UnreadableError(
            f"{what}: {told}; it changed while it was being read, and two states are never mixed: "
            "read it again"
        )
