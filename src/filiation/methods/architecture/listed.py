"""The methods for architectures that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.architecture.configuration import Configuration

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (Configuration(),)
