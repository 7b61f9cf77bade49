"""The form of a model that was made here."""

from size.shape import Shape, Weights, at

__all__ = ["shape_of"]


def shape_of(weights: Weights) -> Shape:
    """Its sizes, read off a matrix."""
    hidden, width = weights[at(0, "mlp.up_proj")].shape
    return Shape(width=width, hidden=hidden)
