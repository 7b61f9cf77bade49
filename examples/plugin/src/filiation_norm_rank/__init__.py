"""What this package adds to Filiation; the entry points in pyproject.toml name it."""

from filiation_norm_rank.norm_rank import NormRank

__all__ = ["METHODS", "NormRank"]

METHODS = (NormRank(),)
