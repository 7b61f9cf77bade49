"""The pickle of a torch checkpoint, read as a description and never run.

A pickle is a program. `pickle.Unpickler` executes it: even with a harmless `find_class`, REDUCE
calls whatever stands on the stack, BUILD sets attributes of it, extension codes reach copyreg, and
a memo index of 2^32 reserves gigabytes. So the standard Unpickler is not used at all. What is read
here is the listing that `pickletools.genops` makes of the opcodes; this file gives a meaning to the
few that a state dict needs, over plain Python values and the records of `readers.torch_records`.
Nothing is imported, no attribute is set, and the only "calls" are functions of that file. Any other
opcode, and any other global, is refused by name.
"""

import pickletools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.torch_records import (
    CALLS,
    NAMES,
    Global,
    Inert,
    RefusedError,
    inert,
    is_inert,
    keyed,
    storage,
)

__all__ = ["read_pickle"]

OPCODES_LIMIT: Final = 20_000_000
LINE_LIMIT: Final = 1 << 12  # bytes of a line; the longest opcode by lines is a global's name
COPIED: Final = 1 << 12  # bytes up to which a string of bytes is copied out of the file
_BYTES: Final = frozenset({b"B", b"\x8e"})  # the opcodes of longer ones

_ARGUMENTS: Final = frozenset({
    "BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING",
    "STRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
})  # fmt: skip


@final
@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a list of arguments begins."""


_MADE: Final[Mapping[str, Callable[[], Any]]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False, "MARK": _Mark,
    "EMPTY_TUPLE": tuple, "EMPTY_DICT": dict, "EMPTY_LIST": list,
    "EMPTY_SET": lambda: Inert(name="builtins.set", parts=[]),
}  # fmt: skip


def read_pickle(raw: memoryview, *, what: str) -> tuple[Any, int]:
    """Read one pickle at the beginning of `raw`.

    Returns:
        What it describes, of dict, list, tuple, str, bytes, numbers, None, `TensorRef`,
        `StorageRef`, `Global` and `Inert`, long bytes as views of `raw`; and how many bytes it
        took.

    Raises:
        UnreadableError: Damaged, too long, or holding an opcode or global that no state dict needs.
    """
    machine = _Machine()
    tape: Any = _Tape(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a damaged text's own escapes
            for n, (opcode, argument, position) in enumerate(pickletools.genops(tape)):
                if n >= OPCODES_LIMIT:
                    raise RefusedError(
                        f"more than {OPCODES_LIMIT} opcodes; no checkpoint needs that"
                    )
                if opcode.name == "STOP":
                    return machine.last(), (position or 0) + 1
                machine.step(opcode.name, argument)
    except RefusedError as refusal:
        raise UnreadableError(f"{what}: {refusal}") from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UnreadableError(
            f"{what}: not a pickle that torch.save writes ({type(error).__name__}: {error!s:.80}); "
            "it is damaged"
        ) from error
    raise UnreadableError(f"{what}: the pickle has no end; the file is truncated")


@final
class _Tape:
    """The pickle as the file that `genops` reads, without a copy of what is long."""

    def __init__(self, raw: memoryview) -> None:
        self._raw, self._at, self._last = raw, 0, b""

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes | memoryview:
        part = self._raw[self._at : self._at + size]
        self._at += part.nbytes
        if size > COPIED and self._last in _BYTES:
            return part
        taken = bytes(part)
        self._last = taken if size == 1 else self._last
        return taken

    def readline(self) -> bytes:
        line = bytes(self._raw[self._at : self._at + LINE_LIMIT])
        taken = line[: line.find(b"\n") + 1 or LINE_LIMIT]
        self._at += len(taken)
        return taken


@final
class _Machine:
    """A stack and a memo of plain values."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def last(self) -> Any:
        if len(self._stack) != 1:
            raise RefusedError(f"ends with {len(self._stack)} values, expected one; it is damaged")
        return self._stack[0]

    def step(self, name: str, argument: Any) -> None:
        """Carry out one opcode."""
        if name in _ARGUMENTS:
            self._stack.append(argument)
        elif name in _MADE:
            self._stack.append(_MADE[name]())
        elif name.endswith(("PUT", "GET", "MEMOIZE")):
            self._remember(name, argument)
        elif name.startswith("TUPLE"):
            self._tuple(name)
        elif name in ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "DICT", "LIST"):
            self._fill(name)
        elif name in ("ADDITEMS", "FROZENSET"):
            self._set(name)
        elif name in ("NEWOBJ", "NEWOBJ_EX"):
            self._new(name)
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            self._global(name, argument)
        elif name == "REDUCE":
            self._reduce()
        elif name == "BINPERSID":
            self._stack.append(storage(self._stack.pop()))
        elif name == "BUILD":
            self._build()
        elif name == "POP":
            self._stack.pop()
        elif name not in ("PROTO", "FRAME"):
            raise RefusedError(
                f"the pickle holds opcode {name}, which no state dict needs; "
                "it could run code, so it is refused"
            )

    def _remember(self, name: str, argument: Any) -> None:
        if name.endswith("GET"):
            self._stack.append(self._memo[argument])
        else:
            place = len(self._memo) if name == "MEMOIZE" else argument
            self._memo[place] = self._stack[-1]

    def _since_mark(self) -> list[Any]:
        at = len(self._stack) - 1
        while not isinstance(self._stack[at], _Mark):
            at -= 1
            if at < 0:
                raise RefusedError("a list of arguments has no beginning; the pickle is damaged")
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
            raise RefusedError("a tuple takes more than there is; the pickle is damaged")
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
            self._append(target, items)
            return
        if not isinstance(target, dict) or len(items) % 2:
            raise RefusedError("items are set in what is no dict; the pickle is damaged")
        target.update(keyed(items[::2], items[1::2]))

    def _append(self, target: Any, items: list[Any]) -> None:
        if isinstance(target, Inert):
            target.parts.extend(items)
        elif isinstance(target, list):
            target.extend(items)
        else:
            raise RefusedError("items are appended to what is no list; the pickle is damaged")

    def _set(self, name: str) -> None:
        items = self._since_mark()
        if name == "FROZENSET":
            self._stack.append(Inert(name="builtins.frozenset", parts=items))
        else:
            self._append(self._stack[-1], items)

    def _new(self, name: str) -> None:
        """An object is not made: what it would be made of is kept, for tensors may stand in it."""
        named = self._stack.pop() if name == "NEWOBJ_EX" else {}
        arguments, kind = self._stack.pop(), self._stack.pop()
        full = kind.full if isinstance(kind, Global) else "what is no global"
        if not is_inert(full) or not isinstance(arguments, tuple) or not isinstance(named, dict):
            raise RefusedError(
                f"the pickle makes an object of {full}, which no state dict holds; it is refused"
            )
        self._stack.append(Inert(name=full, parts=[*arguments, *([named] if named else [])]))

    def _global(self, name: str, argument: Any) -> None:
        if name == "GLOBAL":
            module, _, attribute = str(argument).partition(" ")
        else:
            attribute, module = self._stack.pop(), self._stack.pop()
        full = f"{module}.{attribute}"
        if full not in NAMES and not is_inert(full):
            raise RefusedError(
                f"the pickle asks for the global {full!a:.120}, which no state dict needs; "
                "it could run code, so it is refused"
            )
        self._stack.append(Global(module=str(module), name=str(attribute)))

    def _reduce(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        full = function.full if isinstance(function, Global) else "what is no global"
        if isinstance(function, Global) and is_inert(full) and isinstance(arguments, tuple):
            self._stack.append(inert(function, arguments))
            return
        if full not in CALLS or not isinstance(arguments, tuple):
            raise RefusedError(f"the pickle calls {full}, which no state dict does; it is refused")
        self._stack.append(CALLS[full](*arguments))

    def _build(self) -> None:
        """State of an OrderedDict (`_metadata` of torch modules) holds no weights: dropped."""
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(target, Inert):
            target.parts.append(state)
            return
        if not isinstance(target, dict) or not isinstance(state, dict):
            raise RefusedError(
                "the pickle sets the state of an object, expected of a dict only; it could run "
                "code, so it is refused"
            )
