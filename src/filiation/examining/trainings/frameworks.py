"""Draws that only the framework itself makes, in the framework: extra `run`.

Of torch on a CPU what is truncated or orthogonal, of torch on a GPU what is not uniform, or is of a
GPU whose threads are not told. Nothing of JAX but uniform draws, whose normal values come from a
polynomial that its compiler fuses as it likes.
"""

import math
from collections.abc import Iterator
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import CaseError
from filiation.model.start import Draw, StartRecipe

__all__ = ["TorchItself", "framework_stream"]

Float32: TypeAlias = NDArray[np.float32]

MOST: Final = 1 << 30  # values of one draw, which the framework holds whole
CHUNK: Final = 1 << 20


def framework_stream(recipe: StartRecipe) -> "TorchItself":
    """torch, seeded.

    Raises:
        CaseError: Not torch, or not here.
    """
    if recipe.framework != "torch":
        raise CaseError(
            f"recipe: of {recipe.framework} only laws that are drawn here, expected "
            f"{'uniform' if recipe.framework == 'jax' else 'normal, uniform'} or constant"
        )
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise CaseError(
            "recipe: a law or a generator that only torch draws, which is not installed; expected "
            "filiation with the extra `run`"
        ) from error
    if recipe.generator == "philox" and not torch.cuda.is_available():
        raise CaseError(
            "recipe: drawn on a GPU, and none is here; expected CUDA, or uniform draws alone with "
            "the `threads` of the GPU"
        )
    return TorchItself(torch, recipe)


@final
class TorchItself:
    """Its own `torch.nn.init`, on one generator; a global generator of the caller is left alone."""

    def __init__(self, torch: Any, recipe: StartRecipe) -> None:
        self._torch = torch
        self._device = "cuda" if recipe.generator == "philox" else "cpu"
        self._generator = torch.Generator(self._device).manual_seed(recipe.seed)

    def normal(self, size: int, mean: float, spread: float) -> Iterator[Float32]:
        yield from self._drawn(
            (size,), lambda x: x.normal_(mean, spread, generator=self._generator)
        )

    def uniform(self, size: int, low: float, high: float) -> Iterator[Float32]:
        yield from self._drawn((size,), lambda x: x.uniform_(low, high, generator=self._generator))

    def other(self, draw: Draw) -> Iterator[Float32]:
        init = self._torch.nn.init
        if draw.law == "orthogonal":
            yield from self._drawn(
                draw.shape, lambda x: init.orthogonal_(x, draw.gain, generator=self._generator)
            )
        else:
            yield from self._drawn(
                draw.shape,
                lambda x: init.trunc_normal_(
                    x, draw.mean, draw.spread, draw.low, draw.high, generator=self._generator
                ),
            )

    def _drawn(self, shape: tuple[int, ...], fill: Any) -> Iterator[Float32]:
        if math.prod(shape) > MOST:
            raise CaseError(f"recipe: a draw of shape {list(shape)}, expected at most {MOST:,}")
        made = self._torch.empty(shape, dtype=self._torch.float32, device=self._device)
        fill(made)
        flat = made.detach().reshape(-1)
        for start in range(0, len(flat), CHUNK):
            yield np.asarray(flat[start : start + CHUNK].cpu().numpy())
