"""What may have been copied, and in which disguise: the rows of an answer about weights."""

from collections.abc import Collection, Mapping
from typing import Final

__all__ = ["ALTERNATIVES", "CELLS", "UNDISGUISED", "planned_cells"]

ALTERNATIVES: Final = (
    "in-place",
    "units-permuted",
    "stream-rotated",
    "both-and-signs",
    "layers-changed",
    "units-added",
    "tokens-respelt",
    "alone",
)
UNDISGUISED: Final = ("in-place", "alone")  # the others are planted at the disguised cosine

# Which alternatives make sense of which component. A table of tokens has no units to permute and
# no layers; of its axes, order and signs are a rotation. Positions go with the embedding.
CELLS: Final[Mapping[str, tuple[str, ...]]] = {
    "embedding": ("in-place", "stream-rotated", "tokens-respelt", "alone"),
    "attention": tuple(a for a in ALTERNATIVES if a not in ("units-permuted", "units-added")),
    "mlp": ALTERNATIVES,
    "head": ("in-place", "stream-rotated", "tokens-respelt", "alone"),
}


def planned_cells(
    components: Collection[str], alternatives: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The cells that a plan with these names asks for, in the order of the tables above."""
    return tuple(
        (component, alternative)
        for component, sensible in CELLS.items()
        for alternative in sensible
        if component in components and alternative in alternatives
    )
