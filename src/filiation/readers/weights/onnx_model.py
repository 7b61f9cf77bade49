"""A model in ONNX: what each initialiser was called, how it lies, and what scales it.

An exporter folds the transposition of a torch.nn.Linear into its weight, which then has lost its
name (`onnx::MatMul_123`, `val_49`) and lies [in, out]. Where it came from is still written beside
it: in the name of the node that uses it (`/encoder/layer.0/output/dense/MatMul`) or of the bias
that is added to its product. A tensor that kept its name kept its axes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.blocks import row_values
from filiation.readers.bytes.mapped import (
    HeldBytes,
    MappedFile,
    Source,
    StoredTensor,
    map_file,
    whole_of,
)
from filiation.readers.bytes.opened import Places
from filiation.readers.bytes.recognise import HEAD, recognise, something_else
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.onnx_graph import External, Graph, Initial, Node, read_graph
from filiation.readers.weights.onnx_packed import FEW_BITS, packed_initial
from filiation.readers.weights.packed.packing import Packing
from filiation.readers.weights.scaling import Scaling
from filiation.readers.weights.settings import Settings

__all__ = ["onnx_contents"]

_ANONYMOUS: Final = re.compile(r"(?:onnx::\w+_\d+|val_\d+|_?v?\d+|\w*initializer_\d+)(?:@\d+)?")
_QUANTISED: Final = ("_quantized", "_quant", "_q")
_PASSING: Final = frozenset({"Cast", "Identity", "Mul", "DequantizeLinear", "Sub", "Transpose"})
_PRODUCTS: Final = frozenset({"MatMul", "MatMulInteger", "Gemm", "FusedMatMul", FEW_BITS})
# Operators that scale themselves: places of the matrix, its scale and its zero point among inputs.
_SCALING: Final[Mapping[str, tuple[int, int, int]]] = {
    "QLinearMatMul": (3, 4, 5), "QGemm": (3, 4, 5), "DynamicQuantizeMatMul": (1, 2, 3),
    "MatMulIntegerToFloat": (1, 3, 5),
}  # fmt: skip
_TURNS: Final = frozenset({"Gemm", "QGemm"})  # those that may say that the matrix lies [out, in]
_GENERATED: Final = re.compile(r"(?:\.MatMul)?\.(?:weight|qweight)(?:_Q\d+(?:G\d+)?)?")
_STEPS = 8  # nodes between an initialiser and its use, or a product and its bias
_INTEGERS: Final = frozenset({"I8", "U8"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """How the graph uses one matrix.

    Attributes:
        product: The node that multiplies by it, if one does.
        swaps: Transpositions in between.
        scale: Name of its scale, and of its zero point; empty if there is none.
        axis: Axis along which the scale runs, if that is said; `None` leaves it to its shape.
        size: Values along it that share one scale; 0 if each has its own.
    """

    product: Node | None = None
    swaps: int = 0
    scale: str = ""
    zero: str = ""
    axis: int | None = None
    size: int = 0


def onnx_contents(path: Path, settings: Settings, tokens: tuple[bytes, ...] | None) -> Contents:
    """Open a model and the files that it keeps its tensors in.

    Raises:
        UnreadableError: Damaged, or its tensors are said to be outside of its folder.
    """
    mapped = map_file(path, expected="onnx")
    if recognise(head := bytes(whole_of(mapped)[:HEAD])) is not None:
        raise something_else(head, what=str(path), expected="onnx")
    graph = read_graph(whole_of(mapped), what=str(path))
    model = MappedFile(path=path, entries=(), mapped=mapped)
    files: dict[str, MappedFile] = {}
    places = {name: _place(path, model, initial, files) for name, initial in graph.initials.items()}
    infos = {name: entry.info for name, (_, entry) in places.items()}
    users = _users(graph)
    uses = {name: _follow(name, info, users, graph) for name, info in infos.items()}
    names, transposed = _names(infos, uses, users, graph)
    seen, packed, more = _packed(places, uses, names)
    plain = {name: info for name, info in infos.items() if name not in packed | more}
    scaling, unclear = _scalings(plain, uses, infos)
    unread = {n: i.reason for n, i in graph.initials.items() if i.reason is not None}
    return Contents(
        places=seen,
        settings=settings,
        tokens=tokens,
        names=names,
        transposed=transposed,
        scaling=scaling,
        packed=packed,
        unexamined=unread | unclear | more,
    )


def _packed(
    places: Places, uses: Mapping[str, _Use], names: Mapping[str, str]
) -> tuple[Places, dict[str, Packing], dict[str, str]]:
    """All initialisers, those of a few bits as a sketch sees them; and why others are not read."""
    packed: dict[str, Packing] = {}
    unexamined: dict[str, str] = {}
    for name, use in uses.items():
        scaled = use.scale, use.zero, use.axis, use.size
        found = packed_initial(name, places, use.product, scaled, names.get(name, name))
        if isinstance(found, str):
            unexamined[name] = found
        elif found is not None:
            packed[name] = found
    unexamined |= {x: f"scale of {name}" for name, one in packed.items() for x in one.companions}
    changed = {
        name: (one.held.source, StoredTensor(info=one.info, start=one.held.entry.start))
        for name, one in packed.items()
    }
    return {**places, **changed}, packed, unexamined


def _names(
    infos: Mapping[str, TensorInfo],
    uses: Mapping[str, _Use],
    users: Mapping[str, list[Node]],
    graph: Graph,
) -> tuple[dict[str, str], frozenset[str]]:
    """The name each initialiser had in the model, where it is free; and which lie transposed."""
    names: dict[str, str] = {}
    transposed = set()
    taken = set(infos)
    for name, info in infos.items():
        role, swapped = _role(name, uses[name], users, graph)
        if role not in taken:
            names[name] = role
            taken.add(role)
        if swapped and len(info.shape) == 2:
            transposed.add(name)
    return names, frozenset(transposed)


def _scalings(
    plain: Mapping[str, TensorInfo], uses: Mapping[str, _Use], infos: Mapping[str, TensorInfo]
) -> tuple[dict[str, Scaling], dict[str, str]]:
    """What scales stored integers; and the initialisers that are thereby no weights, with why."""
    scaling: dict[str, Scaling] = {}
    unexamined: dict[str, str] = {}
    for name, info in plain.items():
        found = _scaling(name, info, uses[name], infos) if info.dtype in _INTEGERS else None
        if isinstance(found, Scaling):
            scaling[name] = found
            unexamined |= {c: f"scale of {name}" for c in (found.scale, found.zero) if c}
        elif found is not None:
            unexamined[name] = found
    return scaling, unexamined


def _place(
    path: Path, model: MappedFile, initial: Initial, files: dict[str, MappedFile]
) -> tuple[Source, StoredTensor]:
    if initial.held is not None:
        return HeldBytes(path=path, held=initial.held), StoredTensor(info=initial.info, start=0)
    if initial.external is None:
        return model, StoredTensor(info=initial.info, start=initial.start)
    where = initial.external
    if where.location not in files:
        found = _beside(path, where, initial.info.name)
        mapped = map_file(found, expected="external data of an onnx model")
        files[where.location] = MappedFile(path=found, entries=(), mapped=mapped)
    file = files[where.location]
    here = f"{path}: tensor {initial.info.name!a}"
    if where.length is not None and where.length != initial.info.nbytes:
        raise UnreadableError(
            f"{here}: takes {initial.info.nbytes} bytes, {where.length} are said to be in "
            f"{where.location}; the file contradicts itself"
        )
    if where.offset + initial.info.nbytes > len(file.mapped):
        raise UnreadableError(
            f"{here}: ends at {where.offset + initial.info.nbytes} of {len(file.mapped)} bytes of "
            f"{where.location}; the file is truncated"
        )
    return file, StoredTensor(info=initial.info, start=where.offset)


def _beside(path: Path, where: External, tensor: str) -> Path:
    """The named file, which must lie in the model's folder or below it, links resolved.

    In the Hugging Face cache both are links into one folder of blobs; so where the model file is a
    link itself, the folder of what it points to counts too.
    """
    parts = re.split(r"[/\\]", where.location)
    plain = where.location.isprintable() and ":" not in where.location
    if not plain or not all(part not in ("", "..") for part in parts):
        raise UnreadableError(
            f"{path}: tensor {tensor!a} is placed in {where.location!a:.80}, expected a path below "
            "the model's folder; a model must not reach elsewhere"
        )
    found = path.parent / where.location
    real = found.resolve()
    homes = (path.parent.resolve(), path.resolve().parent)
    if not any(real.is_relative_to(home) for home in homes):
        raise UnreadableError(
            f"{found}: is a link out of the model's folder, expected a file in it; a model must "
            "not reach elsewhere"
        )
    if not found.is_file():
        raise UnreadableError(
            f"{found}: missing, tensor {tensor!a} is placed in it; the download is incomplete"
        )
    return found


def _users(graph: Graph) -> Mapping[str, list[Node]]:
    users: dict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        for name in dict.fromkeys(node.inputs):
            users[name].append(node)
    return users


def _follow(name: str, info: TensorInfo, users: Mapping[str, list[Node]], graph: Graph) -> _Use:
    """From an initialiser through what decodes and turns it to the product that uses it."""
    value, scale, zero, axis, swaps, size = name, "", "", None, 0, 0
    for _ in range(_STEPS):
        nodes = users.get(value, ())
        scaling = next((n for n in nodes if _scales_itself(n, value)), None)
        if scaling is not None:
            return _itself(scaling, swaps)
        product = next((n for n in nodes if n.op in _PRODUCTS and value in n.inputs[1:2]), None)
        if product is not None:
            return _Use(product=product, swaps=swaps, scale=scale, zero=zero, axis=axis, size=size)
        node = next((n for n in nodes if n.op in _PASSING and n.outputs), None)
        if node is None or (node.op != "Mul" and value != node.inputs[0]):
            break
        if node.op == "DequantizeLinear" and len(node.inputs) > 1:
            scale, axis = node.inputs[1], node.attributes.get("axis", (1,))[0]
            zero = node.inputs[2] if len(node.inputs) > 2 else ""
            size = node.attributes.get("block_size", (0,))[0]
        elif node.op in ("Mul", "Sub"):
            other = next((i for i in node.inputs if i != value), "")
            if info.dtype not in _INTEGERS or other not in graph.initials:
                break
            scale, zero = (other, zero) if node.op == "Mul" else (scale, other)
        elif node.op == "Transpose":
            swaps += 1
        value = node.outputs[0]
    return _Use(swaps=swaps, scale=scale, zero=zero, axis=axis, size=size)


def _scales_itself(node: Node, value: str) -> bool:
    """Whether an operator multiplies by this value and says what scales it."""
    at = _SCALING.get(node.op, (0, 0, 0))
    return 0 < at[0] < len(node.inputs) and node.inputs[at[0]] == value


def _itself(node: Node, swaps: int) -> _Use:
    """Scale and zero point run along the outputs: the second axis, unless it lies [out, in]."""
    _, scale, zero = (node.inputs[at] if at < len(node.inputs) else "" for at in _SCALING[node.op])
    axis = 0 if node.attributes.get("transB", (0,))[:1] == (1,) else 1
    return _Use(product=node, swaps=swaps, scale=scale, zero=zero, axis=axis)


def _role(name: str, use: _Use, users: Mapping[str, list[Node]], graph: Graph) -> tuple[str, bool]:
    """The name it had in the model, as far as can be told, and whether its axes lie swapped."""
    base = _stripped(name)
    kept = _ANONYMOUS.fullmatch(base) is None
    if use.product is None or (kept and ".MatMul." not in name):
        return base, False
    product = use.product
    if product.op == FEW_BITS:
        swapped = False
    elif product.op in _TURNS and product.attributes.get("transB", (0,))[:1] == (1,):
        swapped = use.swaps % 2 == 1
    else:
        swapped = use.swaps % 2 == 0
    if kept:  # by the tool that names a matrix after its product, and lays it as that needs it
        return base, swapped
    bias = next(_biases(product, users, graph), None)
    if bias is not None:
        return bias.removesuffix("bias") + "weight", swapped
    parts = [part for part in product.name.split("/")[:-1] if part]
    return (".".join((*parts, "weight")) if parts else base), swapped


def _biases(product: Node, users: Mapping[str, list[Node]], graph: Graph) -> Iterator[str]:
    """Named vectors that are added to a product."""
    nodes, value = [product], ""
    for _ in range(_STEPS):
        for node in nodes:
            for name in node.inputs:
                known = name in graph.initials and name.endswith(".bias")
                if node.op in ("Gemm", "Add") and known and name != value:
                    yield name
        step = next((n for n in nodes if n.op in (*_PRODUCTS, "Cast", "Mul") and n.outputs), None)
        if step is None:
            return
        value = step.outputs[0]
        nodes = users.get(value, [])


def _stripped(name: str) -> str:
    generated = _GENERATED.search(name)
    if generated is not None and generated.end() == len(name):
        return name[: generated.start()] + ".weight"
    for suffix in _QUANTISED:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def _scaling(
    name: str, info: TensorInfo, use: _Use, infos: Mapping[str, TensorInfo]
) -> Scaling | str | None:
    """How stored integers become weights; None if nothing says so; a reason if it is unclear."""
    base = _stripped(name)
    scale, zero, axis = use.scale, use.zero, use.axis
    if not scale and base != name:
        scale = base + "_scale"
        zero = next((z for z in (base + "_zero_point", base + "_zp") if z in infos), "")
        axis = len(info.shape) - 1 if use.product is not None else 0
    if scale not in infos:
        packed = "unsigned bytes without scale and zero point; packed, or not weights"
        return packed if info.dtype == "U8" or scale else None
    if zero and (zero not in infos or infos[zero].shape != infos[scale].shape):
        return f"its zero point {zero} does not fit its scale"
    blocks = _blocks(info, infos[scale], axis)
    if blocks is None:
        return f"its scale {scale} is {list(infos[scale].shape)}, which is not understood"
    block, grid = blocks
    return Scaling(scale=scale, zero=zero or None, factor=1.0, block=block, grid=grid)


def _blocks(
    info: TensorInfo, scale: TensorInfo, axis: int | None
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Rows and columns that share a scale, and scales along both."""
    rows, columns = (info.shape[0] if len(info.shape) > 1 else 1), row_values(info)
    if prod(scale.shape) == 1:
        return (rows, columns), (1, 1)
    axes = len(info.shape)
    if len(scale.shape) == 1:
        along = axis if axis is not None else axes - 1  # numpy broadcasts along the last axis
        along += axes if along < 0 else 0
        if not 0 <= along < axes or scale.shape[0] != info.shape[along]:
            return None
        shape = tuple(info.shape[n] if n == along else 1 for n in range(axes))
    else:
        shape = scale.shape
    if len(shape) != axes:
        return None
    if shape[0] == rows and prod(shape[1:]) == 1:
        return (1, columns), (rows, 1)
    if axes != 2 or not all(shape) or any(n % m for n, m in zip(info.shape, shape, strict=True)):
        return None
    return (rows // shape[0], columns // shape[1]), (shape[0], shape[1])
