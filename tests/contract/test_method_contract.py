"""What every method promises, run against every method we ship."""

from functools import lru_cache
from typing import Any

import pytest

from contract.casts import CASTS, cast_of, older
from filiation.methods import METHODS, ReadsVersions, methods_for
from filiation.methods.contract import PROMISES, Promise, Trial
from filiation.model.finding import Inapplicable

SHIPPED = {method.id: method for method in METHODS}
COUNTING = tuple(name for name, method in SHIPPED.items() if method.words.null == "none")
TESTING = tuple(name for name in SHIPPED if name not in COUNTING)


@lru_cache(maxsize=4)
def trial_of(method_id: str) -> Trial[Any]:
    """Made once for all promises."""
    method = SHIPPED[method_id]
    put = _Since(method) if isinstance(method, ReadsVersions) else method
    return Trial(put, cast_of(method_id))


class _Since:
    """A method that reads versions, put to subjects of one older version."""

    def __init__(self, method: Any) -> None:
        self._method = method

    def __getattr__(self, name: str) -> Any:
        return getattr(self._method, name)

    def compare(self, source: Any, subject: Any, controls: Any = (), **more: Any) -> Any:
        more = {"families": {}, **more}
        return self._method.compare_versions(source, (older(), subject), controls, **more)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("method_id", TESTING)
def test_it_keeps_the_promise(method_id: str, promise: Promise) -> None:
    promise(trial_of(method_id))


@pytest.mark.parametrize("method_id", COUNTING)
def test_what_has_no_null_never_ends_in_a_finding(method_id: str) -> None:
    """Whoever is compared, under whatever name and among whatever controls, it says why not."""
    method, cast = SHIPPED[method_id], cast_of(method_id)
    assert method.words.aside
    for subject in (cast.source, cast.child, cast.stranger):
        alone = method.compare(cast.source, subject, families={}, seed=1)
        assert isinstance(alone, Inapplicable) and alone.method == method_id
        source, renamed = cast.renamed(cast.source, "x"), cast.renamed(subject, "y")
        assert method.compare(source, renamed, cast.controls, families={}, seed=2) == alone


def test_a_method_meets_only_what_it_reads() -> None:
    kinds = {method.reads for method in METHODS}
    assert kinds == {
        *("weights", "answers", "values", "adapters", "tokenizers", "architecture", "code"),
    }
    for kind in (*kinds, "songs"):
        assert all(method.reads == kind for method in methods_for(kind))
    assert sum(len(methods_for(kind, versions=True)) for kind in kinds) == len(METHODS)


def test_what_needs_an_older_version_is_planned_only_where_there_is_one() -> None:
    without = {method.id for method in methods_for("answers")}
    added = {m.id for m in methods_for("answers", versions=True)} - without
    assert {name.partition("/")[0] for name in added} == {"movement"}
    assert methods_for("weights", versions=True) == methods_for("weights")


def test_no_two_ids_are_the_same_and_every_stem_has_a_cast() -> None:
    assert len(SHIPPED) == len(METHODS)
    assert {*CASTS} == {method_id.partition("/")[0] for method_id in SHIPPED}
