"""What a reader is told of what the source's holder could have chosen: what hangs on it, or not."""

import math
from collections.abc import Sequence

from filiation.examining.weights.corroboration.verdict import Corroboration
from filiation.model.order import OrderTest
from filiation.model.plan import Dated

__all__ = ["order_alone_note", "order_note", "silent_note"]


def order_note(
    found: Corroboration, dated: Dated | None, names: tuple[str, str], *, met: bool
) -> str:
    """One note on whether the order of the source could have been chosen.

    Args:
        found: What depends on no order.
        dated: When the source's digest was fixed, if the case shows it.
        names: Of source and subject.
        met: Whether that was enough.
    """
    said = "; ".join(ground.words for ground in found.grounds)
    if met:
        told = "; ".join(filter(None, (_dated(dated, names) if dated else "", said)))
        return f"what no choice of an order could have made: {told}"
    looked = "; ".join(found.lacking) or "nothing that depends on no order could be compared"
    other = f"; {said}, of which no finding at the level speaks" if said else ""
    return (
        f"the order or signs in which {names[0]} lists its units, axes, heads or experts could "
        f"have been chosen with {names[1]} in view, without a change of what it computes: {looked}"
        f"{other}. A digest of {names[0]} that the record of a case dates before {names[1]} was "
        "available would settle that; this plan has none, and outside of a case there is none"
    )


def silent_note(found: Corroboration, names: tuple[str, str]) -> str:
    """One note on what agrees and does nothing in the source.

    Args:
        found: What would hold if what does nothing counted, and what does not hold without it.
        names: Of source and subject.
    """
    said = "; ".join(ground.words for ground in found.idle)
    looked = "; ".join(found.lacking) or "nothing that does something could be compared"
    return (
        f"what agrees does nothing in {names[0]}, and may have been put there with {names[1]} in "
        f"view, without a change of what {names[0]} computes: {said}; of what does something: "
        f"{looked}. A digest of {names[0]} that the record of a case dates before {names[1]} was "
        "available would settle that; this plan has none, and outside of a case there is none"
    )


def order_alone_note(name: str, tests: Sequence[OrderTest]) -> str:
    """One note on the order in which a model lists its parts, the model looked at alone."""
    random = [_tested(test) for test in tests if test.random]
    other = [f"{_tested(test)}, by {test.fact}" for test in tests if not test.random]
    parts = []
    if random:
        parts.append(f"the order may be taken as random of its {', '.join(random)}")
    if other:
        parts.append(f"the order is not random of its {'; '.join(other)}")
    return f"{name}, looked at alone: {'; '.join(parts)}"


def _tested(test: OrderTest) -> str:
    return f"{test.what} (p {math.exp(test.log_p):.2g}, {test.parts} looked at)"


def _dated(dated: Dated, names: tuple[str, str]) -> str:
    how = "another role's signature" if dated.by == "countersigned" else "a time stamp"
    return (
        f"the digest of {names[0]} was fixed by {dated.time[:10]} ({how}), and {names[1]} was not "
        f"available before {dated.subject_available.isoformat()}, as the authority has entered"
    )
