"""A stemma in sentences."""

from collections.abc import Sequence
from typing import Final

from filiation.model.stemma import Stemma

__all__ = ["ALONE", "stemma_sentences"]

ALONE: Final = "not seen to hang together with any other:"


def stemma_sentences(stemma: Stemma) -> Sequence[str]:
    """What hangs together, what has two parents, what stands alone, and what this cannot say."""
    found = []
    for stock in stemma.stocks:
        found.append(
            f"One stock, sharing weights directly or through others: {_listed(stock.models)}."
        )
    for merge in stemma.merges:
        first, second = merge.parents
        found.append(
            f"“{merge.model}” lies between “{first}” (cosine {merge.cosines[0]:.2f}) and "
            f"“{second}” ({merge.cosines[1]:.2f}), which share nothing that was seen: it has two "
            "parents. "
            f"{100 * merge.explained:.0f}% of the direction of its units lies in their plane."
        )
    if stemma.alone:
        found.append(f"Not seen to share weights with any other: {_listed(stemma.alone)}.")
    found.append(
        f"Two models count as sharing weights where the p of the pair is below {stemma.level:g} "
        "over all pairs. The tree shows drift and has no root: it does not say which model came "
        "first."
    )
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
