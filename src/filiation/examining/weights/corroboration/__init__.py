"""What whoever holds the source could not have made after seeing the subject."""

from filiation.examining.weights.corroboration.note import (
    order_alone_note,
    order_note,
    silent_note,
)
from filiation.examining.weights.corroboration.verdict import (
    Corroboration,
    Ground,
    corroborated,
)

__all__ = [
    "Corroboration",
    "Ground",
    "corroborated",
    "order_alone_note",
    "order_note",
    "silent_note",
]
