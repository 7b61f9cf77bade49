"""Experts that a model keeps in one tensor of three axes, one by one.

transformers 5 holds [experts, out, in] in memory and so do many files (`experts.gate_up_proj`,
`input_linear` of Granite, `moe.up_proj` of Step, `w13_weight` of Inkling); Llama 4, Aria and
gpt-oss hold [experts, in, out] (https://github.com/huggingface/transformers, integrations/moe.py:
`is_transposed`). Which of the two it is follows from the two shapes of gate with up and of down.
MXFP4 copies are told apart by `readers.weights.packed.fp4`, under the same names.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.packed.fp4 import EXPERTS_LIMIT

__all__ = ["Apart", "experts_apart"]

# A module of experts, and what a matrix of its is called: gate with up, up or gate alone, down.
_MODULE: Final = re.compile(
    r"((?:.*\.)?(?:experts|shared_experts|block_sparse_moe|moe|mlp))\."
    r"(gate_up_proj|input_linear|w13|fc1|gate_proj|up_proj|down_proj|output_linear|w2|fc2)"
    r"(?:\.weight|_weight)?"
)
_BOTH: Final = frozenset({"gate_up_proj", "input_linear", "w13", "fc1"})
_DOWN: Final = frozenset({"down_proj", "output_linear", "w2", "fc2"})
_FLOATS: Final = frozenset({"F32", "F16", "BF16"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """All tensors, stacks of experts told apart; what each expert's is called; how they lie."""

    places: Mapping[str, tuple[Source, StoredTensor]]
    names: Mapping[str, str]
    transposed: frozenset[str]


def experts_apart(places: Mapping[str, tuple[Source, StoredTensor]]) -> Apart:
    """The matrices of every expert by themselves, where names and shapes are those of a stack."""
    infos = {name: entry.info for name, (_, entry) in places.items()}
    stacks = dict(_stacks(infos))
    turned = _turned(stacks, infos)
    found: dict[str, tuple[Source, StoredTensor]] = {}
    names: dict[str, str] = {}
    transposed: set[str] = set()
    for name, (source, entry) in places.items():
        if name not in stacks:
            found[name] = source, entry
            continue
        (module, leaf), info = stacks[name], entry.info
        each = info.nbytes // info.shape[0]
        for n in range(info.shape[0]):
            part = TensorInfo(
                name=f"{name}.{n}", dtype=info.dtype, shape=info.shape[1:], nbytes=each
            )
            found[part.name] = source, StoredTensor(info=part, start=entry.start + n * each)
            names[part.name] = f"{module}.{n}.{leaf}.weight"
            if module in turned:
                transposed.add(part.name)
    return Apart(places=found, names=names, transposed=frozenset(transposed))


def _stacks(infos: Mapping[str, TensorInfo]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every stack by name: the module that its experts are numbered in, and what it is called."""
    for name, info in infos.items():
        told = _MODULE.fullmatch(name)
        if told is None or len(info.shape) != 3 or info.dtype not in _FLOATS or not info.nbytes:
            continue
        if 0 < info.shape[0] <= EXPERTS_LIMIT:
            inside = told[1].endswith("experts")
            yield name, (told[1] if inside else f"{told[1]}.experts", told[2])


def _turned(
    stacks: Mapping[str, tuple[str, str]], infos: Mapping[str, TensorInfo]
) -> frozenset[str]:
    """Modules whose matrices are [in, out]: gate and up [d, 2 h], down [h, d]."""
    both: dict[str, tuple[int, ...]] = {}
    down: dict[str, tuple[int, ...]] = defaultdict(tuple)
    for name, (module, leaf) in stacks.items():
        if leaf in _BOTH:
            both[module] = infos[name].shape[1:]
        elif leaf in _DOWN:
            down[module] = infos[name].shape[1:]
    return frozenset(
        module
        for module, (inner, outer) in both.items()
        if down[module] == (outer // 2, inner) and outer % 2 == 0
    )
