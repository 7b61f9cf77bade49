"""The pickle of a torch checkpoint, read as a description and never run.

A pickle is a program. `pickle.Unpickler` executes it: even with a harmless `find_class`, REDUCE
calls whatever stands on the stack, BUILD sets attributes of it, extension codes reach copyreg, and
a memo index of 2^32 reserves gigabytes. So the standard Unpickler is not used at all. What is read
here is the listing that `pickletools.genops` makes of the opcodes; this file gives a meaning to the
few that a state dict needs, over plain Python values and three records of its own. Nothing is
imported, no attribute is set, and the only "calls" are the functions below. Any other opcode, and
any other global, is refused by name.
"""

import pickletools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Never, final

from filiation.errors import UnreadableError

__all__ = ["Global", "StorageRef", "TensorRef", "find_tensors", "read_pickle"]

OPCODES_LIMIT: Final = 20_000_000
NESTING_LIMIT: Final = 16
NODES_LIMIT: Final = 2_000_000
LINE_LIMIT: Final = 1 << 12  # bytes of a line; the longest opcode by lines is a global's name
TENSORS_LIMIT: Final = 1_000_000

STORAGES: Final = {
    "DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "CharStorage": "I8", "ByteStorage": "U8", "ShortStorage": "I16", "IntStorage": "I32",
    "LongStorage": "I64", "BoolStorage": "BOOL", "ComplexFloatStorage": "C64",
    "UntypedStorage": "U8", "Float8_e4m3fnStorage": "F8_E4M3", "Float8_e5m2Storage": "F8_E5M2",
}  # fmt: skip
DTYPES: Final = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int8": "I8",
    "uint8": "U8", "int16": "I16", "uint16": "U16", "int32": "I32", "uint32": "U32",
    "int64": "I64", "uint64": "U64", "bool": "BOOL", "complex64": "C64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float8_e8m0fnu": "F8_E8M0",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ",
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Global:
    """A name that the pickle asks for: only its spelling, never the thing itself."""

    module: str
    name: str

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StorageRef:
    """A storage by key, with its dtype word and its length in values."""

    key: str
    dtype: str
    count: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRef:
    """A view of a storage; offset and stride count values."""

    storage: StorageRef
    dtype: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@final
@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a list of arguments begins."""


class _RefusedError(Exception):
    """Why the pickle is refused; becomes an UnreadableError with the path."""


def read_pickle(raw: memoryview, *, what: str) -> tuple[Any, int]:
    """Read one pickle at the beginning of `raw`.

    Returns:
        What it describes, of dict, list, tuple, str, bytes, numbers, None, `TensorRef`,
        `StorageRef` and `Global`; and how many bytes it took.

    Raises:
        UnreadableError: Damaged, too long, or holding an opcode or global that no state dict needs.
    """
    machine = _Machine()
    tape: Any = _Tape(raw)
    try:
        for n, (opcode, argument, position) in enumerate(pickletools.genops(tape)):
            if n >= OPCODES_LIMIT:
                raise _RefusedError(f"more than {OPCODES_LIMIT} opcodes; no checkpoint needs that")
            if opcode.name == "STOP":
                return machine.last(), (position or 0) + 1
            machine.step(opcode.name, argument)
    except _RefusedError as refusal:
        raise UnreadableError(f"{what}: {refusal}") from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UnreadableError(
            f"{what}: not a pickle that torch.save writes ({type(error).__name__}: {error!s:.80}); "
            "it is damaged"
        ) from error
    raise UnreadableError(f"{what}: the pickle has no end; the file is truncated")


def find_tensors(described: Any, *, what: str) -> Mapping[str, TensorRef]:
    """Tensors of a state dict by dotted name, also of dicts and lists within.

    A single entry named state_dict, model or module that holds all of them is left out of names.
    """
    found: dict[str, TensorRef] = {}
    try:
        for name, tensor in _walk(described):
            if name in found:
                raise _RefusedError(f"the tensor name {name!r} stands twice, expected once")
            if len(found) >= TENSORS_LIMIT:
                raise _RefusedError(f"more than {TENSORS_LIMIT} tensors; no checkpoint needs that")
            found[name] = tensor
    except _RefusedError as refusal:
        raise UnreadableError(f"{what}: {refusal}") from None
    for wrapper in ("state_dict.", "model_state_dict.", "model.", "module."):
        inside = {n.removeprefix(wrapper): t for n, t in found.items() if n.startswith(wrapper)}
        if isinstance(described, dict) and wrapper[:-1] in described and inside:
            return inside
    return found


def _walk(described: Any) -> Iterator[tuple[str, TensorRef]]:
    """Every tensor in dicts, lists and tuples, with its path; in order, and never without end."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(described, ())]
    seen = 0
    while waiting:
        node, path = waiting.pop()
        seen += 1
        if isinstance(node, TensorRef):
            name = ".".join(path) or "tensor"
            if not name.isprintable():
                raise _RefusedError(f"the tensor name {name!a:.80} holds what cannot be printed")
            yield name, node
        elif isinstance(node, dict | list | tuple):
            if len(path) >= NESTING_LIMIT or seen + len(waiting) + len(node) > NODES_LIMIT:
                raise _RefusedError("nested without end; no checkpoint needs that")
            items = node.items() if isinstance(node, dict) else enumerate(node)
            inner = [
                (value, (*path, str(key)))
                for key, value in items
                if isinstance(value, dict | list | tuple | TensorRef)
            ]
            waiting.extend(reversed(inner))


def _natural(found: Any, what: str) -> int:
    if type(found) is not int or not 0 <= found < 2**63:
        raise _RefusedError(f"{what} is {found!a:.40}, expected a whole number from 0")
    return found


def _naturals(found: Any, what: str) -> tuple[int, ...]:
    if not isinstance(found, tuple) or len(found) > 16:
        raise _RefusedError(f"{what} is {found!a:.40}, expected at most 16 whole numbers")
    return tuple(_natural(item, what) for item in found)


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *rest: Any) -> TensorRef:
    """`torch._utils._rebuild_tensor` and `_v2`; a seventh argument marks conjugates."""
    if not isinstance(storage, StorageRef) or len(rest) > 3 or (len(rest) == 3 and rest[2]):
        raise _RefusedError("a tensor is not a plain view of a storage")
    sizes, strides = _naturals(shape, "a tensor's size"), _naturals(stride, "a tensor's stride")
    if len(sizes) != len(strides):
        raise _RefusedError(f"a tensor of {len(sizes)} axes has {len(strides)} strides")
    return TensorRef(
        storage=storage, dtype=storage.dtype, offset=_natural(offset, "an offset"),
        shape=sizes, stride=strides,
    )  # fmt: skip


def _typed_tensor(
    storage: Any,
    offset: Any,
    shape: Any,
    stride: Any,
    grad: Any,
    hooks: Any,
    dtype: Any,
    *rest: Any,
) -> TensorRef:
    """`torch._utils._rebuild_tensor_v3`: a dtype beside an untyped storage."""
    plain = _tensor(storage, offset, shape, stride, grad, hooks, *rest)
    word = DTYPES.get(dtype.name) if isinstance(dtype, Global) else None
    if word is None:
        raise _RefusedError(f"a tensor has dtype {dtype!a:.60}, which is not known")
    return TensorRef(
        storage=plain.storage, dtype=word, offset=plain.offset,
        shape=plain.shape, stride=plain.stride,
    )  # fmt: skip


def _parameter(tensor: Any, *rest: Any) -> TensorRef:
    if not isinstance(tensor, TensorRef):
        raise _RefusedError("a parameter is not a tensor")
    return tensor


def _ordered(pairs: Any = ()) -> dict[Any, Any]:
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise _RefusedError("an OrderedDict is made of what are no pairs; the pickle is damaged")
    return _keyed([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def _keyed(keys: list[Any], values: list[Any]) -> dict[Any, Any]:
    """A dict of plain keys: hashing a tuple that is nested a million deep would end the process."""
    if not all(isinstance(key, str | bytes | int | float | None) for key in keys):
        raise _RefusedError("a dict has keys that are neither text nor numbers; no state dict has")
    return dict(zip(keys, values, strict=True))


def _size(sizes: Any = ()) -> tuple[Any, ...]:
    return _naturals(tuple(sizes) if isinstance(sizes, list | tuple) else sizes, "a size")


def _device(*described: Any) -> None:
    """Where a tensor once was says nothing of it."""


# What a pickle may "call", and the function of this file that stands for it.
_CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "collections.OrderedDict": _ordered,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch.Size": _size,
    "torch.device": _device,
}
_NAMES: Final = frozenset(
    [*_CALLS, "torch.storage.UntypedStorage", "torch.storage.TypedStorage"]
    + [f"torch.{name}" for name in (*STORAGES, *DTYPES)]
    + [f"torch.cuda.{name}" for name in STORAGES]
)

_CONSTANTS: Final[Mapping[str, Any]] = {
    "NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (),
}  # fmt: skip
_ARGUMENTS: Final = frozenset({
    "BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING",
    "STRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
})  # fmt: skip


@final
class _Tape:
    """The pickle as the file that `genops` reads, without a copy."""

    def __init__(self, raw: memoryview) -> None:
        self._raw, self._at = raw, 0

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes:
        taken = bytes(self._raw[self._at : self._at + size])
        self._at += len(taken)
        return taken

    def readline(self) -> bytes:
        line = bytes(self._raw[self._at : self._at + LINE_LIMIT])
        return self.read(line.find(b"\n") + 1 or LINE_LIMIT)


@final
class _Machine:
    """A stack and a memo of plain values."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def last(self) -> Any:
        if len(self._stack) != 1:
            raise _RefusedError(f"ends with {len(self._stack)} values, expected one; it is damaged")
        return self._stack[0]

    def step(self, name: str, argument: Any) -> None:
        """Carry out one opcode."""
        stack = self._stack
        if name in _ARGUMENTS:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "MARK":
            stack.append(_Mark())
        elif name == "EMPTY_DICT":
            stack.append({})
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[argument])
        elif name.startswith("TUPLE"):
            self._tuple(name)
        elif name in ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "DICT", "LIST"):
            self._fill(name)
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            self._global(name, argument)
        elif name == "REDUCE":
            self._reduce()
        elif name == "BINPERSID":
            stack.append(_storage(stack.pop()))
        elif name == "BUILD":
            self._build()
        elif name == "POP":
            stack.pop()
        else:
            raise _RefusedError(
                f"the pickle holds opcode {name}, which no state dict needs; "
                "it could run code, so it is refused"
            )

    def _since_mark(self) -> list[Any]:
        at = len(self._stack) - 1
        while not isinstance(self._stack[at], _Mark):
            at -= 1
            if at < 0:
                raise _RefusedError("a list of arguments has no beginning; the pickle is damaged")
        items = self._stack[at + 1 :]
        del self._stack[at:]
        return items

    def _tuple(self, name: str) -> None:
        if name == "TUPLE":
            self._stack.append(tuple(self._since_mark()))
            return
        size = int(name[-1])
        items = tuple(self._stack[-size:])
        if len(items) < size:
            raise _RefusedError("a tuple takes more than there is; the pickle is damaged")
        del self._stack[-size:]
        self._stack.append(items)

    def _fill(self, name: str) -> None:
        single = {"APPEND": 1, "SETITEM": 2}.get(name)
        if single is None:
            items = self._since_mark()
        else:
            items = self._stack[-single:]
            del self._stack[-single:]
        if name in ("LIST", "DICT"):
            self._stack.append(items if name == "LIST" else {})
        if name == "LIST":
            return
        target = self._stack[-1]
        if name.startswith("APPEND"):
            if not isinstance(target, list):
                raise _RefusedError("items are appended to what is no list; the pickle is damaged")
            target.extend(items)
            return
        if not isinstance(target, dict) or len(items) % 2:
            raise _RefusedError("items are set in what is no dict; the pickle is damaged")
        target.update(_keyed(items[::2], items[1::2]))

    def _global(self, name: str, argument: Any) -> None:
        if name == "GLOBAL":
            module, _, attribute = str(argument).partition(" ")
        else:
            attribute, module = self._stack.pop(), self._stack.pop()
        full = f"{module}.{attribute}"
        if full not in _NAMES:
            raise _RefusedError(
                f"the pickle asks for the global {full!a:.120}, which no state dict needs; "
                "it could run code, so it is refused"
            )
        self._stack.append(Global(module=str(module), name=str(attribute)))

    def _reduce(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        full = function.full if isinstance(function, Global) else "what is no global"
        if full not in _CALLS or not isinstance(arguments, tuple):
            raise _RefusedError(f"the pickle calls {full}, which no state dict does; it is refused")
        self._stack.append(_CALLS[full](*arguments))

    def _build(self) -> None:
        """State of an OrderedDict (`_metadata` of torch modules) holds no weights: dropped."""
        state, target = self._stack.pop(), self._stack[-1]
        if not isinstance(target, dict) or not isinstance(state, dict):
            raise _RefusedError(
                "the pickle sets the state of an object, expected of a dict only; it could run "
                "code, so it is refused"
            )


def _storage(described: Any) -> StorageRef:
    """("storage", type, key, location, values): what torch puts in place of a storage."""
    if not isinstance(described, tuple) or len(described) < 5 or described[0] != "storage":
        _no_storage(described)
    kind, key, count = described[1], described[2], described[4]
    word = STORAGES.get(kind.name) if isinstance(kind, Global) else None
    if word is None or not isinstance(key, str) or any(described[5:]):
        _no_storage(described)
    return StorageRef(key=key, dtype=word, count=_natural(count, "a storage's length"))


def _no_storage(described: Any) -> Never:
    raise _RefusedError(f"a persistent id is {described!a:.80}, expected a storage; it is refused")
