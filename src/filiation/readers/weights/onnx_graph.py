"""An ONNX file as initialisers and nodes; tensors stay where they stand.

Read field by field (`readers.protobuf`) rather than with the onnx package, which builds every
message in memory: a model of two gigabytes would take four. Graphs inside of nodes (If, Loop) are
read too, their initialisers and nodes put beside the outer ones. Field numbers:
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Final, final

import numpy as np

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import Whole
from filiation.readers.bytes.protobuf import Field, Message

__all__ = ["External", "Graph", "Initial", "Node", "read_graph"]

PARTS_LIMIT: Final = 1_000_000  # nodes and initialisers
NESTING_LIMIT: Final = 8
NAME_LIMIT: Final = 4096  # bytes
AXES_LIMIT: Final = 16
LIST_LIMIT: Final = 1 << 20  # values that are written as a list of varints and still decoded

_DTYPES: Final = {
    1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16",
    11: "F64", 12: "U32", 13: "U64", 14: "C64", 16: "BF16", 17: "F8_E4M3", 18: "F8_E4M3FNUZ",
    19: "F8_E5M2", 20: "F8_E5M2FNUZ", 21: "U4", 22: "I4", 23: "F4", 24: "F8_E8M0",
}  # fmt: skip
_FIXED: Final = {4: "F32", 10: "F64"}  # fields whose numbers have the bytes of the array
_VARINTS: Final = (5, 7, 11)
_INTEGERS: Final = {
    "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "I32": "<i4", "I64": "<i8", "BOOL": "u1",
    "F16": "<u2", "BF16": "<u2", "U32": "<u4", "U64": "<u8", "F8_E4M3": "u1", "F8_E5M2": "u1",
}  # fmt: skip
_ATTRIBUTES: Final = frozenset({"axis", "transB", "perm", "block_size", "K", "N", "bits"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Where a tensor stands outside of the model file."""

    location: str
    offset: int
    length: int | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Initial:
    """An initialiser of the graph, and where its bytes are.

    Attributes:
        info: As stored.
        start: Where its bytes begin in the model file; -1 if they are elsewhere.
        held: Its bytes, if it was written as a list of numbers.
        external: Its place in another file, if it is in one.
        reason: Why it holds no readable weights, if so.
    """

    info: TensorInfo
    start: int = -1
    held: bytes | None = None
    external: External | None = None
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation; only the attributes that say how a matrix is used."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, tuple[int, ...]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Initialisers by name, and nodes in their order."""

    initials: dict[str, Initial] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)


def read_graph(whole: Whole, *, what: str) -> Graph:
    """Read the graph of a model file.

    Raises:
        UnreadableError: Not ONNX, damaged, or of impossible size.
    """
    model = Message(whole=whole, begin=0, end=whole.nbytes, what=what)
    graphs = [part for part in model.fields() if part.number == 7 and not part.scalar]
    if len(graphs) != 1:
        raise UnreadableError(f"{what}: {len(graphs)} graphs, expected one; it is not ONNX")
    graph = Graph()
    _graph(model.inner(graphs[0]), graph, 0)
    return graph


def _graph(message: Message, into: Graph, depth: int) -> None:
    if depth > NESTING_LIMIT:
        raise UnreadableError(
            f"{message.what}: graphs nested more than {NESTING_LIMIT} deep, no exporter writes that"
        )
    parts = list(_bounded(message, into))
    renamed: dict[str, str] = {}
    for part in parts:
        if part.number == 5:
            _keep(_initial(message.inner(part), ""), into, renamed, message.what, depth)
    for part in parts:
        if part.number == 1:
            _node(message.inner(part), into, renamed, depth)


def _bounded(message: Message, into: Graph) -> list[Field]:
    found = []
    for part in message.fields():
        if part.number in (1, 5) and not part.scalar:
            found.append(part)
            if len(found) + len(into.nodes) + len(into.initials) > PARTS_LIMIT:
                raise UnreadableError(
                    f"{message.what}: more than {PARTS_LIMIT} nodes and tensors; no model has"
                )
        elif part.number == 15:
            raise UnreadableError(
                f"{message.what}: holds sparse initialisers, which are not read; export it dense"
            )
    return found


def _keep(initial: Initial, into: Graph, renamed: dict[str, str], what: str, depth: int) -> None:
    """An inner graph may use a name again; its own nodes mean its own tensor."""
    name = initial.info.name
    if name in into.initials or name in renamed:
        if depth == 0 or name in renamed:
            raise UnreadableError(f"{what}: initialiser {name!a} stands twice, expected once")
        n = 2
        while f"{name}@{n}" in into.initials:
            n += 1
        renamed[name] = f"{name}@{n}"
        old = initial.info
        initial = Initial(
            info=TensorInfo(
                name=renamed[name], dtype=old.dtype, shape=old.shape, nbytes=old.nbytes
            ),
            start=initial.start, held=initial.held, external=initial.external,
            reason=initial.reason,
        )  # fmt: skip
    into.initials[initial.info.name] = initial


def _node(message: Message, into: Graph, renamed: Mapping[str, str], depth: int) -> None:
    inputs, outputs, op, name = [], [], "", ""
    attributes: dict[str, tuple[int, ...]] = {}
    held: list[Field] = []
    inner: list[Field] = []
    for part in message.fields():
        if part.number == 1:
            inputs.append(message.text(part, NAME_LIMIT))
        elif part.number == 2:
            outputs.append(message.text(part, NAME_LIMIT))
        elif part.number == 3:
            name = message.text(part, NAME_LIMIT)
        elif part.number == 4:
            op = message.text(part, NAME_LIMIT)
        elif part.number == 5 and not part.scalar:
            _attribute(message.inner(part), attributes, held, inner)
    if op == "Constant" and len(held) == 1 and len(outputs) == 1:
        _keep(_initial(message.inner(held[0]), outputs[0]), into, {}, message.what, depth)
    else:
        into.nodes.append(
            Node(
                op=op, name=name, inputs=tuple(renamed.get(i, i) for i in inputs),
                outputs=tuple(outputs), attributes=attributes,
            )
        )  # fmt: skip
    for part in inner:
        _graph(message.inner(part), into, depth + 1)


def _attribute(
    message: Message,
    attributes: dict[str, tuple[int, ...]],
    held: list[Field],
    inner: list[Field],
) -> None:
    """Numbers of the attributes in use; tensors (constants) and graphs wherever they are."""
    name = ""
    numbers: list[int] = []
    for part in message.fields():
        if part.number == 1:
            name = message.text(part, NAME_LIMIT)
        elif part.number in (3, 8):
            numbers += message.varints(part, AXES_LIMIT) if len(numbers) < AXES_LIMIT else []
        elif part.number == 5 and not part.scalar:
            held.append(part)
        elif part.number in (6, 11) and not part.scalar:
            inner.append(part)
    if name in _ATTRIBUTES:
        attributes[name] = tuple(n - (1 << 64) if n >= 1 << 63 else n for n in numbers)


def _initial(message: Message, name: str) -> Initial:
    shape: list[int] = []
    kind, location = 0, 0
    chunks: dict[int, list[Field]] = {}
    outside: dict[str, str] = {}
    for part in message.fields():
        if part.number == 1:
            shape += message.varints(part, AXES_LIMIT)
        elif part.number == 2:
            kind = part.value
        elif part.number == 8:
            name = message.text(part, NAME_LIMIT) or name
        elif part.number in (9, *_FIXED, *_VARINTS):
            chunks.setdefault(part.number, []).append(part)
        elif part.number == 13:
            key, value = _entry(message.inner(part))
            outside[key] = value
        elif part.number == 14:
            location = part.value
    what = f"{message.what}: tensor {name!a:.80}"
    if not name.isprintable() or not name:
        raise UnreadableError(f"{what}: its name is empty or cannot be printed")
    if len(shape) > AXES_LIMIT or any(size >= 1 << 63 for size in shape):
        raise UnreadableError(f"{what}: {len(shape)} axes or a negative size; it is damaged")
    word = _DTYPES.get(kind)
    if word is None:
        empty = TensorInfo(name=name, dtype="U8", shape=(0,), nbytes=0)
        return Initial(info=empty, held=b"", reason=f"data type {kind} of ONNX, not numbers")
    nbytes = -(-stored_bits(word, prod(shape)) // 8)
    info = TensorInfo(name=name, dtype=word, shape=tuple(shape), nbytes=nbytes)
    if location == 1:
        return Initial(info=info, external=_external(outside, what))
    return _stored(message, info, chunks, what)


def _entry(message: Message) -> tuple[str, str]:
    texts = {
        part.number: message.text(part, NAME_LIMIT)
        for part in message.fields()
        if part.number in (1, 2)
    }
    return texts.get(1, ""), texts.get(2, "")


def _external(found: Mapping[str, str], what: str) -> External:
    numbers = {}
    for key in ("offset", "length"):
        text = found.get(key, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise UnreadableError(f"{what}: external {key} is {text!a:.40}, expected a number")
        numbers[key] = int(text) if text else None
    return External(
        location=found.get("location", ""), offset=numbers["offset"] or 0, length=numbers["length"]
    )


def _stored(
    message: Message, info: TensorInfo, chunks: Mapping[int, list[Field]], what: str
) -> Initial:
    """Raw bytes and packed floats stand in the file as an array would; lists are decoded."""
    if not info.nbytes:
        return Initial(info=info, held=b"")
    used = [number for number in chunks if any(p.end > p.begin for p in chunks[number])]
    if len(used) != 1:
        raise UnreadableError(f"{what}: has {len(used)} sets of values, expected one; damaged")
    number, parts = used[0], chunks[used[0]]
    if number in _VARINTS:
        return _listed(message, info, parts, what)
    size = sum(part.end - part.begin for part in parts)
    if size != info.nbytes or (number in _FIXED and _FIXED[number] != info.dtype):
        raise UnreadableError(
            f"{what}: {info.dtype} {list(info.shape)} takes {info.nbytes} bytes, {size} are there; "
            "the file contradicts itself"
        )
    if len(parts) == 1:
        return Initial(info=info, start=parts[0].begin)
    if size > LIST_LIMIT:
        raise UnreadableError(f"{what}: its values stand in {len(parts)} pieces; not read")
    held = b"".join(bytes(message.whole[part.begin : part.end]) for part in parts)
    return Initial(info=info, held=held)


def _listed(message: Message, info: TensorInfo, parts: list[Field], what: str) -> Initial:
    if prod(info.shape) > LIST_LIMIT or info.dtype not in _INTEGERS:
        size = parts[0].end - parts[0].begin
        opaque = TensorInfo(name=info.name, dtype="U8", shape=(size,), nbytes=size)
        reason = "a list of variable-length numbers, too long to be read"
        return Initial(info=opaque, start=parts[0].begin, reason=reason)
    numbers: list[int] = []
    for part in parts:
        numbers += message.varints(part, LIST_LIMIT)
        if len(numbers) > LIST_LIMIT:
            break
    if len(numbers) != prod(info.shape):
        raise UnreadableError(
            f"{what}: {len(numbers)} values, expected {prod(info.shape)}; the file contradicts "
            "itself"
        )
    wide = np.array(numbers, dtype=np.uint64)
    return Initial(info=info, held=wide.astype(_INTEGERS[info.dtype]).tobytes())
