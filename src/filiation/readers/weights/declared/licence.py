"""The title of a licence that lies beside a model: what it calls itself, in its first lines."""

from collections.abc import Iterator
from typing import Final

from filiation.readers.weights.declared.saying import Said

__all__ = ["HEAD", "licence_says"]

HEAD: Final = 4096  # bytes that are read of it
LINES: Final = 2  # of the title


def licence_says(raw: bytes) -> Iterator[Said]:
    """The first lines of a licence; only its title, since nothing here reads licences."""
    if b"\0" in raw:
        return
    lines = [line.strip(" \t#*=-") for line in raw.decode("utf-8", "replace").splitlines()]
    title = [line for line in lines if line][:LINES]
    if title:
        yield "licence", "title", " ".join(title)
