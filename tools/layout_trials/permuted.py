"""Are the units of a layout units? Listed in another order, the model must compute the same.

Of each layer the units are permuted in exactly the matrices that the layout names, and with them
what stands beside in the same module and has one value for each unit (biases, gains, convolutions,
states). Then the same is done with one matrix left out: only where that changes what comes out does
the first say anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from filiation.model.layout import Layer, UnitMatrix
from layout_trials.tiny import outputs_of

__all__ = ["Outcome", "permuted"]

Outcome: TypeAlias = Literal["holds", "breaks", "silent"]
SAME: Final = 2e-4  # of the outputs' deviation: sums in another order
SINGLE: Final = 1e-3  # the same of what runs in single precision only
GATES: Final = re.compile(r"gate|sub_norm|inner_attn|subln")  # one value for each of attention's
MOVED: Final = 2e-2  # of it: that something was changed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """Values of one tensor along one axis that change places."""

    tensor: Any
    axis: int
    places: NDArray[np.int64]
    order: NDArray[np.int64]

    def do(self) -> None:
        """Put each value where another stood."""
        axis = self.axis
        moved = self.tensor.index_select(axis, torch.as_tensor(self.places[self.order]))
        self.tensor.index_copy_(axis, torch.as_tensor(self.places), moved)

    def undo(self) -> None:
        """Put everything back."""
        _Move(
            tensor=self.tensor, axis=self.axis, places=self.places, order=np.argsort(self.order)
        ).do()


def permuted(
    model: Any, layers: Sequence[Layer], given: Mapping[str, Any], *, part: str
) -> Outcome:
    """Permute the units of these layers, all at once.

    Args:
        model: Tiny, on the processor.
        layers: Of one stack, as laid out of the model's own tensors.
        given: Its inputs.
        part: `mlp`, or `attention` (the values of each head, and the columns that read them).
    """
    before = outputs_of(model, given)
    moves, others = _moves(model, layers, part), _moves(model, layers, part, leave=True)
    if not moves:
        return "silent"
    same, left = (_distance(model, given, before, one) for one in (moves, others))
    if left < MOVED:
        return "silent"
    exact = next(model.parameters()).dtype == torch.float64
    return "holds" if same < (SAME if exact else SINGLE) else "breaks"


def _distance(model: Any, given: Mapping[str, Any], before: Any, moves: Sequence[_Move]) -> float:
    with torch.no_grad():
        for move in moves:
            move.do()
        after = outputs_of(model, given)
        for move in reversed(moves):
            move.undo()
    return float((after - before).abs().max() / before.std())


def _moves(model: Any, layers: Sequence[Layer], part: str, *, leave: bool = False) -> list[_Move]:
    held = dict(model.state_dict())
    rng, moves = np.random.default_rng(0), list[_Move]()
    for layer in layers:
        made = _mlp(layer, held, rng) if part == "mlp" else _values(layer, held, rng)
        written = [move for move, writes in made if not (leave and writes)]
        moves += written
    return moves


def _mlp(
    layer: Layer, held: Mapping[str, Any], rng: np.random.Generator
) -> Iterator[tuple[_Move, bool]]:
    """All matrices of an MLP, and whether each writes to the stream."""
    units, home = np.arange(layer.units), _home(layer.matrices)
    order, named = _order(layer, held, home, rng), set[str]()
    for matrix in layer.matrices:
        tensor, inside = _tensor(held, matrix.tensor)
        places = matrix.places(units)
        named.add(inside)
        yield _move(tensor, matrix.unit_axis, places, order), matrix.side == "writes"
        bias = _bias(held, matrix.tensor)
        if matrix.side == "reads" and bias is not None:
            named.add(bias[1])
            yield _move(bias[0], 0, places, order), False
    for name, tensor in held.items():
        if not name.startswith(home) or name in named or "experts" in name.removeprefix(home):
            continue
        if "conv" in name and tensor.shape[0] > layer.units:  # what is convolved, then the states
            yield _move(tensor, 0, units, order), False
            continue
        for axis, size in enumerate(tensor.shape):
            if size == layer.units and tensor.is_floating_point():
                yield _move(tensor, axis, units, order), False


def _order(
    layer: Layer, held: Mapping[str, Any], home: str, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Any order; of the channels of Mamba 2 any that leaves each in its head."""
    decay = held.get(f"{home}A_log")
    heads = 1 if decay is None or decay.dim() > 1 else len(decay)
    size = layer.units // heads
    inside = [n * size + rng.permutation(size) for n in range(heads)]
    return np.concatenate(inside)


def _values(
    layer: Layer, held: Mapping[str, Any], rng: np.random.Generator
) -> Iterator[tuple[_Move, bool]]:
    """The values inside each head, in the same order in all heads that share them."""
    by_role = {matrix.role: matrix for matrix in layer.attention}
    if not {"attn.v", "attn.o"} <= set(by_role):
        return
    value, out = by_role["attn.v"], by_role["attn.o"]
    size = out.units // layer.heads
    inside = np.stack([rng.permutation(size) for _ in range(layer.groups)])
    start = np.arange(layer.groups)[:, None] * size
    order = (start + inside).reshape(-1)
    shared = np.repeat(inside, layer.heads // layer.groups, axis=0)
    whole = (np.arange(layer.heads)[:, None] * size + shared).reshape(-1)
    for matrix, permutation in ((value, order), (out, whole)):
        tensor, _ = _tensor(held, matrix.tensor)
        places = matrix.places(np.arange(matrix.units))
        yield _move(tensor, matrix.unit_axis, places, permutation), matrix is out
    bias = _bias(held, value.tensor)
    if bias is not None:
        yield _move(bias[0], 0, value.places(np.arange(value.units)), order), False
    named = {matrix.tensor for matrix in layer.attention}
    for name, tensor in held.items():
        beside = name.startswith(_home(layer.attention)) and name not in named
        if beside and GATES.search(name) and tensor.shape[:1] == (out.units,):
            yield _move(tensor, 0, np.arange(out.units), whole), False
        if beside and name.endswith("dt_proj.weight") and tensor.shape[1] == value.units:
            yield _move(tensor, 1, np.arange(value.units), order), False
    query = by_role.get("attn.q")
    if query is not None and query.step == 2 * query.run > 0:  # each head's gate stands behind it
        tensor, _ = _tensor(held, query.tensor)
        yield _move(tensor, 0, query.places(np.arange(query.units)) + query.run, whole), False


def _move(tensor: Any, axis: int, places: NDArray[np.int64], order: NDArray[np.int64]) -> _Move:
    return _Move(tensor=tensor, axis=axis, places=places, order=order)


def _tensor(held: Mapping[str, Any], name: str) -> tuple[Any, str]:
    """A tensor, or one expert's part of a stack; and the name that it is held under."""
    if name in held:
        return held[name], name
    stack, _, number = name.rpartition(".")
    return held[stack][int(number)], stack


def _bias(held: Mapping[str, Any], name: str) -> tuple[Any, str] | None:
    """The bias of a matrix, or of one expert's."""
    for word in (name.removesuffix(".weight") + ".bias", name.removesuffix("_weight") + "_bias"):
        if name != word and word in held and name in held:
            return held[word], word
    stack, _, number = name.rpartition(".")
    word = f"{stack}_bias"
    return (held[word][int(number)], word) if name not in held and word in held else None


def _home(matrices: Sequence[UnitMatrix]) -> str:
    """The module that all of these matrices stand in."""
    parts = [matrix.tensor.split(".")[:-1] for matrix in matrices]
    shared = []
    for words in zip(*parts, strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return ".".join(shared) + "."
