"""The methods for source code that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.code.containment import TreeContainment

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (TreeContainment(),)
