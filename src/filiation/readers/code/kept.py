"""The copy of a source tree that an examination keeps: hashes, names and lines, no text.

One line of JSON, then the hashes (64 bits) and then the counts (16 bits) of every function's
channels, little-endian, compressed with gzip without a time stamp: the same tree gives the same
bytes. The name of the tree is not in it.
"""

import gzip
import json
import zlib
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast, get_args

import numpy as np

from filiation.errors import FiliationError, UnreadableError
from filiation.files import opened
from filiation.model.source import (
    CHANNELS,
    Features,
    FileFacts,
    Fragment,
    Sign,
    SignKind,
    SourceTree,
)

__all__ = ["SUFFIX", "kept_bytes", "read_kept"]

SUFFIX: Final = ".functions.gz"
KEY: Final = "filiation.source"
SCHEMA: Final = 2
READ: Final = (1, 2)  # the first knew nothing of foreign files, facts and signs
LARGEST: Final = 1 << 31  # bytes, decompressed
DAMAGE: Final = (
    *(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError, RecursionError),
    AttributeError,
)


def kept_bytes(tree: SourceTree) -> bytes:
    """A tree as one compressed file."""
    head = {
        KEY: SCHEMA,
        "files": dict(tree.files),
        "aside": tree.aside,
        "broken": dict(tree.broken),
        "fragments": [_said(one) for one in tree.fragments],
        "foreign": [_said(one) for one in tree.foreign],
        "facts": {file: [one.licence, one.holders, one.digest] for file, one in tree.facts.items()},
        "signs": [
            [one.kind, f"{one.key:016x}", one.text, one.file, one.line] for one in tree.signs
        ],
        "since": dict(tree.since),
    }
    features = [each for one in (*tree.fragments, *tree.foreign) for each in one.channels]
    body = [each.hashes.astype("<u8").tobytes() for each in features]
    body += [each.counts.astype("<u2").tobytes() for each in features]
    raw = json.dumps(head, sort_keys=True).encode() + b"\n" + b"".join(body)
    return gzip.compress(raw, compresslevel=6, mtime=0)


def _said(one: Fragment) -> list[Any]:
    sizes = [*map(len, one.channels)]
    return [one.file, one.name, one.first, one.last, one.language, sizes, [*one.marks]]


def read_kept(path: Path, name: str) -> SourceTree:
    """Read a tree that was kept by `kept_bytes`, under this name.

    Raises:
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    try:
        with opened(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            raw = unpacked.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise UnreadableError(f"{path.name}: more than {LARGEST} bytes, expected a source tree")
        line, _, body = raw.partition(b"\n")
        head = json.loads(line)
        if head[KEY] not in READ:
            raise UnreadableError(f"{path.name}: schema {head[KEY]}, expected {SCHEMA}")
        return _tree(name, head, body)
    except FiliationError:
        raise
    except DAMAGE as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error}, expected the functions of a source "
            "tree; the file was changed"
        ) from error


def _tree(name: str, head: dict[str, Any], body: bytes) -> SourceTree:
    own, foreign = head["fragments"], head.get("foreign", [])
    sizes = [size for one in (*own, *foreign) for size in one[5]]
    total = sum(sizes)
    if any(type(size) is not int or size < 0 for size in sizes) or len(body) != 10 * total:
        raise ValueError(f"{len(body)} bytes of features")
    hashes = np.frombuffer(body, dtype="<u8", count=total)
    counts = np.frombuffer(body, dtype="<u2", offset=8 * total)
    ends: list[int] = np.cumsum(sizes)[:-1].tolist() if sizes else []
    parts = zip(np.split(hashes, ends), np.split(counts, ends), strict=True)
    features = iter([_features(one, two) for one, two in parts] if sizes else [])
    return SourceTree(
        name=name,
        files={str(file): str(digest) for file, digest in head["files"].items()},
        fragments=tuple(_fragment(one, [*islice(features, 3)]) for one in own),
        aside=tuple((str(file), str(why)) for file, why in head["aside"]),
        broken={str(file): int(count) for file, count in head["broken"].items()},
        foreign=tuple(_fragment(one, [*islice(features, 3)]) for one in foreign),
        facts={str(file): _facts(*one) for file, one in head.get("facts", {}).items()},
        signs=tuple(_sign(*one) for one in head.get("signs", [])),
        since={str(file): str(day) for file, day in head.get("since", {}).items()},
    )


def _features(hashes: Any, counts: Any) -> Features:
    if (hashes[1:] <= hashes[:-1]).any() or (counts < 1).any():
        raise ValueError("features that are not in order")
    return Features(hashes=hashes.astype(np.uint64), counts=counts.astype(np.uint16))


def _fragment(said: list[Any], features: list[Features]) -> Fragment:
    file, name, first, last, language, sizes, marks = (*said, [])[:7]
    if len(sizes) != len(CHANNELS):
        raise ValueError(f"{len(sizes)} channels of a function")
    one, two, three = features
    return Fragment(
        file=str(file), name=str(name), first=int(first), last=int(last), language=str(language),
        channels=(one, two, three), marks=tuple(map(str, marks)),
    )  # fmt: skip


def _facts(licence: str, holders: list[str], digest: str) -> FileFacts:
    return FileFacts(licence=str(licence), holders=tuple(map(str, holders)), digest=str(digest))


def _sign(kind: str, key: str, text: str, file: str, line: int) -> Sign:
    if kind not in get_args(SignKind):
        raise ValueError(f"a sign of kind {kind!r}")
    return Sign(
        kind=cast(SignKind, kind), key=int(key, 16), text=str(text), file=str(file), line=int(line)
    )
