"""Attacks on what a blind comparison shows: none comes nearer than what is stated."""

from pathlib import Path

import pytest

import leaking
import leaks
from filiation.errors import UsageError
from filiation.model.sketch import Sketch, SketchMethod
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


@pytest.fixture(scope="module")
def sketch() -> Sketch:
    return leaking.sketch_of(PARENT, SketchMethod(seed=7, deep=0))[0]


def test_a_signature_gives_no_directions_back(sketch: Sketch) -> None:
    """Fewer equations than unknowns by far: no nearer than stated."""
    found, stated = leaking.on_signature(sketch)
    assert stated - NOISE <= found <= 1 and stated > 0.9


def test_strings_of_tokens_are_found_by_who_guesses_them(sketch: Sketch) -> None:
    """As stated: anchors are short words, named by digests without a key."""
    share, anchors = leaking.on_strings(sketch, 2)
    more, _ = leaking.on_strings(sketch, 3)
    assert anchors > 100 and 0 < share < more


def test_prompts_of_a_keyed_log_need_its_key() -> None:
    assert leaking.in_log(60) == (0, 1)


@pytest.mark.parametrize("epsilon", [10, 100, 300])
def test_one_element_is_told_from_a_noisy_count_no_oftener_than_stated(epsilon: int) -> None:
    found, stated = leaks.in_counts(epsilon)
    assert 0.5 - NOISE < found <= stated + NOISE


def test_a_sketch_holds_fewer_numbers_than_a_model_that_is_no_toy() -> None:
    """What is revealed grows with columns and the deep part, and is printed."""
    sizes = [leaking.freedom(PARENT, SketchMethod(columns=c, deep=d))[0]
             for c, d in ((8, 0), (64, 0), (64, 8192))]  # fmt: skip
    assert sizes == sorted(sizes) and sizes[0] < sizes[2]


def test_bounds() -> None:
    check_leak(Leak(error=0.5, whole=0.1), error=0.5, whole=0.1)
    with pytest.raises(UsageError, match="whole rows of 11%"):
        check_leak(Leak(error=0.5, whole=0.11), error=0.5, whole=0.1)
    with pytest.raises(UsageError, match="relative error of 0"):
        check_leak(Leak(error=0.49, whole=0), error=0.5, whole=0.1)
