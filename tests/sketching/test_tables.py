"""The frame of a model's own tables: what it does not see, and what a sketch keeps of the rest."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import toys
from filiation.methods.weights.frames import views
from filiation.model.sketch import LayerSketch, Sketch
from filiation.numerics.rng import signs
from filiation.sketching.tables import chosen_numbers


def gained(seed: int) -> toys.Toy:
    rng = np.random.default_rng(seed)
    gains = {f"gain.{n}": rng.uniform(0.5, 2.0, 40).astype(np.float32) for n in range(3)}
    toy = toys.with_heads(toys.born(seed))
    return toys.changed(toy, toy.name, gains)


def cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x.astype(float), y.astype(float)
    return np.asarray(np.sum(x * y, axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1))


def seen(layer: LayerSketch) -> dict[str, np.ndarray]:
    return {role: rows.directions["table"] for role, rows in layer.roles.items()}


def rows_of(taken: Sketch) -> list[np.ndarray]:
    return [x for layer in (*taken.layers, *taken.attention) for x in seen(layer).values()]


def columns_seen(one: Sketch, two: Sketch) -> set[int]:
    found = views(one, two, "table")
    assert not isinstance(found, str)
    return {rows.shape[1] for side in found for layer in side for rows in layer.rows.values()}


def respelt(toy: toys.Toy) -> toys.Toy:
    return replace(toy, tokens=tuple(b"<%d>" % n for n in range(len(toys.WORDS))))


@pytest.mark.parametrize("disguise", [lambda t: toys.rotated(t, 6), respelt])
def test_neither_a_rotation_nor_other_strings_change_the_frame(
    disguise: Callable[[toys.Toy], toys.Toy],
) -> None:
    toy = gained(5)

    for one, two in zip(
        rows_of(toys.sketch(toy)), rows_of(toys.sketch(disguise(toy))), strict=True
    ):
        assert one.shape[1] == 32 and np.abs(one.astype(int) - two).max() <= 1


def test_units_in_another_order_are_the_same_units() -> None:
    toy = gained(5)
    one, two = toys.sketch(toy), toys.sketch(toys.permuted(toy, 3))

    for a, b in zip(one.layers, two.layers, strict=True):
        for role, rows in seen(a).items():
            assert sorted(map(bytes, rows)) == sorted(map(bytes, seen(b)[role]))


def test_other_numbers_change_the_columns_by_number_only() -> None:
    toy = gained(7)
    one, two = toys.sketch(toy), toys.sketch(toys.renumbered(toy, 2))

    for a, b in zip(rows_of(one), rows_of(two), strict=True):
        assert np.median(cosine(a[:, 16:], b[:, 16:])) > 0.99
        assert abs(np.median(cosine(a[:, :16], b[:, :16]))) < 0.5
    assert columns_seen(one, two) == {16} and columns_seen(one, one) == {32}


def test_silent_layers_and_decoy_units_leave_the_bytes_of_all_others() -> None:
    toy = gained(8)
    rng = np.random.default_rng(1)
    added = {
        f"layers.3.{x}": rng.normal(size=toy.arrays[f"layers.0.{x}"].shape).astype(np.float32)
        for x in ("up", "gate", "down", "q", "k", "v", "o")
    }
    for name in ("down", "o"):
        added[f"layers.3.{name}"] *= np.float32(1e-6)
    plain, silent = toys.sketch(toy), toys.sketch(toys.changed(toy, "silent", added))
    assert rows_of(plain)[-1].shape == rows_of(silent)[-1].shape
    for one, two in zip(
        (*plain.layers, *plain.attention), (*silent.layers[:3], *silent.attention[:3]), strict=True
    ):
        for role in one.roles:
            assert all(
                np.array_equal(rows, two.roles[role].directions[frame])
                for frame, rows in one.roles[role].directions.items()
            )
    decoys = {
        "layers.1.up": np.concatenate([toy.arrays["layers.1.up"], added["layers.3.up"][:8]]),
        "layers.1.gate": np.concatenate([toy.arrays["layers.1.gate"], added["layers.3.up"][:8]]),
        "layers.1.down": np.concatenate(
            [toy.arrays["layers.1.down"], 9 * added["layers.3.down"][:, :8]], axis=1
        ),
    }
    decoyed = toys.sketch(toys.changed(toy, "decoys", decoys))
    for role, rows in seen(plain.layers[1]).items():
        assert np.abs(rows.astype(int) - seen(decoyed.layers[1])[role][:48]).max() <= 1


def test_the_attention_is_a_layer_of_units_within_heads() -> None:
    toy = gained(9)
    taken = toys.sketch(toy)
    spread = signs(0, "native", "40", rows=40, columns=64)

    assert [(layer.units, layer.block) for layer in taken.attention] == [(16, 4)] * 3
    o = toy.arrays["layers.1.o"].reshape(40, 4, 2, 4).sum(axis=2).reshape(40, 16).T
    native = taken.attention[1].roles["attn.o"].directions["native"]
    assert np.all(cosine(native, o @ spread) > 0.999)
    whole = taken.deep[1].attention
    assert np.all(cosine(whole["attn.o"], toy.arrays["layers.1.o"].T @ spread) > 0.999)
    assert np.array_equal(whole["attn.v"], taken.attention[1].roles["attn.v"].directions["native"])


def test_axes_are_sums_over_layers_with_the_same_signs() -> None:
    toy = toys.with_heads(toys.born(3))
    axes = toys.sketch(toy).axes
    assert {role: rows.shape for role, rows in axes.items()} == dict.fromkeys(
        ("attn.q", "attn.k", "attn.v", "attn.o"), (40, 32)
    )
    total, others = np.zeros((2, 40, 32))
    drawn = {role: signs(0, "axes", role, rows=32, columns=1) for role in ("attn.q", "attn.o")}
    for n in range(3):  # of as many rows as columns, each row is a sum by itself
        written = toy.arrays[f"layers.{n}.o"] * drawn["attn.o"].T
        others += written / np.linalg.norm(written)
        part = toy.arrays[f"layers.{n}.q"].T * drawn["attn.q"].T
        total += part / np.linalg.norm(part)
    assert np.all(cosine(axes["attn.q"], total) > 0.999)
    assert np.all(cosine(axes["attn.o"], others) > 0.999)
    more = toys.with_heads(toys.born(3, units=150, layers=1), heads=10, groups=10, size=7)
    held = more.arrays["layers.0.q"] * signs(0, "axes", "attn.q", rows=70, columns=1)
    folded = np.stack([held[n::32].sum(axis=0) for n in range(32)], axis=1)
    assert np.all(cosine(toys.sketch(more).axes["attn.q"], folded) > 0.999)


def test_tables_keep_rows_by_string_and_by_number() -> None:
    toy = toys.born(2)
    positions = np.random.default_rng(0).normal(size=(600, 40)).astype(np.float32)
    taken = toys.sketch(toys.changed(toy, "placed", {"positions": positions}))

    assert {name: len(table.keys) for name, table in taken.tables.items()} == {
        "embedding/string": 110, "embedding/id": 110, "head/string": 110, "head/id": 110,
        "positions/id": 512,
    }  # fmt: skip
    numbers = [int(key) for key in taken.tables["positions/id"].keys]
    kept = positions[numbers] - positions[numbers].mean(axis=0)
    assert np.all(cosine(taken.tables["positions/id"].rows, kept) > 0.999)


def test_two_lengths_mostly_choose_the_same_numbers() -> None:
    one, two = chosen_numbers(32000, 512, 0), chosen_numbers(32100, 512, 0)

    assert len(one) == len(two) == 512 and len({*one} & {*two}) > 500


@pytest.mark.parametrize("factor", [1e-24, 1e24])
def test_a_table_whose_lengths_cannot_be_reckoned_is_absent(factor: float) -> None:
    toy = toys.born(3)
    small = {"embed": toy.arrays["embed"] * np.float32(factor)}
    taken = toys.sketch(toys.changed(toy, "small", small))
    assert taken.table_absent is not None and "single precision" in taken.table_absent

    head = {"unembed": toy.arrays["unembed"] * np.float32(factor)}
    taken = toys.sketch(toys.changed(toy, "head", head))
    roles = taken.layers[0].roles
    assert taken.table_absent is None and "table" in roles["mlp.up"].directions
    assert "table" not in roles["mlp.down"].directions
