"""What whoever chose an order after seeing the subject could not have made."""

from filiation.examining.weights.corroboration.note import order_alone_note, order_note
from filiation.examining.weights.corroboration.verdict import (
    Corroboration,
    Ground,
    corroborated,
)

__all__ = ["Corroboration", "Ground", "corroborated", "order_alone_note", "order_note"]
