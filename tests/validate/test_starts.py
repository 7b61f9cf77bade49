"""Orthogonal initial weights of the size study: as a factorisation leaves them, and mended."""

import numpy as np
import pytest

from size.shape import TINY
from size.starts import stacked

NAMES = [
    f"model.layers.{n}.{part}.weight"
    for n in (0, 1)
    for part in ("mlp.up_proj", "self_attn.v_proj")
]


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        ("orthogonal", -0.95, -0.65),
        ("orthogonal, signs mended", -0.1, 0.1),
    ],
)
def test_only_what_is_not_mended_ties_rows_to_their_numbers(
    kind: str, least: float, most: float
) -> None:
    born = stacked(kind, TINY, range(12))
    for name in NAMES:
        rows = born[name]
        diagonal = np.diagonal(rows, axis1=1, axis2=2)
        assert least < diagonal.mean() / np.sqrt(np.square(rows).mean()) < most
    tall = born[NAMES[0]][0]
    assert np.allclose(tall.T @ tall, 0.64 * np.eye(tall.shape[1]), atol=1e-5)
