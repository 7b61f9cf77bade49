"""Where a model lay that was read over a network, how much was read, and what digests cover."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filiation.model.origin import Origin, OriginFile

__all__ = ["origin_lines", "origin_words"]

# Whether every byte was read, and whether the host declares a digest.
_KNOWN: Final[Mapping[tuple[bool, bool], str]] = {
    (True, True): "sha256 as the host declares, every byte read",
    (True, False): "read whole, the host declares no sha256",
    (False, True): "sha256 declared by the host and not verified, as not every byte was read",
    (False, False): "no sha256, as not every byte was read",
}


def origin_lines(origin: Origin) -> Iterator[str]:
    """The lines under a sketch."""
    yield f"origin      {origin.pinned}, asked of {origin.host}"
    if not origin.files:
        return
    yield f"read        {_share(origin.weights)}"
    yield f"state       {_state(origin)}"
    files = "; ".join(_files(origin.weights))
    yield f"digests     of tensors: of the bytes that came; of files: {files}"


def origin_words(origin: Origin) -> str:
    """The same in one sentence, for a record."""
    if not origin.files:
        return f"read from {origin.pinned}, {origin.host}"
    return (
        f"read from {origin.pinned}, asked of {origin.host}: {_share(origin.weights)}; "
        f"state: {_state(origin)}; files: {'; '.join(_files(origin.weights))}"
    )


def _share(files: Sequence[OriginFile]) -> str:
    read, size = sum(one.read for one in files), sum(one.size for one in files)
    counted = "1 file" if len(files) == 1 else f"{len(files)} files"
    share = 100 * read / size if size else 100.0
    shown = "100 %" if read == size else f"{min(share, 99.9):.1f} %"
    return f"{read:,} of {size:,} bytes of the weights ({shown}), {counted}"


def _state(origin: Origin) -> str:
    """By what it is known that all bytes are of one state."""
    unmarked = [one for one in origin.files if not one.mark]
    if origin.commit:
        known = "one commit"
    elif len(unmarked) < len(origin.files):
        known = "one ETag or time of change of each file"
    else:
        return "the host marks none, only sizes were compared from one request to the next"
    if not unmarked:
        return known
    return f"{known}; of {len(unmarked)} files the host marks none, only sizes were compared"


def _files(files: Sequence[OriginFile]) -> Iterator[str]:
    counted = Counter(_KNOWN[bool(one.sha256), bool(one.declared)] for one in files)
    for words in _KNOWN.values():
        if counted[words]:
            yield f"{counted[words]} of {len(files)} {words}"
