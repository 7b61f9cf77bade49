"""The random numbers of torch, against torch 2.13 itself.

import torch
torch.manual_seed(1337)
torch.empty(40).normal_()[[0, 1, 8, 23, 24, 39]], torch.empty(7, 33).normal_()[[0, 6], [0, 32]]
torch.empty(5, 20).uniform_(0, 1)[[0, 4], [0, 19]]
"""

import numpy as np

from filiation.numerics.mersenne import drawn_for, normals_at, uniforms

FIRST = (0.180772, -0.069988, 0.361151, 0.591033, 1.149000, -1.448020)
SECOND = (0.410919, 0.548605)
THIRD = (0.48675025, 0.89094597)


def test_normals_and_uniforms_one_after_another_are_torchs() -> None:
    stream, at = uniforms(1337, 1000), 0
    for size, places, expected in ((40, (0, 1, 8, 23, 24, 39), FIRST), (231, (0, 230), SECOND)):
        found = normals_at(stream, at, np.array(places), size)
        assert np.allclose(found, expected, atol=1e-5)
        at += drawn_for(size)
    assert np.allclose(stream[[at, at + 99]], THIRD, atol=1e-7)


def test_sizes_that_are_no_multiple_of_sixteen_draw_their_end_again() -> None:
    assert [drawn_for(n) for n in (16, 17, 40, 48)] == [16, 33, 56, 48]
