"""What this package adds to Filiation; the entry points in pyproject.toml name it."""

from filiation_example.norm_rank import NormRank
from filiation_example.reading_order.same_order import SameOrder

__all__ = ["METHODS", "NormRank", "SameOrder"]

METHODS = (NormRank(), SameOrder())
