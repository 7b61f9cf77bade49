"""The methods Filiation ships: one file each, listed here by hand."""

from filiation.methods._protocol import Method, OutputMethod
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace

__all__ = ["BUILTIN", "OUTPUTS", "Method", "OutputMethod"]

BUILTIN: tuple[Method, ...] = (
    UnitTrace(frame="native"),
    UnitTrace(frame="token"),
    UnitOrder(frame="native"),
    UnitOrder(frame="token"),
)

OUTPUTS: tuple[OutputMethod, ...] = ()
