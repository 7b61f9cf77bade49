"""The methods for weights that Filiation ships, in the order in which they are run."""

from typing import Any, Final

from filiation.methods._protocol import Method
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.axis_order import AxisOrder
from filiation.methods.weights.equal_tensors import EqualTensors
from filiation.methods.weights.expert_order import ExpertOrder
from filiation.methods.weights.head_order import HeadOrder
from filiation.methods.weights.table_axes import TableAxes
from filiation.methods.weights.unit_agreement import UnitAgreement
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_sign import UnitSign
from filiation.methods.weights.unit_subsequence import UnitSubsequence
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.sketch import ALIGNED, FRAMES, Component

__all__ = ["METHODS", "QUICK"]

ORDERED: Final[tuple[Component, ...]] = ("mlp", "attention")  # listed unit by unit

METHODS: Final[tuple[Method[Any], ...]] = (
    *(UnitTrace(frame=frame, of=of) for of in ORDERED for frame in FRAMES),
    *(UnitOrder(frame=frame, of=of) for of in ORDERED for frame in FRAMES),
    AxisOrder(),
    *(UnitTrace(frame=frame, draws=1_999) for frame in ALIGNED),
    *(UnitOrder(frame=frame) for frame in ALIGNED),
    UnitSign(),
    *(UnitSubsequence(frame=frame) for frame in (*FRAMES, "signature")),
    UnitAgreement(),
    ExpertOrder(),
    HeadOrder(),
    TableAxes(of="embedding"),
    TableAxes(of="head"),
    TableAxes(of="positions"),
    AttentionAxes(),
    EqualTensors(),
)

# Of a quick look: pairs are each other's nearest, which takes no assignment.
QUICK: Final[tuple[Method[Any], ...]] = (
    UnitOrder(frame="native", exact_to=0),
    UnitOrder(frame="native", of="attention", exact_to=0),
    TableAxes(of="embedding", exact_to=0),
    TableAxes(of="head", exact_to=0),
    EqualTensors(),
)
