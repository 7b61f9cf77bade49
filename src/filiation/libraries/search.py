"""Is this model, or a relative of it, in the library?

The coarse signature shortlists, every shortlisted model is compared in full, and e-BH says which
nulls may be rejected. The rate is over the *whole* library: a model that was not shortlisted has
e = 0, so that how the shortlist was made cannot make a finding false, only miss one.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.examining.pair import compare_weights
from filiation.libraries.store import Library
from filiation.methods.weights.coarse import coarse_signature, shortlist
from filiation.model.library import Candidate, Search
from filiation.model.sketch import Sketch
from filiation.numerics.combining.evalues import e_bh, log_e_from_log_p

__all__ = ["search_library"]

LEVEL: Final = 0.01


def search_library(
    library: Library,
    query: Sketch,
    *,
    most: int = 20,
    level: float = LEVEL,
    seed: int = 0,
    step: Callable[[str], None] = lambda doing: None,
) -> Search:
    """Compare a model with those of the library that look most like it.

    Args:
        library: The library that is searched.
        query: Sketch of the model looked for.
        most: Length of the shortlist.
        level: False discovery rate over the whole library.
        seed: Seed of every random stream.
        step: Told what is being done.

    Raises:
        UsageError: The library is empty, or none of its sketches was taken as the query's was.
    """
    names, signatures = _signatures(library, query)
    chosen = [names[i] for i in shortlist(coarse_signature(query), signatures, most)]
    log_ps: list[float | None] = []
    for name in chosen:
        step(f"comparing with {name}")
        log_ps.append(compare_weights(library.sketch(name), query, seed=seed).combined.log_p)
    candidates = _candidates(chosen, log_ps, models=len(library), level=level)
    return Search(
        query=query.name,
        models=len(library),
        compared=len(names),
        level=level,
        candidates=tuple(sorted(candidates, key=lambda c: (-c.log_e, c.name))),
    )


def _signatures(library: Library, query: Sketch) -> tuple[list[str], NDArray[np.int8]]:
    """Names and coarse signatures of all models that can be compared with the query."""
    if len(library) == 0:
        raise UsageError("the library is empty; add models first")
    names, signatures = library.signatures(query.method.id)
    if not names:
        raise UsageError(
            f"no sketch of the library was taken as {query.name}'s was ({query.method.id}); "
            "take them again with the same parameters"
        )
    return names, signatures


def _candidates(
    names: Sequence[str], log_ps: Sequence[float | None], *, models: int, level: float
) -> list[Candidate]:
    """What e-BH rejects among all models of the library; those not shortlisted have e = 0."""
    log_es = [-math.inf if log_p is None else log_e_from_log_p(log_p) for log_p in log_ps]
    unseen = [-math.inf] * (models - len(names))
    found = e_bh([*log_es, *unseen], level)
    return [
        Candidate(name=name, log_p=log_p, log_e=log_e, found=bool(rejected))
        for name, log_p, log_e, rejected in zip(names, log_ps, log_es, found, strict=False)
    ]
