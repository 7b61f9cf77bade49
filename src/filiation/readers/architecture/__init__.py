"""Reads what a configuration states, and what the shapes of tensors show beside it."""

from filiation.readers.architecture.along import lying_beside
from filiation.readers.architecture.opening import (
    WANTED,
    is_architecture,
    model_of,
    open_architecture,
)

__all__ = ["WANTED", "is_architecture", "lying_beside", "model_of", "open_architecture"]
