"""Choices as the shapes of tensors show them, whatever the configuration states."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from filiation.model.architecture import SEEN, Values
from filiation.model.layout import Layer, UnitMatrix, WeightView

__all__ = ["seen_in_shapes"]

EXPERT: Final = re.compile(r"(.*)\.experts\.(\d+)")
SHARED: Final = re.compile(r"\.shared_experts?(?:\.\d+)?$")
NORM: Final = re.compile(r"(?:norm|(?:^|[._])ln)[^.]*\.bias$", re.IGNORECASE)


def seen_in_shapes(model: WeightView) -> Values:
    """What the shapes show; what differs from layer to layer is given as `least to most`."""
    layout, infos = model.layout, {info.name: info for info in model.tensors}
    dense, experts = _apart(layout.layers)
    found: dict[str, str] = {}
    if not layout.guessed:  # else a matrix may stand for a layer
        found["layers"] = str(len({_depth(layer.label) for layer in layout.layers}))
    _spread(found, "width", (layer.matrices[0].width for layer in layout.layers))
    _spread(found, "MLP width", (layer.units for layer in dense))
    _spread(found, "expert MLP width", (layer.units for _, layer in experts))
    places = [place for place, _ in experts]
    _spread(found, "experts", (places.count(place) for place in {*places}))
    attention = [m for layer in layout.layers for m in (*layer.attention, *layer.mixers)]
    for choice, role in (("query rows", "attn.q"), ("key rows", "attn.k")):
        _spread(found, choice, (m.units for m in attention if m.role == role))
    if layout.embed is not None:
        rows = infos[layout.embed].shape
        found["vocabulary"] = str(rows[1] if layout.embed in layout.transposed else rows[0])
        if layout.unembed is not None:
            found["tied tables"] = "yes" if layout.unembed == layout.embed else "no"
    if not layout.guessed:
        found["norm biases"] = _said(any(NORM.search(name) for name in infos))
        known = [m for m in attention if m.role.startswith("attn.")]
        if known:
            found["attention bias"] = _biased(known, infos)
        if layout.layers:
            found["MLP bias"] = _biased((m for one in layout.layers for m in one.matrices), infos)
    return tuple((name, found[name]) for name in SEEN if name in found)


def _apart(layers: Iterable[Layer]) -> tuple[list[Layer], list[tuple[str, Layer]]]:
    """Layers of one MLP; and the experts of a mixture, with the layer that they stand in."""
    dense, experts = [], []
    for layer in layers:
        named = EXPERT.fullmatch(layer.label)
        if named is not None:
            experts.append((named[1], layer))
        elif SHARED.search(layer.label) is None:
            dense.append(layer)
    return dense, experts


def _depth(label: str) -> str:
    named = EXPERT.fullmatch(label)
    return named[1] if named is not None else SHARED.sub("", label)


def _spread(found: dict[str, str], name: str, numbers: Iterable[int]) -> None:
    """One number, or the least and the most; nothing of nothing."""
    there = sorted({*numbers})
    if there:
        found[name] = str(there[0]) if len(there) == 1 else f"{there[0]} to {there[-1]}"


def _biased(matrices: Iterable[UnitMatrix], infos: Mapping[str, object]) -> str:
    return _said(
        any(m.tensor.removesuffix(".weight").removesuffix("_weight") + end in infos
            for m in matrices for end in (".bias", "_bias"))
    )  # fmt: skip


def _said(yes: bool) -> str:
    return "yes" if yes else "no"
