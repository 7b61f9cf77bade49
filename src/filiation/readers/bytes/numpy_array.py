"""NumPy's own formats: `.npy` arrays in an `.npz` archive, mapped where they stand.

An array begins with a magic, a version and a Python literal that says its dtype, order and shape;
it is read with `ast.literal_eval`. An array of objects is a pickle and is refused. Source:
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. MLX writes the same.
"""

import ast
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import MappedFile, Source, StoredTensor, map_file
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.recognise import HEAD, something_else
from filiation.readers.bytes.zipped import inflated, zip_members

__all__ = ["NUMPY_WORDS", "array_word", "open_npz"]

HEADER_LIMIT: Final = 1 << 16
MAGIC: Final = b"\x93NUMPY"

# What NumPy and ml_dtypes call a dtype, to our word.
NUMPY_WORDS: Final[Mapping[str, str]] = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int8": "I8",
    "uint8": "U8", "int16": "I16", "uint16": "U16", "int32": "I32", "uint32": "U32",
    "int64": "I64", "uint64": "U64", "bool": "BOOL", "bool_": "BOOL", "complex64": "C64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
}  # fmt: skip
_CODES: Final[Mapping[str, str]] = {
    "f8": "F64", "f4": "F32", "f2": "F16", "i1": "I8", "u1": "U8", "i2": "I16", "u2": "U16",
    "i4": "I32", "u4": "U32", "i8": "I64", "u8": "U64", "b1": "BOOL", "c8": "C64",
}  # fmt: skip


def array_word(code: object) -> str | None:
    """Our word for a little-endian dtype as NumPy spells it (`<f4`, `|i1`); None if not read."""
    if not isinstance(code, str) or code[:1] not in ("<", "|", "="):
        return None
    return _CODES.get(code[1:])


def open_npz(path: Path) -> Opened:
    """Map an archive; an array that lies column by column stands as its transpose.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or holds an array of objects.
    """
    mapped = map_file(path, expected="a numpy archive")
    whole, what = memoryview(mapped), str(path)
    if bytes(whole[:4]) != b"PK\x03\x04":
        raise something_else(bytes(whole[:HEAD]), what=what, expected="a numpy archive (.npz)")
    file = MappedFile(path=path, entries=(), mapped=mapped)
    places: dict[str, tuple[Source, StoredTensor]] = {}
    transposed, reasons = set(), {}
    for member in zip_members(whole, what).values():
        name = member.name.removesuffix(".npy")
        if not name.isprintable() or name in places:
            raise UnreadableError(f"{what}: array {name!a:.80} stands twice, or cannot be printed")
        held = file
        if member.deflated:
            unpacked = inflated(whole, member, what)
            held = MappedFile(path=path, entries=(), mapped=unpacked)
        begin, end = (0, len(held.mapped)) if member.deflated else (member.begin, member.end)
        here = f"{what}: array {name!a:.80}"
        entry, swapped, reason = _array(memoryview(held.mapped), begin, end, name, here)
        places[name] = held, entry
        if swapped:
            transposed.add(name)
        if reason:
            reasons[name] = reason
    return Opened(path=path, places=places, transposed=frozenset(transposed), unexamined=reasons)


def _array(
    whole: memoryview, begin: int, end: int, name: str, here: str
) -> tuple[StoredTensor, bool, str | None]:
    """Where an array's values are, whether its axes are swapped, and why it is not read."""
    head = bytes(whole[begin : min(end, begin + 12)])
    if head[:6] != MAGIC or len(head) < 12 or head[6] not in (1, 2, 3):
        raise UnreadableError(f"{here}: begins {head[:8].hex()}, expected a NumPy array; damaged")
    size, first = (2, begin + 10) if head[6] == 1 else (4, begin + 12)
    length = int.from_bytes(head[8 : 8 + size], "little")
    if length > min(HEADER_LIMIT, end - first):
        raise UnreadableError(f"{here}: a header of {length} bytes, the file is damaged")
    code, fortran, shape = _described(bytes(whole[first : first + length]), here)
    start = first + length
    word, reason = array_word(code), None
    nbytes = end - start
    if word is None:
        word, reason = "U8", f"dtype {code!a:.40} is not read as weights"
        shape, fortran = (nbytes,), False
    elif prod(shape) * stored_bits(word, 1) // 8 != nbytes:
        raise UnreadableError(
            f"{here}: {list(shape)} of {word} does not take the {nbytes} bytes that follow; damaged"
        )
    swapped = fortran and len(shape) > 1
    if swapped:
        shape = shape[::-1]
        reason = None if len(shape) == 2 else "more than two axes, in reverse order"
    info = TensorInfo(name=name, dtype=word, shape=shape, nbytes=nbytes)
    return StoredTensor(info=info, start=start), swapped and len(shape) == 2, reason


def _described(text: bytes, here: str) -> tuple[object, bool, tuple[int, ...]]:
    """The dtype, whether it lies column by column, and the shape, as the header says."""
    try:
        found = ast.literal_eval(text.decode("latin-1").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError) as error:
        raise UnreadableError(f"{here}: its header is no Python literal; damaged") from error
    if not isinstance(found, dict) or {"descr", "fortran_order", "shape"} - found.keys():
        raise UnreadableError(f"{here}: its header lacks dtype, order or shape; damaged")
    code, shape = found["descr"], found["shape"]
    if isinstance(code, str) and "O" in code:
        raise UnreadableError(
            f"{here}: holds Python objects, a pickle that could run code; it is refused"
        )
    plain = isinstance(shape, tuple) and len(shape) <= 16
    if not plain or not all(type(n) is int and 0 <= n < 2**48 for n in shape):
        raise UnreadableError(f"{here}: its shape is {shape!a:.60}, expected whole numbers")
    return code, found["fortran_order"] is True, shape
