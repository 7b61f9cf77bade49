"""What the pickle of a torch checkpoint may describe: storages, views of them, and names.

Each "call" that a state dict makes is one function of this file over plain values; a global is a
spelling and never the thing. Source: https://github.com/pytorch/pytorch (torch/_utils.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Never, final

__all__ = [
    "ARRAY",
    "CALLS",
    "NAMES",
    "ChunkKey",
    "Global",
    "Inert",
    "RefusedError",
    "StorageRef",
    "TensorRef",
    "inert",
    "is_inert",
    "keyed",
    "storage",
]

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
ARRAY: Final = "numpy.ndarray"  # what an array's record is called
CHUNK: Final = "torch.distributed.checkpoint.metadata.MetadataIndex"
RECONSTRUCTORS: Final = ("copyreg._reconstructor", "copy_reg._reconstructor")


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
class Inert:
    """What training left beside the weights: a scalar, a set, a path, a namespace. Never made.

    Attributes:
        name: What the pickle calls it.
        parts: What the pickle would make it of, as it stands there.
    """

    name: str
    parts: list[Any]

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Its parts by their places, and those of a dict by their keys."""
        for place, part in enumerate(self.parts):
            if isinstance(part, dict):
                yield from part.items()
            else:
                yield place, part


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkKey:
    """Which piece of which tensor: a key of the records of torch.distributed.checkpoint.

    Attributes:
        name: The tensor's, or that of what is no tensor.
        offset: Where the piece begins along each axis; None of what is no tensor.
    """

    name: str
    offset: tuple[int, ...] | None


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


class RefusedError(Exception):
    """Why the pickle is refused; becomes an UnreadableError with the path."""


def _natural(found: Any, what: str) -> int:
    if type(found) is not int or not 0 <= found < 2**63:
        raise RefusedError(f"{what} is {found!a:.40}, expected a whole number from 0")
    return found


def _naturals(found: Any, what: str) -> tuple[int, ...]:
    if not isinstance(found, tuple) or len(found) > 16:
        raise RefusedError(f"{what} is {found!a:.40}, expected at most 16 whole numbers")
    return tuple(_natural(item, what) for item in found)


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *rest: Any) -> TensorRef:
    """`torch._utils._rebuild_tensor` and `_v2`; a seventh argument marks conjugates."""
    if not isinstance(storage, StorageRef) or len(rest) > 3 or (len(rest) == 3 and rest[2]):
        raise RefusedError("a tensor is not a plain view of a storage")
    sizes, strides = _naturals(shape, "a tensor's size"), _naturals(stride, "a tensor's stride")
    if len(sizes) != len(strides):
        raise RefusedError(f"a tensor of {len(sizes)} axes has {len(strides)} strides")
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
        raise RefusedError(f"a tensor has dtype {dtype!a:.60}, which is not known")
    return TensorRef(
        storage=plain.storage, dtype=word, offset=plain.offset,
        shape=plain.shape, stride=plain.stride,
    )  # fmt: skip


def _parameter(tensor: Any, *rest: Any) -> TensorRef:
    if not isinstance(tensor, TensorRef):
        raise RefusedError("a parameter is not a tensor")
    return tensor


def _ordered(pairs: Any = ()) -> dict[Any, Any]:
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        raise RefusedError("an OrderedDict is made of what are no pairs; the pickle is damaged")
    return keyed([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def keyed(keys: list[Any], values: list[Any]) -> dict[Any, Any]:
    """A dict of plain keys: hashing a tuple that is nested a million deep would end the process."""
    plain = [_chunk_key(key) if isinstance(key, Inert) else key for key in keys]
    if not all(isinstance(key, str | bytes | int | float | ChunkKey | None) for key in plain):
        raise RefusedError("a dict has keys that are neither text nor numbers; no state dict has")
    return dict(zip(plain, values, strict=True))


def _chunk_key(key: Inert) -> ChunkKey | None:
    """What a `MetadataIndex` says."""
    said = dict(key.items())
    name, offset = said.get("fqn"), said.get("offset")
    if key.name != CHUNK or not isinstance(name, str):
        raise RefusedError(f"a dict has {key.name} as a key; no state dict has")
    return ChunkKey(name=name, offset=None if offset is None else _naturals(offset, "an offset"))


def _size(sizes: Any = ()) -> tuple[Any, ...]:
    return _naturals(tuple(sizes) if isinstance(sizes, list | tuple) else sizes, "a size")


def _filled_later(*described: Any) -> dict[Any, Any]:
    """A defaultdict, whose factory is never called, or a Counter."""
    given = described[-1] if described and isinstance(described[-1], dict) else {}
    return keyed(list(given), list(given.values()))


def inert(function: Global, arguments: tuple[Any, ...]) -> Inert:
    """What the pickle would make of something that holds no weights."""
    made = function
    if function.full in RECONSTRUCTORS and arguments and isinstance(arguments[0], Global):
        made = arguments[0]
    return Inert(name=made.full, parts=list(arguments))


def is_inert(full: str) -> bool:
    """Whether a global may stand beside weights, as a record that nothing is made of."""
    return full in INERT or full.startswith(ROOMS)


def _array(*described: Any) -> Inert:
    """An array of numpy that is filled later, by its state."""
    return Inert(name=ARRAY, parts=[])


def _array_of(held: Any, dtype: Any, shape: Any, order: Any = "C") -> Inert:
    """`numpy._core.numeric._frombuffer`, as newer pickles have it."""
    return Inert(name=ARRAY, parts=[(1, shape, dtype, order == "F", held)])


def _device(*described: Any) -> None:
    """Where a tensor once was says nothing of it."""


# What a pickle may "call", and the function of this file that stands for it.
CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "collections.OrderedDict": _ordered,
    "collections.defaultdict": _filled_later,
    "collections.Counter": _filled_later,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch.Size": _size,
    "torch.device": _device,
    "torch.serialization._get_layout": _device,
    "numpy.core.multiarray._reconstruct": _array,
    "numpy._core.multiarray._reconstruct": _array,
    "numpy.core.numeric._frombuffer": _array_of,
    "numpy._core.numeric._frombuffer": _array_of,
}
# Rooms all of whose classes are descriptions: of pieces, of a training's settings.
ROOMS: Final = ("torch.distributed.checkpoint.", "megatron.")
# What may stand beside weights. It is written down as it is described, and nothing is made of it.
INERT: Final = frozenset(
    [f"{top}.multiarray.scalar" for top in ("numpy.core", "numpy._core")]
    + [ARRAY]
    + [f"numpy.{name}" for name in ("dtype", "bool_", "float16", "float32", "float64",
                                    "int8", "int16", "int32", "int64", "uint8", "str_")]
    + [f"{top}.{name}" for top in ("builtins", "__builtin__")
       for name in ("set", "frozenset", "complex", "bytearray", "slice", "range", "xrange",
                    "object", "int", "long", "float", "str", "unicode", "bytes", "bool", "list",
                    "tuple", "dict")]
    + [f"{top}.{name}" for top in ("pathlib", "pathlib._local")
       for name in ("Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath",
                    "PureWindowsPath")]
    + [f"datetime.{name}" for name in ("datetime", "date", "time", "timedelta", "timezone")]
    + ["collections.deque", "argparse.Namespace", "types.SimpleNamespace", "uuid.UUID",
       "_codecs.encode", *RECONSTRUCTORS]
)  # fmt: skip
NAMES: Final = frozenset(
    [*CALLS, *INERT, "torch.storage.UntypedStorage", "torch.storage.TypedStorage"]
    + [f"torch.{name}" for name in (*STORAGES, *DTYPES)]
    + [f"torch.cuda.{name}" for name in STORAGES]
)


def storage(described: Any) -> StorageRef:
    """("storage", type, key, location, values): what torch puts in place of a storage."""
    if not isinstance(described, tuple) or len(described) < 5 or described[0] != "storage":
        _no_storage(described)
    kind, key, count = described[1], described[2], described[4]
    word = STORAGES.get(kind.name) if isinstance(kind, Global) else None
    if word is None or not isinstance(key, str) or any(described[5:]):
        _no_storage(described)
    return StorageRef(key=key, dtype=word, count=_natural(count, "a storage's length"))


def _no_storage(described: Any) -> Never:
    raise RefusedError(f"a persistent id is {described!a:.80}, expected a storage; it is refused")
