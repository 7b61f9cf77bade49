"""The space that a model's log-probabilities lie in, and how much two such spaces overlap.

A vector of logits is W h: whatever the hidden state h, it lies in the column space of the
unembedding W. Log-probabilities are logits less one number per place, so that after centring each
row over the tokens they lie in the centred column space, of at most as many dimensions as the
model is wide. Sources: Finlayson et al., Logits of API-protected LLMs leak proprietary information
(2024); Carlini et al., Stealing part of a production language model (2024).
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["column_space", "overlap", "shared_directions"]

Float64: TypeAlias = NDArray[np.float64]

GAP: Final = 10.0  # times a singular value falls where the space ends and rounding begins
ROOM: Final = 0.9  # of what so few rows or columns can show: a fall beyond it is the edge itself


def column_space(rows: Float64) -> Float64 | None:
    """Orthonormal basis of the space of centred rows; None if its dimension is not seen.

    The dimension is where the singular values fall most steeply, by a factor of ten at least. It
    is not seen if there are fewer rows or columns than dimensions, or if rounding hides the fall.

    Args:
        rows: float64 [places, tokens], log-probabilities.

    Returns:
        float64 [tokens, dimensions].
    """
    centred = rows - rows.mean(axis=1, keepdims=True)
    _, size, directions = np.linalg.svd(centred, full_matrices=False)
    most = int(ROOM * min(len(rows), rows.shape[1] - 1))
    if most < 1 or size[0] <= 0.0:
        return None
    least = size[0] * np.finfo(np.float64).eps * max(rows.shape)
    fall = np.maximum(size[:most], least) / np.maximum(size[1 : most + 1], least)
    dimensions = int(np.argmax(fall)) + 1
    return directions[:dimensions].T if fall[dimensions - 1] >= GAP else None


def overlap(one: Float64, other: Float64) -> float:
    """Mean squared cosine of the principal angles: 1 if one space holds the other.

    Two random spaces of a and b dimensions among n overlap by about max(a, b) / n.
    """
    total = float(np.sum((one.T @ other) ** 2))
    least: int = min(one.shape[1], other.shape[1])
    return total / least


def shared_directions(one: Float64, other: Float64, within: float) -> int:
    """How many principal angles have a squared sine of at most `within`."""
    cosines = np.linalg.svd(one.T @ other, compute_uv=False)
    return int(np.count_nonzero(1.0 - np.minimum(cosines, 1.0) ** 2 <= within))
