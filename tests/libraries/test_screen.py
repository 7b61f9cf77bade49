"""Which pairs are looked at in full: chosen by signatures, blind to what is not in them."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.libraries.screen import BAR, screen
from filiation.methods.weights.coarse import (
    BLOCKS,
    KEYED,
    WIDTH,
    coarse_signature,
    cosines,
    mean_spread,
)
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"
STRANGERS = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
# What no keyed block sees is left to the nearest over the spread blocks.
CHILDREN = (
    *("fine-tuned", "continued", "quantised-8bit", "quantised-4bit", "rescaled", "permuted"),
    *("rotated", "merged", "depth-pruned", "width-pruned"),
)


def signatures(models: int, seed: int = 1) -> NDArray[np.int8]:
    drawn = stream(seed, "screen").integers(-127, 128, size=(models, BLOCKS, WIDTH))
    return drawn.astype(np.int8)


def test_strangers_pass_as_often_as_the_bar_says() -> None:
    drawn = signatures(300)
    drawn[:, KEYED:] = 0
    expected = math.comb(300, 2) * KEYED * 0.5 * math.erfc(3.5 / math.sqrt(2.0))  # about 42
    assert expected / 2 < len(screen(drawn)) < expected * 2


@pytest.mark.parametrize("block", range(KEYED))
@pytest.mark.parametrize("pair", [(3, 7), (5, 290), (130, 131), (0, 299)])
def test_a_relative_in_one_keyed_block_is_seen_across_batches(
    block: int, pair: tuple[int, int]
) -> None:
    drawn = signatures(300)
    drawn[:, KEYED:] = 0
    near, far = pair
    assert pair not in screen(drawn)
    drawn[far, block] = drawn[near, block] // 4 + drawn[far, block] // 2
    assert pair in screen(drawn)


def test_the_nearest_over_the_spread_blocks_is_seen() -> None:
    drawn = signatures(200)
    drawn[:, :KEYED] = 0
    drawn[77, KEYED:] = drawn[150, KEYED:] // 2 + drawn[77, KEYED:] // 2
    found = screen(drawn)
    assert (77, 150) in found and len(found) <= 200


def test_what_has_no_block_is_in_no_pair() -> None:
    drawn = signatures(40)
    drawn[7] = 0
    assert not any(7 in pair for pair in screen(drawn))
    assert screen(drawn[:0]) == screen(drawn[:1]) == set()


def test_cosines_against_the_definition() -> None:
    drawn = signatures(9)
    mean = mean_spread(drawn)
    found = cosines(drawn[:3], drawn, mean)
    for block in range(BLOCKS):
        away = drawn[:, block].astype(np.float64)
        if block >= KEYED:
            away -= mean[block - KEYED]
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        assert np.allclose(found[block], away[:3] @ away.T, atol=1e-5)


def test_the_casebook_passes_and_its_strangers_scatter_around_zero(tmp_path: Path) -> None:
    names = ("parent", *STRANGERS, *CHILDREN)
    taken = []
    for name in names:
        take_sketch(open_model(CASEBOOK / name), tmp_path / f"{name}.sketch", workers=1)
        taken.append(coarse_signature(read_sketch(tmp_path / f"{name}.sketch")))
    drawn = np.stack(taken)
    parted = cosines(drawn[:5], drawn[:5], mean_spread(drawn))[:KEYED]
    assert np.abs(parted[:, ~np.eye(5, dtype=bool)]).max() < 5 / math.sqrt(WIDTH)
    held = cosines(drawn[:1], drawn, mean_spread(drawn))[:KEYED, 0, 5:].max(axis=0)
    assert (held > 3 * BAR).all()
