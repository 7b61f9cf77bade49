"""The form of a model that was made here."""

from size.shape import EMBED, Shape, Weights, at

__all__ = ["shape_of"]


def shape_of(weights: Weights) -> Shape:
    """Its sizes, read off a matrix."""
    hidden, width = weights[at(0, "mlp.up_proj")].shape
    layers = sum(name.endswith("mlp.up_proj.weight") for name in weights)
    return Shape(width=width, hidden=hidden, layers=layers, vocabulary=len(weights[EMBED]))
