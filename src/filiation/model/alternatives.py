"""What may have been copied, and in which disguise: the rows of an answer about weights."""

from collections.abc import Collection, Mapping
from typing import Final

__all__ = [
    "ALTERNATIVES",
    "CELLS",
    "TURNED_SHARE",
    "TURNED_TABLES",
    "UNDISGUISED",
    "class_of",
    "planned_cells",
    "share_asked",
]

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


# A table of tokens has no axes of its own once it is turned: it is copied as a whole. So half of
# it is what must be seen there, and not the plan's share.
TURNED_TABLES: Final = (("embedding", "stream-rotated"), ("head", "stream-rotated"))
TURNED_SHARE: Final = 0.5

# What the operation of a known pair amounts to, by words of its regime; the first that fits. What
# is permuted and rotated without other signs, or has new embeddings, is of no class: it counts for
# none. Whatever else is related was left in place.
REGIMES: Final = (
    (("permuted", "rotated"), ""),
    (("embeddings replaced",), ""),
    (("width pruned",), ""),
    (("upcycled",), ""),
    (("permuted",), "units-permuted"),
    (("rotated",), "stream-rotated"),
    (("duplicated",), "layers-changed"),
    (("depth pruned",), "layers-changed"),
)


def class_of(regime: str) -> str:
    """The alternative that a known pair's regime belongs to; empty if none."""
    return next(
        (found for words, found in REGIMES if all(word in regime for word in words)), "in-place"
    )


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


def share_asked(component: str, alternative: str, share: float) -> float:
    """How much of it, copied so, must be seen where the plan asks for this share."""
    turned = (component, alternative) in TURNED_TABLES
    return max(share, TURNED_SHARE) if turned else share
