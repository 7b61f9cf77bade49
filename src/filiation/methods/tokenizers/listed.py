"""The methods for tokenizers that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.tokenizers.merge_order import MergeOrder

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (MergeOrder(),)
