"""What the tensors of a sketch file are called, and what its reader and its writer agree on."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, get_args

import numpy as np

from filiation.files import shown
from filiation.model.layout import Merged, Skipped, Tower
from filiation.model.sketch import TABLE_COLUMNS, Frame

__all__ = [
    "ANCHORS",
    "ANCHOR_ROWS",
    "ATTENTION",
    "DESCRIPTION",
    "DIGESTS",
    "DTYPES",
    "KEY",
    "KIND",
    "LATENT",
    "MOST",
    "MOST_ROLES",
    "MOST_ROWS",
    "ROLE",
    "SAMPLES",
    "SCHEMA",
    "TABLES",
    "VALUES",
    "VALUES_PER_BYTE",
    "Place",
    "array_key",
    "axes_key",
    "deep_key",
    "frame_columns",
    "heads_key",
    "merged_of",
    "reason_of",
    "skipped_of",
    "table_key",
    "towers_of",
]

SCHEMA: Final = 3
KIND: Final = "sketch"
KEY: Final = f"filiation.{KIND}"
DESCRIPTION: Final = "description"
DIGESTS: Final = "tensor_digests"
SAMPLES: Final = "samples"
ANCHORS: Final = "anchors"
ANCHOR_ROWS: Final = "anchor_rows"
ATTENTION: Final = ("attn.q", "attn.k", "attn.v", "attn.o")
VALUES: Final = ("attn.v", "attn.o")  # of the attention, what has units as an MLP has
LATENT: Final = ("attn.o",)  # where values read a latent and not the stream
MOST_ROLES: Final = 64  # of matrices whose axes are kept
MOST_ROWS: Final = 1 << 24  # of one of them
ROLE: Final = re.compile(r"[a-z0-9_.]{1,32}")  # what such a role may be called
TABLES: Final = ("embedding/id", "head/string", "head/id", "positions/id")
MOST: Final = 1 << 60  # bytes of all tensors together
VALUES_PER_BYTE: Final = 8  # values that a byte holds at most, with one bit each
DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
}

COUNTS: Final = frozenset(
    {"modules", "least_rank", "most_rank", "full", "idle", "assumed", "replaced", "added"}
)
Place: TypeAlias = tuple[str, tuple[int, ...], int, int]  # dtype, shape, begin, end


def array_key(layer: int, role: str, part: str) -> str:
    """Name of the tensor that holds a part of one matrix of a layer."""
    return f"layers.{layer}.{role}.{part}"


def heads_key(layer: int, role: str, part: str) -> str:
    """Name of the tensor that holds a part of one matrix of the attention beside a layer."""
    return f"attention.{layer}.{role}.{part}"


def table_key(name: str) -> str:
    """Name of the tensor that holds rows of a table."""
    return f"tables.{name}"


def axes_key(role: str) -> str:
    """Name of the tensor that holds the axes of a role of the attention."""
    return f"axes.{role}"


def frame_columns(frame: Frame, columns: int) -> int:
    """How many columns a frame has."""
    return TABLE_COLUMNS if frame == "table" else columns


def deep_key(place: int, part: str) -> str:
    """Name of the tensor that holds a part of a deep layer."""
    return f"deep.{place}.{part}"


def reason_of(told: object) -> str | None:
    """A reason that a description states, or None."""
    return None if told is None else str(told)


def skipped_of(told: Iterable[tuple[object, object]]) -> list[Skipped]:
    """Tensors and reasons as a description lists them."""
    return [Skipped(tensor=str(tensor), reason=str(reason)) for tensor, reason in told]


def towers_of(told: Mapping[Any, Any]) -> dict[str, Tower]:
    """What a description calls towers.

    Raises:
        ValueError: It calls one something else than there is.
    """
    known: dict[object, Tower] = {tower: tower for tower in get_args(Tower)}
    if wrong := [called for called in told.values() if called not in known]:
        raise ValueError(f"tower called {wrong[0]!r:.40}")
    return {str(root): known[called] for root, called in told.items()}


def merged_of(told: Iterable[Mapping[str, object]]) -> list[Merged]:
    """Adapters as a description lists them.

    Raises:
        TypeError: A field is missing, unknown or of another type.
        ValueError: A number that counts nothing.
    """
    return [Merged(**{key: _field(key, value) for key, value in one.items()}) for one in told]


def _field(key: str, value: object) -> Any:
    if key in COUNTS:
        if type(value) is not int or not 0 <= value < MOST:
            raise ValueError(f"{key} of a merged adapter is {value!r:.40}")
        return value
    if key == "aside" and isinstance(value, list):
        return tuple(shown(str(one)) for one in value)
    if not isinstance(value, str):
        raise TypeError(f"{key} of a merged adapter is {value!r:.40}")
    return shown(value)
