"""`verify` of a sketch against its model notices a change of any kept array."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import toys
from filiation.errors import CaseError
from filiation.model.layout import Skipped
from filiation.model.sketch import Sketch
from filiation.sketching.differences import differences


@pytest.fixture(scope="module")
def taken() -> Sketch:
    toy = toys.with_heads(toys.born(1))
    positions = np.random.default_rng(0).normal(size=(70, 40)).astype(np.float32)
    return toys.sketch(toys.changed(toy, "toy", {"positions": positions}))


def none(_place: int, units: NDArray[np.int32]) -> dict[str, NDArray[np.int8]]:
    raise AssertionError(f"{len(units)} units were chosen otherwise")


def moved(rows: np.ndarray, steps: int, share: float) -> np.ndarray:
    """The rows with one value, or that share of all, moved by so many steps towards 0."""
    other = rows.copy()
    here = np.zeros(rows.size, dtype=bool)
    here[: int(share * rows.size)] = True
    here = here.reshape(rows.shape)
    here[3, 1] = True
    other[here] += np.where(other[here] < 0, steps, -steps).astype(np.int8)
    return other


def in_role(role: str, **changes: Any) -> Callable[[Any], Any]:
    def change(layer: Any) -> Any:
        return replace(layer, roles={**layer.roles, role: replace(layer.roles[role], **changes)})

    return change


def forged(taken: Sketch, part: str, steps: int, share: float = 0.0) -> Sketch:
    """The sketch with one value, or that share, of one array changed by so many steps."""
    kind, _, name = part.partition(":")
    if kind == "tables":
        table = taken.tables[name]
        return replace(
            taken,
            tables={**taken.tables, name: replace(table, rows=moved(table.rows, steps, share))},
        )
    if kind == "axes":
        return replace(taken, axes={**taken.axes, name: moved(taken.axes[name], steps, share)})
    first, *rest = getattr(taken, kind)
    if kind == "deep":
        group = "attention" if name.startswith("attn") else "rows"
        rows = getattr(first, group)
        first = replace(first, **{group: {**rows, name: moved(rows[name], steps, share)}})
        return replace(taken, deep=[first, *rest])
    role, frame = name.split(":")
    held = first.roles[role].directions
    first = in_role(role, directions={**held, frame: moved(held[frame], steps, share)})(first)
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
    assert differences(forged(taken, part, 1), taken, none).moved == 1
    with pytest.raises(CaseError, match="differs by 2 steps"):
        differences(forged(taken, part, 2), taken, none)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("share", [0.02, 1.0])
def test_many_values_a_step_away_are_a_change(taken: Sketch, part: str, share: float) -> None:
    """Whoever may move every value by a step could turn every direction a little his way."""
    with pytest.raises(CaseError, match="values differ by one step, at most"):
        differences(forged(taken, part, 1, share=share), taken, none)


def test_the_values_compared_are_counted(taken: Sketch) -> None:
    found = differences(taken, taken, none)
    assert found.moved == 0
    assert found.values == sum(
        rows.size
        for layer in (*taken.layers, *taken.attention)
        for role in layer.roles.values()
        for rows in role.directions.values()
    ) + sum(
        rows.size
        for layer in taken.deep
        for rows in (*layer.rows.values(), *layer.attention.values())
    ) + sum(t.rows.size for t in taken.tables.values()) + sum(a.size for a in taken.axes.values())


def test_rows_of_units_that_only_the_sketch_chose_are_the_models(taken: Sketch) -> None:
    """Rounding settles which units are the last to be kept, but never what their rows are."""
    whole = taken.deep[0]
    kept, other = np.delete(np.arange(len(whole.units)), -1), np.delete(whole.units, -2)

    def rows_of(place: int, units: NDArray[np.int32]) -> dict[str, NDArray[np.int8]]:
        assert (place, [*units]) == (whole.layer, [whole.units[-1]])
        return {role: rows[-1:] for role, rows in whole.rows.items()}

    def with_units(at: Any, units: Any, change: int = 0) -> Sketch:
        rows = {role: x[at].copy() for role, x in whole.rows.items()}
        rows["mlp.up"][-1, :3] += change
        return replace(taken, deep=[replace(whole, units=units, rows=rows), *taken.deep[1:]])

    at = np.delete(np.arange(len(whole.units)), -2)
    again = with_units(kept, whole.units[kept])
    assert differences(with_units(at, other), again, rows_of).moved == 0
    with pytest.raises(CaseError, match=r"deep layer 0, mlp\.up: a direction differs by 5 steps"):
        differences(with_units(at, other, 5), again, rows_of)


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
        replace(taken, family="other"),
        replace(taken, guessed=not taken.guessed),
        replace(taken, skipped=[*taken.skipped, Skipped(tensor="embed", reason="too large")]),
        replace(taken, axes_rows=dict.fromkeys(taken.axes, 7)),
        replace(taken, tables=renamed),
    ):
        with pytest.raises(CaseError, match="names other layers, matrices, anchors or tables"):
            differences(other, taken, none)
    norms = taken.attention[0].roles["attn.o"].norms * np.float32(1.01)
    louder = [in_role("attn.o", norms=norms)(taken.attention[0]), *taken.attention[1:]]
    with pytest.raises(CaseError, match=r"attn\.o: norms differ"):
        differences(replace(taken, attention=louder), taken, none)
