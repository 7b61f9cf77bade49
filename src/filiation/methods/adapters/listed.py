"""The methods for adapters that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.adapters.rank_order import RankOrder

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (RankOrder(),)
