"""Sketches: the same bytes for any number of workers, right numbers, nothing half written."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import toys
from filiation.errors import UnreadableError, UsageError
from filiation.model.sketch import SketchMethod
from filiation.numerics.rng import signs
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch


def cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x.astype(float), y.astype(float)
    return np.sum(x * y, axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)


@pytest.mark.parametrize("workers", [2, 3, 16])
def test_bytes_do_not_depend_on_workers(tmp_path: Path, workers: int) -> None:
    toy = toys.born(3, layers=6)
    take_sketch(toy, tmp_path / "one", workers=1)
    take_sketch(toy, tmp_path / "many", workers=workers)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_table_that_cannot_be_read_leaves_nothing(
    tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_toy: toys.Toy, tensor: str, first_row: int, raw: memoryview) -> None:
        if tensor == "unembed":  # its digest is begun before the frames are made
            raise UnreadableError(f"{tensor}: row {first_row} of {raw.nbytes} bytes")

    monkeypatch.setattr(toys.Toy, "check_finite", refuse)
    with pytest.raises(UnreadableError, match="unembed"):
        take_sketch(toys.born(3), tmp_path / "a.sketch", workers=workers)
    assert not [*tmp_path.iterdir()]


def test_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    toy = toys.born(3)

    assert take_sketch(toy, tmp_path / "a") == read_sketch(tmp_path / "a").digest


def test_native_directions_and_norms_against_the_formula() -> None:
    toy = toys.born(4)
    gain = np.linspace(0.5, 2.0, 40, dtype=np.float32)
    toy = toys.changed(toy, "gained", {"gain.1": gain})
    layer = toys.sketch(toy).layers[1]
    spread = signs(0, "native", "40", rows=40, columns=64)

    for role, rows in (
        ("mlp.up", toy.arrays["layers.1.up"] * gain),
        ("mlp.down", toy.arrays["layers.1.down"].T),
    ):
        assert np.allclose(layer.roles[role].norms, np.linalg.norm(rows, axis=1), rtol=1e-5)
        assert np.all(cosine(layer.roles[role].directions["native"], rows @ spread) > 0.999)


def test_the_token_frame_does_not_see_a_rotation_of_the_stream() -> None:
    toy = toys.born(5)
    straight, turned = toys.sketch(toy), toys.sketch(toys.rotated(toy, 6))

    for role in ("mlp.up", "mlp.gate", "mlp.down"):
        one, two = straight.layers[0].roles[role], turned.layers[0].roles[role]
        assert np.all(cosine(one.directions["token"], two.directions["token"]) > 0.999)
        assert abs(np.median(cosine(one.directions["native"], two.directions["native"]))) < 0.6


def test_anchors_are_the_same_strings_in_overlapping_vocabularies() -> None:
    toy = toys.born(6)
    order = np.random.default_rng(0).permutation(len(toys.WORDS))
    shuffled = replace(
        toys.changed(toy, "shuffled", {n: toy.arrays[n][order] for n in ("embed", "unembed")}),
        tokens=tuple(toys.WORDS[i] for i in order),
    )
    one, two = toys.sketch(toy), toys.sketch(shuffled)

    assert one.anchors == two.anchors
    for role, rows in one.layers[0].roles.items():
        other = two.layers[0].roles[role]
        assert np.all(cosine(rows.directions["token"], other.directions["token"]) > 0.999)


@pytest.mark.parametrize(
    ("toy", "words"),
    [
        (replace(toys.born(1), tokens=None), "no tokenizer.json"),
        (replace(toys.born(1), tokens=toys.WORDS[:20]), "only 20 usable tokens"),
        (
            toys.Toy("x", {n: a for n, a in toys.born(1).arrays.items() if n != "embed"}),
            "embeddings",
        ),
    ],
)
def test_without_a_token_frame_the_reason_is_kept(toy: toys.Toy, words: str) -> None:
    taken = toys.sketch(toy)

    assert taken.token_absent is not None and words in taken.token_absent
    frames = {"native"} if words == "embeddings" else {"native", "table"}
    assert set(taken.layers[0].roles["mlp.up"].directions) == frames
    assert (taken.table_absent is not None) == (words == "embeddings")


def test_every_block_of_every_tensor_is_checked_for_nan() -> None:
    toy = toys.born(7)
    toys.sketch(toy)

    assert set(toy.checked) == set(toy.arrays)


def test_values_beyond_float32_are_unreadable(tmp_path: Path) -> None:
    toy = toys.born(8)
    huge = toys.changed(toy, "huge", {"layers.0.up": toy.arrays["layers.0.up"] * 1e30})
    with pytest.raises(UnreadableError, match="too large for 32-bit"):
        take_sketch(huge, tmp_path / "s")

    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        take_sketch(toys.born(1), tmp_path / "nowhere" / "s")


def test_no_thread_outlives_a_failure(tmp_path: Path) -> None:
    toy = toys.born(9)
    bad = toys.changed(toy, "bad", {"layers.0.gate": toy.arrays["layers.0.gate"] * 1e30})
    before = threading.active_count()
    with pytest.raises(UnreadableError):
        take_sketch(bad, tmp_path / "s", workers=4)

    assert threading.active_count() == before


def test_another_seed_is_another_method(tmp_path: Path) -> None:
    one, two = SketchMethod(), SketchMethod(seed=1)
    for name, method in (("one", one), ("two", two)):
        take_sketch(toys.born(1), tmp_path / name, method=method)

    assert read_sketch(tmp_path / "two").method == two != one
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


def test_whole_rows_against_the_formula() -> None:
    toy = toys.born(4)
    gain = np.linspace(0.5, 2.0, 40, dtype=np.float32)
    toy = toys.changed(toy, "gained", {"gain.2": gain})
    deep = toys.sketch(toy).deep

    assert [part.layer for part in deep] == [0, 1, 2]
    for role, rows in (
        ("mlp.up", toy.arrays["layers.2.up"] * gain),
        ("mlp.down", toy.arrays["layers.2.down"].T),
    ):
        assert np.all(cosine(deep[2].rows[role], rows) > 0.999)


@pytest.mark.parametrize("embedded", [True, False])
def test_the_deep_part_keeps_rows_of_every_layer_half_of_them_not_by_norm(
    tmp_path: Path, embedded: bool
) -> None:
    toy = toys.born(5, layers=7)
    if not embedded:
        toy = replace(toy, arrays={n: a for n, a in toy.arrays.items() if "embed" not in n})
    take_sketch(toy, tmp_path / "s", method=SketchMethod(deep=140))
    taken = read_sketch(tmp_path / "s")

    assert [part.layer for part in taken.deep] == list(range(7))
    assert {len(part.units) for part in taken.deep} == {48}  # 64 a layer at least: all of them
    take_sketch(toy, tmp_path / "few", method=SketchMethod(deep=35))
    few = read_sketch(tmp_path / "few")
    norms = [rows.norms.astype(float) for rows in taken.layers[5].roles.values()]
    size = norms[0] * norms[1] * norms[2]
    assert {len(part.units) for part in few.deep} == {20}
    assert len({*few.deep[5].units} & {*np.argsort(-size)[:10]}) == 10
    assert len({*few.deep[5].units} & {*np.argsort(-size)[:20]}) < 18
    up = toy.arrays["layers.5.up"][few.deep[5].units]
    assert np.all(cosine(few.deep[5].rows["mlp.up"], up) > 0.999)


def test_another_depth_of_the_deep_part_still_compares(tmp_path: Path) -> None:
    for name, deep in (("none", 0), ("few", 9)):
        take_sketch(toys.born(1), tmp_path / name, method=SketchMethod(deep=deep))
    none, few = read_sketch(tmp_path / "none"), read_sketch(tmp_path / "few")

    assert (len(none.deep), [len(part.units) for part in few.deep]) == (0, [12, 12, 12])
    assert none.method.projection == few.method.projection
    assert none.method.id != few.method.id
