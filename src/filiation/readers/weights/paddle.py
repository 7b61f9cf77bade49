"""PaddlePaddle's `.pdparams`: a pickle of arrays by name, described and never unpickled.

Names are like torch's; every matrix that is no table lies [in, out], and bfloat16 stands as whole
numbers of 16 bits, for which Paddle has no other use. Source:
https://github.com/PaddlePaddle/Paddle (python/paddle/framework/io.py).
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.bytes.opened import Opened, Places
from filiation.readers.bytes.torch_archive import open_pickle
from filiation.readers.weights.foreign import Renamed

__all__ = ["open_paddle", "paddle_names"]

SLICED: Final = "UnpackBigParamInfor@@"


def open_paddle(path: Path) -> Opened:
    """Map a file of parameters.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or in slices.
    """
    opened = open_pickle(path)
    if any("@@." in name for name in opened.places):
        raise UnreadableError(
            f"{path}: holds tensors in slices ({SLICED}), as protocols 2 and 3 write them, which "
            "are not read; save it with protocol 4"
        )
    places: dict[str, tuple[Source, StoredTensor]] = {}
    for name, (source, entry) in opened.places.items():
        info = entry.info
        word = "BF16" if info.dtype == "U16" else info.dtype
        told = TensorInfo(name=name, dtype=word, shape=info.shape, nbytes=info.nbytes)
        places[name] = source, StoredTensor(info=told, start=entry.start)
    return replace(opened, places=places)


def paddle_names(places: Places) -> Renamed:
    """Which matrices lie as their transpose: all that are no tables."""
    transposed = frozenset(
        name
        for name, (_, entry) in places.items()
        if len(entry.info.shape) == 2 and name.endswith(".weight") and "embed" not in name
    )
    return Renamed(places=places, names={}, transposed=transposed)
