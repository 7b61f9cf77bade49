"""What findings say that the messages of their session say as well: one may not contradict another.

A tribunal signs what it likes. What was agreed, what the coins gave, how large the sets are and how
much was drawn stand in messages that all three signed, so that nobody has to take its word there.
"""

import re
from typing import Final

from filiation.errors import CaseError
from filiation.model.blind import SIDES, Bound, Compared, Shared
from filiation.proceedings.blind.answers import SEEDS
from filiation.proceedings.blind.sets import size_of
from filiation.sealed.blind.draws import drawn_places
from filiation.sealed.blind.session import Session

__all__ = ["check_stated"]

DIGEST: Final = re.compile("[0-9a-f]{64}")


def check_stated(session: Session, told: Compared, what: str) -> None:
    """Are findings about what was agreed, drawn and joined with?

    Args:
        session: As its messages tell it.
        told: What the tribunal signed that it found.
        what: Opens the sentence if they are not.

    Raises:
        CaseError: They say something else than the messages of their own session.
    """
    material = session.terms.material
    failed = any(bound.failed for bound in told.bounds)
    seeds = {"set": "", "weights": str(session.seed()), "answers": str(session.seed() % SEEDS)}
    kinds = (told.shared is not None, told.found is not None)
    laws = {
        "the order of its sides": tuple(bound.role for bound in told.bounds) == SIDES,
        "the first coin's seed": told.seed == seeds[material],
        "the battery of the terms": told.battery == session.terms.battery,
        "what the terms compare": kinds
        == (not failed and material == "set", not failed and material != "set"),
        "what answers are tied to": material == "answers" or not told.ties,
        "digests": all(DIGEST.fullmatch(one) for one in _digests(told)),
        "what its coin drew": all(bound.failed or _drew(session, bound) for bound in told.bounds),
        "the counts of the terms": told.shared is None or _counts(session, told.shared),
    }
    for law, holds in laws.items():
        if not holds:
            raise CaseError(
                f"{what}: contradicts the messages of its own session ({law}); its tribunal signed "
                "what cannot be, and nothing is made of it"
            )


def _digests(told: Compared) -> list[str]:
    report = [told.digest] if told.found is not None else []
    return report + [one.digest for one in told.basis] + [one.digest for one in told.ties]


def _drew(session: Session, bound: Bound) -> bool:
    """As many as the terms say, of as many as there are; of a set the very places."""
    terms, commitment = session.terms, session.commitment(bound.role)
    if terms.material == "weights":  # how many tensors there are its seal bounds, no message says
        return 0 < bound.of < commitment.leaves and len(bound.drawn) == min(terms.audit, bound.of)
    of = size_of(commitment) if terms.material == "set" else terms.items
    places = drawn_places(commitment.root, session.audit(), terms.audit, of)
    same = terms.material == "answers" or bound.drawn == tuple(map(str, places))
    return same and bound.of == bound.used == of and len(bound.drawn) == len(places)


def _counts(session: Session, found: Shared) -> bool:
    """Sizes that the sides joined with; noise and controls as the terms have them."""
    terms, (ours, _) = session.terms, found.sizes
    sizes = tuple(size_of(session.commitment(role)) for role in SIDES)
    if not terms.epsilon:
        counts = [found.common, *(one.common for one in found.controls)]
        return found.sizes == sizes and not found.scale and max(counts) <= ours
    scale = 100 * (1 + terms.controls) / terms.epsilon
    return found.sizes == sizes and found.scale == scale and len(found.controls) == terms.controls
