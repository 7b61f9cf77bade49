"""Choices as the shapes of tensors show them, whatever the configuration states."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from filiation.model.architecture import SEEN, Values
from filiation.model.layout import Layer, Layout, TensorInfo, WeightView

__all__ = ["seen_in_shapes"]

EXPERT: Final = re.compile(r"(.*)\.experts\.(\d+)")
SHARED: Final = re.compile(r"shared_experts?|shared_mlp")
NUMBERED: Final = re.compile(r"(.*?)\.(\d+)\.")
NORM: Final = re.compile(r"(?:norm|(?:^|[._])ln)[^.]*\.bias$", re.IGNORECASE)
PROJECTED: Final = ("attn.q", "attn.k", "attn.v")


def seen_in_shapes(model: WeightView) -> Values:
    """What the shapes show; what differs from layer to layer is given as `least to most`."""
    layout, infos = model.layout, {info.name: info for info in model.tensors}
    dense, experts = _apart(layout.layers)
    attention = [m for layer in layout.layers for m in (*layer.attention, *layer.mixers)]
    found: dict[str, str] = {}
    _spread(found, "width", (layer.matrices[0].width for layer in layout.layers))
    _spread(found, "MLP width", (layer.units for layer in dense))
    _spread(found, "expert MLP width", (layer.units for _, layer in experts))
    places = [place for place, _ in experts]
    _spread(found, "experts", (places.count(place) for place in {*places}))
    # Columns of the output, since rows of a query may hold a gate, or axes that are turned apart.
    _spread(found, "query rows", (m.units for m in attention if m.role == "attn.o"))
    _spread(found, "key rows", (m.units for m in attention if m.role == "attn.k"))
    _tables(found, layout, infos)
    if not layout.guessed:  # else a matrix may stand for a layer
        _stacks(found, layout, infos)
        wide = {name for name, info in infos.items() if info.shape == (int(_least(found)),)}
        found["norm biases"] = _said(any(NORM.search(name) for name in wide))
        projected = [m.tensor for m in attention if m.role in PROJECTED]
        if projected:
            found["attention bias"] = _biased(projected, infos)
        units = [m.tensor for one in layout.layers for m in one.matrices if _is_mlp(one)]
        if units:
            found["MLP bias"] = _biased(units, infos)
    return tuple((name, found[name]) for name in SEEN if name in found)


def _tables(found: dict[str, str], layout: Layout, infos: Mapping[str, TensorInfo]) -> None:
    """Rows of the table of tokens, and whether there is a second one of its shape."""
    if layout.embed is None or len(shape := infos[layout.embed].shape) != 2:
        return
    found["vocabulary"] = str(shape[1] if layout.embed in layout.transposed else shape[0])
    same = [
        name
        for name, info in infos.items()
        if info.shape in (shape, shape[::-1]) and name != layout.positions
    ]
    found["tables"] = "one" if len(same) == 1 else "two"


def _stacks(found: dict[str, str], layout: Layout, infos: Mapping[str, TensorInfo]) -> None:
    """How many layers the only stack has, and of how many kinds they are."""
    kinds: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for layer in layout.layers:
        named = NUMBERED.match(layer.matrices[0].tensor)
        if named is None:
            return
        matrices = (*layer.matrices, *layer.attention, *layer.mixers)
        kinds.setdefault((named[1], named[2]), set()).update((m.role, m.units) for m in matrices)
    stems = {stem for stem, _ in kinds}
    if len(stems) == 1:
        (stem,) = stems
        numbered = (NUMBERED.match(name) for name in infos)
        there = {one[2] for one in numbered if one is not None and one[1] == stem}
        found["layers"] = str(len(there))
        unread = 0 if {(stem, number) for number in there} == {*kinds} else 1
    else:
        unread = len(stems)
    found["kinds of layers"] = str(len({frozenset(roles) for roles in kinds.values()}) + unread)


def _apart(layers: Sequence[Layer]) -> tuple[list[Layer], list[tuple[str, Layer]]]:
    """Layers of one MLP; and the experts of a mixture, with the layer that they stand in."""
    dense, experts = [], []
    for layer in layers:
        named = EXPERT.fullmatch(layer.label)
        if named is not None:
            experts.append((named[1], layer))
        elif SHARED.search(layer.label) is None and _is_mlp(layer):
            dense.append(layer)
    return dense, experts


def _is_mlp(layer: Layer) -> bool:
    """Whether it is no mixer of a state space; what was guessed may be either."""
    return layer.matrices[0].role.startswith(("mlp.", "in:", "out:"))


def _least(found: Mapping[str, str]) -> str:
    return found.get("width", "0").partition(" ")[0]


def _spread(found: dict[str, str], name: str, numbers: Iterable[int]) -> None:
    """One number, or the least and the most; nothing of nothing."""
    there = sorted({*numbers})
    if there:
        found[name] = str(there[0]) if len(there) == 1 else f"{there[0]} to {there[-1]}"


def _biased(tensors: Iterable[str], infos: Mapping[str, TensorInfo]) -> str:
    stems = {name.removesuffix("weight") for name in tensors}
    return _said(any(f"{stem}bias" in infos for stem in stems))


def _said(yes: bool) -> str:
    return "yes" if yes else "no"
