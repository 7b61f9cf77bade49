"""Which initialisers of an ONNX model are packed in a few bits, and what scales them."""

from collections.abc import Mapping
from typing import Final

from filiation.model.layout import UNREAD
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.onnx_graph import Node
from filiation.readers.weights.packed.onnx import few_bits, nibbles
from filiation.readers.weights.packed.packing import Held, MisfitError, Packing

__all__ = ["FEW_BITS", "packed_initial"]

FEW_BITS: Final = "MatMulNBits"
_HALVES: Final = frozenset({"I4", "U4"})


def packed_initial(
    name: str,
    places: Mapping[str, tuple[Source, StoredTensor]],
    product: Node | None,
    scaled: tuple[str, str, int | None, int],
    role: str,
) -> Packing | str | None:
    """The matrix in an initialiser; None if it is not packed, or the reason why it is not read.

    Args:
        name: Of the initialiser.
        places: All of them.
        product: The node that multiplies by it.
        scaled: Its scale and zero point, the axis they run along, and how many values share one.
        role: What the matrix is called.
    """

    def held(of: str) -> Held | None:
        found = places.get(of)
        return None if found is None else Held(source=found[0], entry=found[1])

    own = held(name)
    if own is None:
        return None
    try:
        if product is not None and product.op == FEW_BITS:
            return _of_operator(own, product, [held(of) for of in product.inputs], role)
        if own.info.dtype not in _HALVES:
            return None
        scale, zero, axis, size = scaled
        by = held(scale)
        if by is None:
            return f"{UNREAD}{own.info.dtype}: four bits without a scale"
        return nibbles(own, by, held(zero), axis=axis, size=size, role=role)
    except MisfitError as error:
        return f"{UNREAD}{own.info.dtype} of ONNX: {error}"


def _of_operator(own: Held, node: Node, inputs: list[Held | None], role: str) -> Packing | str:
    stated = [node.attributes.get(key, (0,))[:1] for key in ("N", "K", "bits", "block_size")]
    n, k, bits, size = (one[0] if one else 0 for one in stated)
    scales = inputs[2] if len(inputs) > 2 else None
    zeros = inputs[3] if len(inputs) > 3 else None
    if scales is None or (zeros is None and len(node.inputs) > 3 and node.inputs[3]):
        return f"{UNREAD}{FEW_BITS}: its scales or zero points are no initialisers"
    if len(node.inputs) > 4 and node.inputs[4]:
        return f"{UNREAD}{FEW_BITS}: its inputs stand in an order of their own (g_idx)"
    return few_bits(own, scales, zeros, sizes=(n, k, bits or 4, size), role=role)
