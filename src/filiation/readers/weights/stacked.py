"""Experts that a model keeps in one tensor of three axes, one by one.

gpt-oss stores [experts, in, out] (https://github.com/huggingface/transformers,
src/transformers/models/gpt_oss/modeling_gpt_oss.py: GptOssExperts); its MXFP4 copies are told apart
by `readers.weights.packed.fp4`, under the same names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.packed.fp4 import EXPERTS_LIMIT
from filiation.readers.weights.settings import Settings

__all__ = ["Apart", "experts_apart"]

_STACKED: Final = re.compile(r"((?:.*\.)?experts)\.(gate_up_proj|down_proj)")
_MODELS: Final = frozenset({"gpt_oss"})
_FLOATS: Final = frozenset({"F32", "F16", "BF16"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """All tensors, stacks of experts told apart; what each expert's is called; how they lie."""

    places: Mapping[str, tuple[Source, StoredTensor]]
    names: Mapping[str, str]
    transposed: frozenset[str]


def experts_apart(places: Mapping[str, tuple[Source, StoredTensor]], settings: Settings) -> Apart:
    """The matrices of every expert by themselves, where config.json says how they are stacked."""
    if not settings.model_types & _MODELS:
        return Apart(places=places, names={}, transposed=frozenset())
    found: dict[str, tuple[Source, StoredTensor]] = {}
    names: dict[str, str] = {}
    for name, (source, entry) in places.items():
        info, told = entry.info, _STACKED.fullmatch(name)
        stack = len(info.shape) == 3 and 0 < info.shape[0] <= EXPERTS_LIMIT and info.nbytes
        if told is None or not stack or info.dtype not in _FLOATS:
            found[name] = source, entry
            continue
        each = info.nbytes // info.shape[0]
        for n in range(info.shape[0]):
            part = TensorInfo(
                name=f"{name}.{n}", dtype=info.dtype, shape=info.shape[1:], nbytes=each
            )
            found[part.name] = source, StoredTensor(info=part, start=entry.start + n * each)
            names[part.name] = f"{told[1]}.{n}.{told[2]}.weight"
    return Apart(places=found, names=names, transposed=frozenset(names))
