"""Stored numbers against numpy and ml_dtypes, and the cheap finiteness test against isfinite."""

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.readers.bytes.dtypes import values, which_not_finite

FLOATS: dict[str, npt.DTypeLike] = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
    "F8_E4M3": ml_dtypes.float8_e4m3fn,
    "F8_E5M2": ml_dtypes.float8_e5m2,
}
SMALL = [word for word in FLOATS if word.startswith(("F8", "BF16", "F16"))]


@pytest.mark.parametrize("word", SMALL)
def test_every_bit_pattern_against_ml_dtypes(word: str) -> None:
    size = np.dtype(FLOATS[word]).itemsize
    codes = np.arange(256**size, dtype=f"<u{size}")
    expected = codes.view(FLOATS[word]).astype(np.float32)
    np.testing.assert_array_equal(values(word, memoryview(codes).cast("B")), expected)
    np.testing.assert_array_equal(
        which_not_finite(word, memoryview(codes).cast("B")), np.flatnonzero(~np.isfinite(expected))
    )


@pytest.mark.parametrize("word", FLOATS)
def test_finite_extremes_are_finite(word: str) -> None:
    most = ml_dtypes.finfo(FLOATS[word])
    edge = np.array([most.max, most.min, most.tiny, most.smallest_subnormal, 0, -0.0], FLOATS[word])
    assert not which_not_finite(word, memoryview(edge.tobytes())).size


@pytest.mark.parametrize("word", FLOATS)
@pytest.mark.parametrize("bad", [np.nan, -np.nan, np.inf, -np.inf])
def test_one_bad_value_is_found_where_it_is(word: str, bad: float) -> None:
    if word == "F8_E4M3" and np.isinf(bad):
        pytest.skip("this dtype has no infinity")
    stored = np.ones(1000, dtype=FLOATS[word])
    stored[[17, 999]] = bad
    assert which_not_finite(word, memoryview(stored.tobytes())).tolist() == [17, 999]


@pytest.mark.parametrize("word", ["I8", "U8", "I16", "I32", "I64", "BOOL", "F8_E8M0"])
def test_what_cannot_hold_infinity_is_never_searched(word: str) -> None:
    assert not which_not_finite(word, memoryview(b"\xff" * 64)).size


@settings(deadline=None)
@given(st.binary(max_size=64), st.sampled_from(["F32", "F64", "F16", "BF16"]))
def test_finiteness_against_isfinite(raw: bytes, word: str) -> None:
    size = np.dtype(FLOATS[word]).itemsize
    raw = raw[: len(raw) // size * size]
    with np.errstate(invalid="ignore"):  # a signalling NaN raises the flag on some processors
        expected = ~np.isfinite(np.frombuffer(raw, dtype=FLOATS[word]))
    assert which_not_finite(word, memoryview(raw)).tolist() == np.flatnonzero(expected).tolist()


def test_integers_are_themselves() -> None:
    assert values("I8", memoryview(b"\x80\xff\x7f")).tolist() == [-128, -1, 127]
    assert values("U8", memoryview(b"\x80\xff")).tolist() == [128, 255]


def test_a_double_beyond_float32_is_clipped_not_infinite() -> None:
    stored = np.array([1e300, -1e300, 0.5])
    found = values("F64", memoryview(stored.tobytes()))
    assert np.isfinite(found).all() and found[2] == 0.5 and found[0] == -found[1] > 3e38


def test_bytes_at_an_odd_address() -> None:
    stored = np.array([1.5, -2.0], dtype=np.float32).tobytes()
    assert values("F32", memoryview(b"x" + stored)[1:]).tolist() == [1.5, -2.0]
