"""The methods for answers about values that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.values.reasons import Reasons
from filiation.methods.values.refusal_boundary import RefusalBoundary
from filiation.methods.values.shared_choices import SharedChoices

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (
    SharedChoices(),
    Reasons(),
    RefusalBoundary(),
)
