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
from typing import Any, Final

import numpy as np

from filiation.errors import FiliationError, UnreadableError
from filiation.files import opened
from filiation.model.source import CHANNELS, Features, Fragment, SourceTree

__all__ = ["SUFFIX", "kept_bytes", "read_kept"]

SUFFIX: Final = ".functions.gz"
KEY: Final = "filiation.source"
SCHEMA: Final = 1
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
        "fragments": [
            [one.file, one.name, one.first, one.last, one.language, [*map(len, one.channels)]]
            for one in tree.fragments
        ],
    }
    features = [each for one in tree.fragments for each in one.channels]
    body = [each.hashes.astype("<u8").tobytes() for each in features]
    body += [each.counts.astype("<u2").tobytes() for each in features]
    raw = json.dumps(head, sort_keys=True).encode() + b"\n" + b"".join(body)
    return gzip.compress(raw, compresslevel=6, mtime=0)


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
        if head[KEY] != SCHEMA:
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
    sizes = [size for one in head["fragments"] for size in one[5]]
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
        fragments=tuple(_fragment(one, [*islice(features, 3)]) for one in head["fragments"]),
        aside=tuple((str(file), str(why)) for file, why in head["aside"]),
        broken={str(file): int(count) for file, count in head["broken"].items()},
    )


def _features(hashes: Any, counts: Any) -> Features:
    if (hashes[1:] <= hashes[:-1]).any() or (counts < 1).any():
        raise ValueError("features that are not in order")
    return Features(hashes=hashes.astype(np.uint64), counts=counts.astype(np.uint16))


def _fragment(said: list[Any], features: list[Features]) -> Fragment:
    file, name, first, last, language, sizes = said
    if len(sizes) != len(CHANNELS):
        raise ValueError(f"{len(sizes)} channels of a function")
    one, two, three = features
    return Fragment(
        file=str(file), name=str(name), first=int(first), last=int(last), language=str(language),
        channels=(one, two, three),
    )  # fmt: skip
