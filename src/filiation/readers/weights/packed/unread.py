"""Which tensors hold weights that were not read? Said by name, so that no silence is left.

What is stored as integers or as floats of few bits and was not decoded may be weights all the
same. It is unread, and whoever concludes has to say so: of what nobody looked at, nothing follows.
Only what is known to be no weights (indices, masks, the scales of what was read) is left out, and
what is too small to be a matrix.
"""

import re
from collections.abc import Mapping
from math import prod
from typing import Final

from filiation.model.layout import UNREAD, TensorInfo

__all__ = ["unread_tensors"]

LEAST: Final = 1024  # bytes from which integers may be packed weights, whatever they are called
# Ways of packing by the last part of a name; the first that fits. Sources: exllamav2
# (exllamav2/conversion), exllamav3 (modules/quant), AQLM (src/aq.py), QuIP# (lib/linear), VPTQ
# (vptq/layers/vqlinear.py), optimum-quanto (tensor/weights), SpQR, HIGGS (transformers
# integrations/higgs.py), IST-DASLab/marlin, and those that the other modules of this room name.
_NAMED: Final = (
    (r"\.q_weight", "EXL2"),
    (r"\.trellis", "EXL3"),
    (r"\.codes", "AQLM or another codebook"),
    (r"\.Qidxs(_\d)?", "QuIP#"),
    (r"\.(indices|res_indices|outlier_indices)", "VPTQ"),
    (r"\.dense_weights", "SpQR"),
    (r"\.weight\._data(\._data)?", "quanto"),
    (r"\.B", "Marlin"),
    (r"\.W_q", "HQQ"),
    (r"\.qweight(\.\d+)?", "GPTQ, AWQ or another packing in qweight"),
    (r"\.weight_packed(\.\d+)?", "compressed-tensors"),
    (r"_blocks(\.\d+)?", "MXFP4"),
)
_NAMES: Final = tuple((re.compile(f".*{pattern}"), kind) for pattern, kind in _NAMED)
_NO_WEIGHTS: Final = re.compile(
    r"(?:.*[._])?(?:\w*_ids|g_idx|weight_g_idx|perm|q_invperm|q_perm|q_groups|q_group_map"
    r"|relative_position_index|index|num_batches_tracked|weight_shape|token_type|suh|svh"
    r"|bias|masked_bias|mask|\w*_mask|qzeros|zeros|weight_zero_point|zero_point|metadata"
    r"|quant_state\.\w+|weight_format|q_scale|nbits|group_size|axis|shape|tokens?|offsets?)"
)
_OF_ANOTHER: Final = ("scale of ",)  # of a tensor that was read
_WHOLE: Final = frozenset({"I64", "U64", "I32", "U32", "I16", "U16", "I8", "U8"})
_FLOATS: Final = frozenset({"F64", "F32", "F16", "BF16"})
_FEW_BITS: Final = re.compile(r"F[468]_?.*|[IU]4|I?Q\d.*|TQ\d.*|MXFP4|NVFP4")


def unread_tensors(
    infos: Mapping[str, TensorInfo], unexamined: Mapping[str, str]
) -> dict[str, str]:
    """The tensors that may hold weights and have no readable values; with the whole reason.

    Args:
        infos: All tensors as stored.
        unexamined: Why some hold no readable values.
    """
    found: dict[str, str] = {}
    for name, info in infos.items():
        reason = unexamined.get(name, "")
        if reason.startswith((UNREAD, *_OF_ANOTHER)):
            continue
        kind = _kind(info) if reason else _named(info)
        if kind is not None:
            found[name] = f"{UNREAD}{kind}: {reason or 'numbers of a table that is not read'}"
    return found


def _kind(info: TensorInfo) -> str | None:
    """How a tensor seems to be packed; None if it is no weights by its name, dtype or size."""
    if _FEW_BITS.fullmatch(info.dtype) and prod(info.shape) > 1:
        return info.dtype
    if info.dtype in _FLOATS:
        return info.dtype if len(info.shape) > 1 and prod(info.shape) >= LEAST else None
    named = _named(info)
    if named is not None or info.dtype not in _WHOLE:
        return named
    if _NO_WEIGHTS.fullmatch(info.name) or info.nbytes < LEAST:
        return None
    return f"integers ({info.dtype}) that nothing explains"


def _named(info: TensorInfo) -> str | None:
    """How whole numbers of this name are packed, where the name says it."""
    if info.dtype not in _WHOLE:
        return None
    return next((kind for pattern, kind in _NAMES if pattern.fullmatch(info.name)), None)
