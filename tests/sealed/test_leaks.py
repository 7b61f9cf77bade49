"""Attacks on what a blind comparison shows: none comes nearer than what is stated."""

from pathlib import Path

import pytest

import leaks
from filiation.errors import UsageError
from filiation.sketching.leak import Leak, check_leak, least_error

PARENT = Path(__file__).resolve().parents[2] / "examples" / "casebook" / "parent"
NOISE = 0.02  # of 200 drawn rows


@pytest.mark.parametrize("width", [96, 256, 1024])
@pytest.mark.parametrize("columns", [16, 64, 160])
def test_least_squares_come_no_nearer_than_stated(width: int, columns: int) -> None:
    found, stated = leaks.on_random_rows(width, columns)
    assert stated == least_error(columns, width)
    assert stated - NOISE <= found <= stated + NOISE  # no nearer, and no farther: it is the best


@pytest.mark.parametrize("columns", [8, 16, 64])
def test_public_embeddings_bring_no_more_than_stated(columns: int) -> None:
    """On a trained model, with all three frames known, as of a public base."""
    native, public, stated = leaks.on_a_model(PARENT, columns)
    assert stated - NOISE <= public < native <= 1
    if columns == 64:
        assert public < 0.1 and stated == 0  # solved for: the terms refuse such a model


def test_a_dictionary_finds_nothing_without_the_secret() -> None:
    assert leaks.in_sets(50) == (0, 1)


def test_bounds() -> None:
    check_leak(Leak(error=0.5, whole=0.1), error=0.5, whole=0.1)
    with pytest.raises(UsageError, match="whole rows of 11%"):
        check_leak(Leak(error=0.5, whole=0.11), error=0.5, whole=0.1)
    with pytest.raises(UsageError, match="relative error of 0"):
        check_leak(Leak(error=0.49, whole=0), error=0.5, whole=0.1)
