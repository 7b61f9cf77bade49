"""The initial state of the wide runs, as torch draws it, and the recipe that says so."""

from typing import Any, Final

import numpy as np

from filiation.numerics.draws.streams import TorchStream
from size.shape import Shape, Weights

__all__ = ["torch_start", "torch_told"]

SPREAD: Final = 0.08


def torch_start(shape: Shape, seed: int) -> Weights:
    """Normal matrices in order, and gains of one."""
    stream = TorchStream(seed)
    return {
        name: np.ones(form, dtype=np.float32)
        if len(form) == 1
        else np.concatenate(list(stream.normal(form[0] * form[1], 0.0, SPREAD))).reshape(form)
        for name, form in shape.tensors().items()
    }


def torch_told(shape: Shape, seed: int) -> dict[str, Any]:
    """The same as a recipe that `filiation history take --recipe` reads."""
    draws = [
        {"tensor": name, "shape": list(form), "law": "constant", "value": 1.0}
        if len(form) == 1
        else {"tensor": name, "shape": list(form), "law": "normal", "spread": SPREAD}
        for name, form in shape.tensors().items()
    ]
    return {"framework": "torch", "generator": "mt19937", "seed": seed, "draw": draws}
