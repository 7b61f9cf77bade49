"""A model at work: how much its units fire, and how large what they read is."""

from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from size.shape import EMBED, Shape, Weights, at

__all__ = ["Working"]

Array: TypeAlias = NDArray[np.float32]

EPSILON: Final = 1e-6


@final
class Working:
    """What is seen at the MLPs of a model while it reads; the last model asked is remembered.

    The stream is taken without attention's part: enough for an order of units that an exporter
    could have chosen, and the same rule for every model.
    """

    def __init__(self, shape: Shape, windows: NDArray[np.int64]) -> None:
        self._shape, self._ids = shape, windows.ravel()
        self._of: Weights | None = None
        self._inner: list[Array] = []
        self._read: list[Array] = []

    def mean(self, weights: Weights) -> list[Array]:
        """Of each unit of each layer, the mean of what it passes on."""
        return [x.mean(axis=0) for x in self._at(weights)[0]]

    def size(self, weights: Weights) -> list[Array]:
        """The mean of its size."""
        return [np.abs(x).mean(axis=0) for x in self._at(weights)[0]]

    def power(self, weights: Weights) -> list[Array]:
        """The mean of its square."""
        return [np.square(x).mean(axis=0) for x in self._at(weights)[0]]

    def rate(self, weights: Weights) -> list[Array]:
        """How often it is above nought."""
        return [(x > 0).mean(axis=0) for x in self._at(weights)[0]]

    def read(self, weights: Weights) -> list[Array]:
        """Root mean square of each axis as the units of a layer read it."""
        return [np.sqrt(np.square(x).mean(axis=0)) for x in self._at(weights)[1]]

    def _at(self, weights: Weights) -> tuple[list[Array], list[Array]]:
        if self._of is not weights:
            self._of, self._inner, self._read = weights, [], []
            stream = weights[EMBED][self._ids]
            for n in range(self._shape.layers):
                size = np.sqrt(np.square(stream).mean(axis=1, keepdims=True) + EPSILON)
                read = stream / size * weights[at(n, "post_attention_layernorm")]
                gate = read @ weights[at(n, "mlp.gate_proj")].T
                inner = gate / (1 + np.exp(-gate)) * (read @ weights[at(n, "mlp.up_proj")].T)
                stream = stream + inner @ weights[at(n, "mlp.down_proj")].T
                self._read.append(read)
                self._inner.append(inner)
        return self._inner, self._read
