"""A model of CTranslate2: names as role files know them, scales that divide, heads as variables."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.blocks import row_values
from filiation.readers.bytes.ctranslate2 import Variables, open_ctranslate2
from filiation.readers.bytes.mapped import MappedFile, StoredTensor
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.scaling import Scaling
from filiation.readers.weights.settings import Settings

__all__ = ["ctranslate2_contents"]

_LAYER: Final = re.compile(r"\blayer_(\d{1,5})\b")
_WHOLE: Final = frozenset({"I8", "I16"})
_SCALE: Final = "_scale"
PACKED: Final = "packed four bits of AWQ, which are not read here"


def ctranslate2_contents(path: Path, tokens: tuple[bytes, ...] | None) -> Contents:
    """Open `model.bin`.

    Raises:
        UnreadableError: It is damaged, or of a version that is not read.
    """
    opened = open_ctranslate2(path)
    entries = {entry.info.name: entry for entry in opened.file.entries}
    # Equal variables are written once: a vector of gains counts under all its names, a tied table
    # is one table.
    other = {alias: name for alias, name in opened.aliases.items() if entries[name].info.shape}
    for alias, name in other.items():
        if len(entries[name].info.shape) == 1:
            info = replace(entries[name].info, name=alias)
            entries[alias] = StoredTensor(info=info, start=entries[name].start)
    scaling, unexamined = _scalings({name: entry.info for name, entry in entries.items()})
    aside = {name: f"another name of {other[name]}" for name in other if name not in entries}
    return Contents(
        places={name: (opened.file, entry) for name, entry in entries.items()},
        settings=_settings(opened, entries),
        tokens=tokens,
        names={name: _LAYER.sub(r"layers.\1", name).replace("/", ".") for name in entries},
        scaling=scaling,
        unexamined=unexamined,
        aside=aside,
    )


def _scalings(infos: Mapping[str, TensorInfo]) -> tuple[dict[str, Scaling], dict[str, str]]:
    """What scales the matrices of whole numbers; and which variables are no weights, with why."""
    scaling, unexamined = {}, {}
    for name, info in infos.items():
        scale = infos.get(name + _SCALE)
        if name.endswith(_SCALE) and name.removesuffix(_SCALE) in infos:
            unexamined[name] = f"scale of {name.removesuffix(_SCALE)}"
        elif info.dtype == "I32" and len(info.shape) == 2:
            unexamined[name] = PACKED
        elif info.dtype in _WHOLE and len(info.shape) == 2:
            found = None if scale is None else _scaling(info, scale)
            if found is None:
                unexamined[name] = "whole numbers without a scale that fits"
            else:
                scaling[name] = found
    return scaling, unexamined


def _scaling(info: TensorInfo, scale: TensorInfo) -> Scaling | None:
    """Stored numbers divided by one scale for each row, or by one for all."""
    rows, columns = info.shape
    if scale.dtype != "F32" or scale.shape not in ((), (1,), (rows,)):
        return None
    by_row = scale.shape == (rows,) and rows > 1
    return Scaling(
        scale=scale.name,
        zero=None,
        factor=1.0,
        block=(1 if by_row else max(1, rows), max(1, columns or row_values(info))),
        grid=(rows if by_row else 1, 1),
        divides=True,
    )


def _settings(opened: Variables, entries: Mapping[str, StoredTensor]) -> Settings:
    """Heads and the place of norms, which are variables of the decoder or of the encoder."""
    names = [*entries, *opened.aliases]

    def said(end: str) -> int:
        found = sorted(name for name in names if name == end or name.endswith("/" + end))
        stored = entries.get(opened.aliases.get(found[0], found[0])) if found else None
        return 0 if stored is None else _whole(opened.file, stored)

    heads = max(0, said("num_heads"))
    before = said("pre_norm") != 0 or not any(name.endswith("pre_norm") for name in names)
    return Settings(
        model_types=frozenset({"ctranslate2" if before else "ctranslate2-post"}),
        heads=heads,
        groups=max(0, said("num_heads_kv")) or heads,
    )


def _whole(file: MappedFile, entry: StoredTensor) -> int:
    """A number that stands alone as a variable; 0 if it is none."""
    info = entry.info
    if info.dtype not in ("I8", "I16", "I32") or info.shape not in ((), (1,)):
        return 0
    raw = file.view(entry.start, entry.start + info.nbytes)
    return int.from_bytes(raw, "little", signed=True)
