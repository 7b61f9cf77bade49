"""The methods Filiation ships, one file each and listed here by hand, and those of other packages.

A package adds methods through the entry-point group `filiation.methods`: each entry names a
method, or a sequence of them.
"""

import sys
from functools import lru_cache
from typing import Any, Final

from filiation.errors import CaseError, UsageError
from filiation.methods._protocol import NO_FAMILIES, Foresees, Method, ReadsVersions
from filiation.methods.adapters.rank_order import RankOrder
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
from filiation.methods.entries import given
from filiation.methods.foreign import foreign
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.methods.values.reasons import Reasons
from filiation.methods.values.refusal_boundary import RefusalBoundary
from filiation.methods.values.shared_choices import SharedChoices
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

__all__ = [
    "METHODS",
    "NO_FAMILIES",
    "Foresees",
    "Method",
    "ReadsVersions",
    "all_methods",
    "method_named",
    "methods_for",
]

GROUP: Final = "filiation.methods"
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
    SharedChoices(),
    Reasons(),
    RefusalBoundary(),
    RankOrder(),
    MergeOrder(),
)


def all_methods() -> tuple[Method[Any], ...]:
    """Ours, then those of installed packages in the order of their names.

    Raises:
        UsageError: A package gives what is no method, or an id that another method has.
    """
    return _all(tuple(sys.path))


def method_named(name: str) -> Method[Any]:
    """The method of this full id.

    Raises:
        CaseError: It is not installed here.
    """
    for method in all_methods():
        if method.id == name:
            return method
    raise CaseError(
        f"method {name} is not installed here; what it found cannot be computed again without the "
        "package, or the version of this program, that it was examined with: install that to verify"
    )


def methods_for(kind: str, *, versions: bool = False) -> tuple[Method[Any], ...]:
    """The methods that read this kind of material, in the order in which they are run.

    Args:
        kind: Id of the kind.
        versions: Whether an older version of the subject was exhibited; without one, methods that
            need it are not among them.
    """
    return tuple(
        method
        for method in all_methods()
        if method.reads == kind and (versions or not isinstance(method, ReadsVersions))
    )


@lru_cache(maxsize=4)
def _all(path: tuple[str, ...]) -> tuple[Method[Any], ...]:
    """`path` is where packages are looked for; the answer changes with it."""
    found = list(METHODS)
    for where, named in given(GROUP):
        for method in named if isinstance(named, list | tuple) else (named,):
            added = foreign(where, method)
            if added.id in {known.id for known in found}:
                raise UsageError(
                    f"{where}: the method id {added.id} is taken; two methods of one id could not "
                    "be told apart in a report"
                )
            found.append(added)
    return tuple(found)
