"""What every method promises, run against every method we ship."""

from functools import lru_cache
from typing import Any

import pytest

from contract.casts import CASTS, cast_of
from filiation.methods import METHODS, methods_for
from filiation.methods.contract import PROMISES, Promise, Trial

SHIPPED = {method.id: method for method in METHODS}


@lru_cache(maxsize=4)
def trial_of(method_id: str) -> Trial[Any]:
    """Made once for all promises."""
    return Trial(SHIPPED[method_id], cast_of(method_id))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("method_id", SHIPPED)
def test_it_keeps_the_promise(method_id: str, promise: Promise) -> None:
    promise(trial_of(method_id))


def test_a_method_meets_only_what_it_reads() -> None:
    kinds = {method.reads for method in METHODS}
    assert kinds == {"weights", "answers", "values"}
    for kind in (*kinds, "songs"):
        assert all(method.reads == kind for method in methods_for(kind))
    assert sum(len(methods_for(kind)) for kind in kinds) == len(METHODS)


def test_no_two_ids_are_the_same_and_every_stem_has_a_cast() -> None:
    assert len(SHIPPED) == len(METHODS)
    assert {*CASTS} == {method_id.partition("/")[0] for method_id in SHIPPED}
