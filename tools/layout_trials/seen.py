"""What the reader makes of a model of which only names, shapes and config.json exist."""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, final

from filiation.model.layout import Layout, TensorInfo
from filiation.readers.bytes.mapped import StoredTensor
from filiation.readers.weights.checkpoint import laid_out
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.settings import read_settings
from filiation.readers.weights.stacked import experts_apart

__all__ = ["STATES", "Seen", "State", "seen"]

State: TypeAlias = Literal["by name", "in part", "by shape", "unknown"]
STATES: Final[tuple[State, ...]] = ("by name", "in part", "by shape", "unknown")
MOST: Final = 0.75  # share of the weights in layers that a layout by name must explain
LAYER: Final = re.compile(r"(?:.*?\.)??\d+\.[^.]+\.[^.]+")  # a module of a numbered module


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A layout, and the share of the bytes of matrices in layers that it gives a role."""

    state: State
    share: float
    layout: Layout


def seen(tensors: Mapping[str, TensorInfo], config: Mapping[str, Any]) -> Seen:
    """Ask the reader, as for a folder that holds these tensors and this config.json."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(config))
        settings = read_settings(path)
    nowhere: Any = None
    apart = experts_apart(
        {name: (nowhere, StoredTensor(info=info, start=0)) for name, info in tensors.items()}
    )
    infos = {name: apart.places[name][1].info for name in sorted(apart.places)}
    contents = Contents(
        places=apart.places, settings=settings, names=apart.names, transposed=apart.transposed
    )
    layout = laid_out(infos, contents, {})
    share = explained(layout, infos)
    if layout.guessed:
        state: State = "by shape" if layout.layers else "unknown"
    else:
        state = "by name" if share >= MOST else "in part"
    return Seen(state=state, share=share, layout=layout)


def explained(layout: Layout, tensors: Mapping[str, TensorInfo]) -> float:
    """The share of the values of matrices in layers that have a role.

    In layers: in a module of a numbered module.
    """
    used = {
        matrix.tensor
        for layer in layout.layers
        for matrix in (*layer.matrices, *layer.attention, *layer.mixers)
    }
    inside = {
        name: prod(info.shape)
        for name, info in tensors.items()
        if len(info.shape) > 1 and min(info.shape) > 1 and LAYER.match(name)
    }
    return sum(inside[name] for name in inside if name in used) / max(1, sum(inside.values()))
