"""Digests of a model: over its tensors, so that sharding and order do not matter."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from filiation.model.layout import TensorInfo

__all__ = ["digest_of_tensors", "sha256_of", "sha256_of_bytes"]


def digest_of_tensors(tensors: Sequence[TensorInfo], digests: Iterable[str]) -> str:
    """SHA-256 (hex) over names, dtypes, shapes and digests of all tensors, by name."""
    rows = sorted(
        [t.name, t.dtype, list(t.shape), d] for t, d in zip(tensors, digests, strict=True)
    )
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_bytes(raw: bytes | memoryview) -> str:
    """SHA-256 (hex) of bytes."""
    return hashlib.sha256(raw).hexdigest()
