"""Relations from the values that sketches keep, whatever the names, axes and dtypes."""

from dataclasses import replace

import ml_dtypes
import numpy as np
import pytest
from gguf import GGMLQuantizationType
from gguf.quants import dequantize, quantize

import containers
import toys
from filiation.examining.weights.relation import relate
from filiation.model.layout import TensorInfo
from filiation.model.relation import Relation
from filiation.numerics.rng import stream
from filiation.sketching.samples import SampledTensor, take_sample

BORN = toys.born(1, units=64, width=256)


def related(source: toys.Toy, subject: toys.Toy) -> Relation:
    return relate(toys.sketch(source), toys.sketch(subject), supported=False, seed=0)


def each(toy: toys.Toy, change: object, name: str = "changed") -> toys.Toy:
    return toys.changed(toy, name, {n: change(a) for n, a in toy.arrays.items()})  # type: ignore[operator]


def through(kind: str) -> object:
    """A matrix packed by ggml and unpacked again."""
    word = GGMLQuantizationType[kind]

    def change(array: np.ndarray) -> np.ndarray:
        packed = containers.q4_k(array) if kind == "Q4_K" else quantize(array, word)
        return dequantize(packed, word).reshape(array.shape)

    return change


def test_renamed_and_reordered_is_identical() -> None:
    renamed = replace(BORN, arrays={f"x.{n}": a for n, a in BORN.arrays.items()})
    assert related(BORN, replace(renamed, name="r")).kind == "identical"


@pytest.mark.parametrize(
    "cast",
    [np.float16, ml_dtypes.bfloat16],
)
def test_another_precision_is_a_re_export(cast: type) -> None:
    child = each(BORN, lambda a: a.astype(cast).astype(np.float32))
    for pair in ((BORN, child), (child, BORN)):
        found = related(*pair)
        assert found.kind == "re-exported" and "11 in the precision of" in found.because


def test_transposed_is_a_re_export_and_so_is_a_square_matrix() -> None:
    square = toys.changed(
        BORN, "s", {"square": np.random.default_rng(0).normal(size=(64, 64)).astype("f4")}
    )
    child = each(square, lambda a: np.ascontiguousarray(a.T), "t")
    found = related(square, replace(child, arrays={f"t.{n}": a for n, a in child.arrays.items()}))
    assert found.kind == "re-exported" and "12 value for value" in found.because


WIDE = toys.born(2, layers=2, units=256, width=256)


@pytest.mark.parametrize(
    ("kind", "bits"), [("Q8_0", 8), ("Q5_1", 5), ("Q4_0", 4), ("Q4_1", 4), ("Q4_K", 4)]
)
def test_what_ggml_packed_is_quantised_both_ways(kind: str, bits: int) -> None:
    child = each(WIDE, through(kind))
    found, back = related(WIDE, child), related(child, WIDE)

    assert found.kind == back.kind == "quantised"
    assert f"8 rounded in the subject to {bits} bits" in found.because
    assert f"8 rounded in the source to {bits} bits" in back.because


def test_two_roundings_of_one_model() -> None:
    found = related(each(WIDE, through("Q4_0"), "a"), each(WIDE, through("Q4_1"), "b"))
    assert found.kind == "quantised" and "roundings of one matrix in both" in found.because


def moved(toy: toys.Toy, drift: float) -> toys.Toy:
    """Every value moved by so much of its matrix's spread, as a light training moves it."""
    rng = np.random.default_rng(0)
    return each(
        toy, lambda a: (a + drift * a.std() * rng.normal(size=a.shape)).astype(np.float32), "moved"
    )


@pytest.mark.parametrize("kind", ["Q8_0", "Q5_1", "Q4_0", "Q4_1", "Q4_K"])
@pytest.mark.parametrize("cast", [np.float32, np.float16, ml_dtypes.bfloat16])
def test_the_very_values_that_were_rounded_tell_the_direction(kind: str, cast: type) -> None:
    source = each(WIDE, lambda a: a.astype(cast).astype(np.float32), "s")
    child = each(source, through(kind))
    assert related(source, child).direction == "source-to-subject"
    assert related(child, source).direction == "subject-to-source"


@pytest.mark.parametrize(
    ("kind", "drift"),
    [("Q4_0", 0.003), ("Q4_0", 0.01), ("Q4_1", 0.01), ("Q5_1", 0.003), ("Q4_K", 0.01),
     ("Q8_0", 0.001)],
)  # fmt: skip
def test_a_relative_of_what_was_rounded_is_not_what_was_rounded(kind: str, drift: float) -> None:
    rounded, relative = each(WIDE, through(kind)), moved(WIDE, drift)
    for found in (related(relative, rounded), related(rounded, relative)):
        assert found.direction == "not-determined"
        assert "as where a relative of it was rounded" in found.because


@pytest.mark.parametrize(("finer", "coarser"), [("Q8_0", "Q4_0"), ("Q8_0", "Q5_1")])
def test_two_roundings_of_a_third_tell_no_direction(finer: str, coarser: str) -> None:
    one, two = each(WIDE, through(finer), "a"), each(WIDE, through(coarser), "b")
    assert related(one, two).direction == related(two, one).direction == "not-determined"


def test_a_rounded_model_that_was_trained_a_little_was_not_what_was_rounded() -> None:
    rounded = each(WIDE, through("Q4_0"))
    trained = moved(rounded, 0.005)
    for found in (related(trained, rounded), related(rounded, trained)):
        assert found.direction == "not-determined" and "does not fill the step" in found.because


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0"])
@pytest.mark.parametrize("drift", [0.1, 0.3])
def test_a_fine_tune_that_was_quantised_is_no_rounding(kind: str, drift: float) -> None:
    assert related(WIDE, each(toys.tuned(WIDE, 4, drift), through(kind))).kind == "unrelated"


@pytest.mark.parametrize("seed", range(3, 9))
def test_strangers_are_of_no_kind(seed: int) -> None:
    stranger = toys.born(seed, layers=2, units=256, width=256)
    for child in (stranger, each(stranger, through("Q4_0"))):
        found = related(WIDE, child)
        assert (found.kind, found.layer_map) == ("unrelated", ())


def test_a_model_that_holds_another_whole() -> None:
    other = toys.born(7, layers=2, units=256, width=256)
    both = {f"g.{n}": a for n, a in WIDE.arrays.items()} | {
        f"m.{n}": a for n, a in other.arrays.items()
    }
    merged = replace(
        WIDE, name="both", arrays={n.replace("layers.", "x."): a for n, a in both.items()}
    )

    for parent in (WIDE, other):
        found = related(parent, merged)
        assert found.kind == "includes" and "8 of the subject's 16 are others" in found.because
        back = related(merged, parent)
        assert back.kind == "unknown" and "8 of the matrices" in back.because


def test_some_equal_matrices_are_told_and_not_called_a_copy() -> None:
    """A shared embedding table over unrelated layers is just that."""
    stranger = toys.born(8, layers=2, units=256, width=256)
    child = toys.changed(stranger, "e", {"embed": WIDE.arrays["embed"]})
    found = related(WIDE, child)
    assert found.kind == "embeddings-only" and found.tables == ("embedding",)
    assert "1 of the matrices" in found.because and "(embed)" in found.because


def test_a_head_is_no_embedding_table_and_a_layer_no_table() -> None:
    stranger = toys.born(8, layers=2, units=256, width=256)
    head = WIDE.arrays["embed"][::-1].copy()
    parent, child = (
        replace(toy, arrays={**toy.arrays, "lm_head.weight": head}) for toy in (WIDE, stranger)
    )
    found = related(parent, child)
    assert found.kind == "embeddings-only" and found.tables == ("head",)
    assert "an output head" in found.because and "embedding table" not in found.because

    name = "layers.0.self_attn.q_proj.weight"
    parent, child = (replace(toy, arrays={**toy.arrays, name: head}) for toy in (WIDE, stranger))
    found = related(parent, child)
    assert found.kind == "unknown" and name in found.because and not found.tables


@pytest.mark.parametrize(
    "shape", [(5,), (1, 7), (3, 40), (40, 3), (300, 20), (20, 300), (33, 33), (4, 6, 8)]
)
def test_samples_do_not_depend_on_which_axis_comes_first(shape: tuple[int, ...]) -> None:
    values = stream(0, "samples", str(shape)).normal(size=shape).astype(np.float32)
    toy = toys.Toy("t", {"w": values})
    info = TensorInfo(name="w", dtype="F32", shape=shape, nbytes=values.nbytes)
    found = take_sample(_View(toy), info, 0)

    assert found.shape == (SampledTensor(info).size,) and np.isin(found, values).all()
    if len(shape) == 2 and min(shape) > 1:
        turned = toys.Toy("t", {"w": np.ascontiguousarray(values.T)})
        other = TensorInfo(name="w", dtype="F32", shape=shape[::-1], nbytes=values.nbytes)
        again = take_sample(_View(turned), other, 0)
        half = len(found) // 2
        expected = np.concatenate([found[half:], found[:half]]) if shape[0] == shape[1] else found
        assert np.array_equal(again, expected)


class _View:
    """Rows of a toy; a tensor of more axes is one row per index of the first."""

    def __init__(self, toy: toys.Toy) -> None:
        self.layout, self._toy = toy.layout, toy

    def rows(self, tensor: str, indices: list[int]) -> np.ndarray:
        array = np.atleast_2d(self._toy.arrays[tensor])
        return array.reshape(len(array), -1)[indices]


def test_a_re_export_holds_every_value_of_every_matrix() -> None:
    """Four matrices of a hundred may be a fine-tuning: nothing is re-exported then."""
    wide = toys.changed(toys.born(1, layers=8, units=64, width=256), "wide", {})
    small = np.random.default_rng(0).normal(size=(40, 30)).astype(np.float32)
    one = toys.changed(wide, "one", {"table": small})
    moved = toys.changed(one, "moved", {"table": (small * 1.01 + 0.003).astype(np.float32)})
    found = related(one, each(moved, lambda a: a.astype(np.float16).astype(np.float32)))
    assert found.kind == "fine-tuned" and "1 matrix of the same lengths holds" in found.because


def test_what_was_left_out_is_no_change() -> None:
    wide = toys.born(1, layers=8, units=64, width=256)
    small = np.random.default_rng(0).normal(size=(40, 30)).astype(np.float32)
    one = toys.changed(wide, "one", {"table": small})
    assert (
        related(one, each(wide, lambda a: a.astype(np.float16).astype("f4"))).kind == "re-exported"
    )


@pytest.mark.parametrize(("change", "kind"), [(0.001, "fine-tuned"), (1.0, "re-exported")])
def test_vectors_count_and_a_gain_may_be_stored_less_one(change: float, kind: str) -> None:
    gain = np.random.default_rng(0).normal(1.0, 0.1, size=256).astype(np.float32)
    one = toys.changed(BORN, "one", {"gain.0": gain})
    moved = toys.changed(one, "moved", {"gain.0": gain - np.float32(change)})
    assert related(one, moved).kind == kind
