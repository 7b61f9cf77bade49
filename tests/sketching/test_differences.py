"""`verify` of a sketch against its model notices a change of any kept array."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import toys
from filiation.errors import CaseError
from filiation.model.sketch import Sketch
from filiation.sketching.differences import differences


@pytest.fixture(scope="module")
def taken() -> Sketch:
    toy = toys.with_heads(toys.born(1))
    positions = np.random.default_rng(0).normal(size=(70, 40)).astype(np.float32)
    return toys.sketch(toys.changed(toy, "toy", {"positions": positions}))


def moved(rows: np.ndarray, steps: int) -> np.ndarray:
    other = rows.copy()
    other[3, 1] += steps if other[3, 1] < 0 else -steps
    return other


def in_role(role: str, **changes: Any) -> Callable[[Any], Any]:
    def change(layer: Any) -> Any:
        return replace(layer, roles={**layer.roles, role: replace(layer.roles[role], **changes)})

    return change


def forged(taken: Sketch, part: str, steps: int) -> Sketch:
    """The sketch with one value of one array changed by so many steps."""
    kind, _, name = part.partition(":")
    if kind == "tables":
        table = taken.tables[name]
        return replace(
            taken, tables={**taken.tables, name: replace(table, rows=moved(table.rows, steps))}
        )
    if kind == "axes":
        return replace(taken, axes={**taken.axes, name: moved(taken.axes[name], steps)})
    first, *rest = getattr(taken, kind)
    if kind == "deep":
        group = "attention" if name.startswith("attn") else "rows"
        rows = getattr(first, group)
        first = replace(first, **{group: {**rows, name: moved(rows[name], steps)}})
        return replace(taken, deep=[first, *rest])
    role, frame = name.split(":")
    held = first.roles[role].directions
    first = in_role(role, directions={**held, frame: moved(held[frame], steps)})(first)
    return replace(taken, **{kind: [first, *rest]})  # type: ignore[arg-type]


PARTS = [
    "layers:mlp.up:native", "layers:mlp.down:token", "layers:mlp.gate:table",
    "attention:attn.v:native", "attention:attn.v:token", "attention:attn.o:table",
    "deep:mlp.down", "deep:attn.q", "deep:attn.o",
    "tables:embedding/string", "tables:embedding/id", "tables:head/string", "tables:head/id",
    "tables:positions/id", "axes:attn.q", "axes:attn.k", "axes:attn.v", "axes:attn.o",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_one_step_is_rounding_and_two_are_a_change(taken: Sketch, part: str) -> None:
    assert differences(forged(taken, part, 1), taken) == 1
    with pytest.raises(CaseError, match="differs by 2 steps"):
        differences(forged(taken, part, 2), taken)


def test_what_is_told_in_words_must_be_the_models(taken: Sketch) -> None:
    def without(name: str, held: Any, key: str) -> Sketch:
        return replace(taken, **{name: {k: x for k, x in held.items() if k != key}})  # type: ignore[arg-type]

    table = taken.tables["head/id"]
    renamed = {**taken.tables, "head/id": replace(table, keys=table.keys[::-1])}
    for other in (
        without("tables", taken.tables, "positions/id"),
        without("axes", taken.axes, "attn.v"),
        replace(taken, attention=taken.attention[:2]),
        replace(taken, attention=[replace(layer, block=0) for layer in taken.attention]),
        replace(taken, deep=taken.deep[1:]),
        replace(taken, deep=[replace(part, heads=4) for part in taken.deep]),
        replace(taken, table_absent="no table"),
        replace(taken, tables=renamed),
    ):
        with pytest.raises(CaseError, match="names other layers, matrices, anchors or tables"):
            differences(other, taken)
    norms = taken.attention[0].roles["attn.o"].norms * np.float32(1.01)
    louder = [in_role("attn.o", norms=norms)(taken.attention[0]), *taken.attention[1:]]
    with pytest.raises(CaseError, match=r"attn\.o: norms differ"):
        differences(replace(taken, attention=louder), taken)
