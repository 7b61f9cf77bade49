"""The methods for recorded answers that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.answers.answers_exchangeable import ExchangeableErrors
from filiation.methods.answers.error_profile import ErrorProfile
from filiation.methods.answers.model_equality import ModelEquality
from filiation.methods.answers.movement import Movement
from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.refusals import Refusals
from filiation.methods.answers.sequential import Sequential
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.structure import Structure
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.methods.answers.traps import Traps
from filiation.methods.answers.wording import Wording

__all__ = ["METHODS"]

METHODS: Final[tuple[Method[Any], ...]] = (
    SharedErrors(),
    Traps(),
    Wording(),
    Structure(),
    Refusals(),
    TokenAgreement(),
    OutputSubspace(),
    Sequential(),
    ModelEquality(),
    ExchangeableErrors(),
    ErrorProfile(),
    Movement(),
)
