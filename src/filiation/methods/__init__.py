"""The methods Filiation ships: one file each, listed here by hand."""

from filiation.methods._protocol import Method, OutputMethod
from filiation.methods.answers.answers_exchangeable import ExchangeableErrors
from filiation.methods.answers.error_profile import ErrorProfile
from filiation.methods.answers.model_equality import ModelEquality
from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.refusals import Refusals
from filiation.methods.answers.sequential import Sequential
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.structure import Structure
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.methods.answers.traps import Traps
from filiation.methods.answers.wording import Wording
from filiation.methods.weights.axis_order import AxisOrder
from filiation.methods.weights.expert_order import ExpertOrder
from filiation.methods.weights.head_order import HeadOrder
from filiation.methods.weights.unit_agreement import UnitAgreement
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_sign import UnitSign
from filiation.methods.weights.unit_subsequence import UnitSubsequence
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.sketch import ALIGNED, FRAMES

__all__ = ["BUILTIN", "OUTPUTS", "Method", "OutputMethod"]

BUILTIN: tuple[Method, ...] = (
    UnitTrace(frame="native"),
    UnitTrace(frame="token"),
    UnitOrder(frame="native"),
    UnitOrder(frame="token"),
    AxisOrder(),
    *(UnitTrace(frame=frame, draws=1_999) for frame in ALIGNED),
    *(UnitOrder(frame=frame) for frame in ALIGNED),
    UnitSign(),
    *(UnitSubsequence(frame=frame) for frame in (*FRAMES, "signature")),
    UnitAgreement(),
    ExpertOrder(),
    HeadOrder(),
)

OUTPUTS: tuple[OutputMethod, ...] = (
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
)
