"""What a container says of the model in it, before roles are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from filiation.readers.bytes.opened import Places
from filiation.readers.weights.packed.packing import Packing
from filiation.readers.weights.scaling import Scaling
from filiation.readers.weights.settings import Settings

__all__ = ["Contents"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The tensors of one model, and what only the container knows of them.

    Attributes:
        places: Where each tensor's bytes are.
        settings: Facts that decide between families.
        tokens: What each token id stands for, None without a tokenizer.
        names: Stored name to the name that role files know, where they differ.
        transposed: Matrices stored with their axes swapped: [in, out] where role files say
            [out, in].
        interleaved: Tensors whose rows are interleaved within each attention head, as llama.cpp
            stores q and k, and how many rows a head has.
        scaling: Scales that the container ties to a tensor in its own way.
        packed: Tensors of which a matrix is unpacked.
        unexamined: Tensors that hold no readable weights, with reasons.
        aside: Tensors that stand in the files and are not of the model, with reasons.
    """

    places: Places
    settings: Settings
    tokens: tuple[bytes, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    transposed: frozenset[str] = frozenset()
    interleaved: Mapping[str, int] = field(default_factory=dict)
    scaling: Mapping[str, Scaling] = field(default_factory=dict)
    packed: Mapping[str, Packing] = field(default_factory=dict)
    unexamined: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[str, str] = field(default_factory=dict)
