"""Which tensors does a description hold, and what stands beside the model in it?"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.numpy_array import array_word
from filiation.readers.bytes.torch_records import ARRAY, Inert, RefusedError, TensorRef

__all__ = ["ArrayRef", "find_tensors", "no_model"]

NESTING_LIMIT: Final = 16
NODES_LIMIT: Final = 2_000_000
TENSORS_LIMIT: Final = 1_000_000
PAIRS: Final = ("builtins.tuple", "__builtin__.tuple")
WRAPPERS: Final = ("state_dict", "model_state_dict", "model", "module")
# What training keeps beside a model, by the first part of a tensor's name.
TRAINING: Final = (
    "optimizer", "optim", "opt", "lr_scheduler", "scheduler", "opt_param_scheduler", "scaler",
    "rng_state", "random_rng_state", "torch_rng", "cuda_rng", "callbacks", "loops", "amp",
    "grad_scaler", "args", "hyper_parameters", "hparams", "rerun_state_machine",
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayRef:
    """An array of numpy whose bytes stand in the pickle itself.

    Attributes:
        dtype: Its dtype word.
        shape: As it lies: an array column by column has its axes in reverse order.
        swapped: Whether it is such a one.
        held: Its bytes, a view of the file if they are many.
    """

    dtype: str
    shape: tuple[int, ...]
    swapped: bool
    held: memoryview | bytes


Stored: TypeAlias = TensorRef | ArrayRef


def no_model(name: str) -> bool:
    """Whether a tensor of this name is a state of training."""
    first = name.partition(".")[0]
    return first in TRAINING or first.startswith(("optimizer_", "optim_", "lr_scheduler"))


def find_tensors(described: Any, *, what: str) -> tuple[Mapping[str, Stored], Mapping[str, str]]:
    """Tensors of a state dict by dotted name, also of dicts and lists within; what stands beside.

    What training keeps beside is set aside, and so is all that stands outside of a single entry
    named state_dict, model or module, which is left out of names.

    Raises:
        UnreadableError: Nested without end, a name twice, or an array that holds no numbers.
    """
    found: dict[str, Stored] = {}
    try:
        for name, tensor in _walk(described):
            if name in found:
                raise RefusedError(f"the tensor name {name!r} stands twice, expected once")
            if len(found) >= TENSORS_LIMIT:
                raise RefusedError(f"more than {TENSORS_LIMIT} tensors; no checkpoint needs that")
            found[name] = tensor
    except RefusedError as refusal:
        raise UnreadableError(f"{what}: {refusal}") from None
    for wrapper in WRAPPERS:
        at = wrapper + "."
        inside = {n.removeprefix(at): t for n, t in found.items() if n.startswith(at)}
        if isinstance(described, dict) and wrapper in described and inside:
            beside = [name for name in found if not name.startswith(at)]
            return inside, _told(beside, f"beside the model, which is {wrapper!r}")
    trained = [name for name in found if no_model(name)]
    if len(trained) == len(found):
        return found, {}
    return {n: t for n, t in found.items() if not no_model(n)}, _told(trained, "beside the model")


def _told(names: list[str], where: str) -> dict[str, str]:
    """What was set aside, by the first part of its names."""
    counts = Counter(name.partition(".")[0] for name in names)
    return {
        first: f"{count} tensors that stand {where}"
        + ("; the state of a training, no part of the model" if no_model(first) else "")
        for first, count in sorted(counts.items())
    }


def _walk(described: Any) -> Iterator[tuple[str, Stored]]:
    """Every tensor in dicts, lists and tuples, with its path; in order, and never without end."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(described, ())]
    seen = 0
    while waiting:
        node, path = waiting.pop()
        node = _named_array(node)
        seen += 1
        if isinstance(node, TensorRef) or (isinstance(node, Inert) and node.name == ARRAY):
            name = ".".join(path) or "tensor"
            if not name.isprintable():
                raise RefusedError(f"the tensor name {name!a:.80} holds what cannot be printed")
            yield name, node if isinstance(node, TensorRef) else _array(node, name)
        elif isinstance(node, dict | list | tuple | Inert):
            items = list(node.items() if isinstance(node, dict | Inert) else enumerate(node))
            if len(path) >= NESTING_LIMIT or seen + len(waiting) + len(items) > NODES_LIMIT:
                raise RefusedError("nested without end; no checkpoint needs that")
            inner = [
                (value, (*path, str(key)))
                for key, value in items
                if isinstance(value, dict | list | tuple | TensorRef | Inert)
            ]
            waiting.extend(reversed(inner))


def _named_array(node: Any) -> Any:
    """Paddle writes a tensor within dicts as a tuple of its own name and its array."""
    pair = node.parts[0] if isinstance(node, Inert) and node.name in PAIRS and node.parts else node
    named = isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)
    return pair[1] if named and isinstance(pair[1], Inert) and pair[1].name == ARRAY else node


def _array(node: Inert, name: str) -> ArrayRef:
    """What the state of an array says: version, shape, dtype, order, bytes."""
    state = node.parts[-1] if node.parts else None
    if not isinstance(state, tuple) or len(state) != 5:
        raise RefusedError(f"the array {name!a:.80} has no state; the pickle is damaged")
    _, shape, dtype, columns, held = state
    naturals = isinstance(shape, tuple) and all(type(n) is int and 0 <= n < 2**48 for n in shape)
    word = _word(dtype)
    if word is None or not naturals or len(shape) > 16:
        raise RefusedError(f"the array {name!a:.80} has no shape, or is not of plain numbers")
    if isinstance(held, Inert):
        held = _encoded(held)
    swapped = columns is True and len(shape) > 1
    nbytes = prod(shape) * stored_bits(word, 1) // 8
    if not isinstance(held, bytes | memoryview) or len(held) != nbytes:
        raise RefusedError(f"the array {name!a:.80} does not have the {nbytes} bytes of its shape")
    return ArrayRef(dtype=word, shape=shape[::-1] if swapped else shape, swapped=swapped, held=held)


def _word(dtype: Any) -> str | None:
    """The word for a dtype's record: its code, and in its state the order of bytes."""
    if not isinstance(dtype, Inert) or dtype.name != "numpy.dtype" or not dtype.parts:
        return None
    state = dtype.parts[-1]
    order = state[1] if isinstance(state, tuple) and len(state) > 1 else "<"
    code = dtype.parts[0]
    if not isinstance(code, str) or not isinstance(order, str):
        return None
    return array_word(order + code) if order in "<|=" and order else None


def _encoded(held: Inert) -> Any:
    """Bytes that an old protocol writes as text in Latin 1."""
    if held.name != "_codecs.encode" or len(held.parts) != 2 or held.parts[1] != "latin1":
        return None
    text = held.parts[0]
    try:
        return text.encode("latin1") if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None
