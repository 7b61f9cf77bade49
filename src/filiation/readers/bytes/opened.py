"""What stands in one file of a model, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, final

from filiation.readers.bytes.mapped import Source, StoredTensor

__all__ = ["Opened", "Places"]

Places: TypeAlias = Mapping[str, tuple[Source, StoredTensor]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The tensors of a file.

    Attributes:
        path: The file.
        places: Where each tensor's bytes are, by its name in the file.
        transposed: Those that stand as their transpose.
        unexamined: Those that are not read as weights, with reasons.
        aside: What stands in the file beside the model, with reasons.
        interleaved: Rows per head of tensors whose rows stand in pairs, as rotary positions turn
            them.
        said: Whole numbers that a training's settings (`args`) say in the file.
    """

    path: Path
    places: Places
    transposed: frozenset[str] = frozenset()
    unexamined: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, int] = field(default_factory=dict)
    interleaved: Mapping[str, int] = field(default_factory=dict)
