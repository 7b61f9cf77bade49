"""Is this model, or a relative of it, in the library?

The coarse signature shortlists, every shortlisted model is compared in full, and e-BH says which
nulls may be rejected. The rate is over the *whole* library: a model that was not shortlisted has
e = 0, so that how the shortlist was made cannot make a finding false, only miss one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import ExhibitError, UsageError
from filiation.examining.weights.unread import unread_note
from filiation.libraries.pairs import compare_sketches
from filiation.libraries.store import Library
from filiation.methods.weights.coarse import BLOCKS, WIDTH, coarse_signature, shortlist
from filiation.model.library import Candidate, Search
from filiation.model.sketch import Sketch
from filiation.numerics.combining.evalues import e_bh, log_e_from_log_p, log_p_of_log_e

__all__ = ["search_library"]

LEVEL: Final = 0.01
QUICK: Final = (
    "compared quickly, as stored and with units in another order, at most four layers of each "
    "model: a copy in another disguise is not seen, and one that is not seen is not excluded"
)


def search_library(
    library: Library,
    query: Sketch,
    *,
    most: int = 20,
    level: float = LEVEL,
    seed: int = 0,
    quick: bool = False,
    step: Callable[[str], None] = lambda doing: None,
) -> Search:
    """Compare a model with those of the library that look most like it.

    Args:
        library: The library that is searched.
        query: Sketch of the model looked for.
        most: Length of the shortlist.
        level: False discovery rate over the whole library.
        seed: Seed of every random stream.
        quick: Compare by the few methods of a quick look.
        step: Told what is being done.

    Raises:
        UsageError: The library is empty, or none of its sketches was taken as the query's was.
    """
    names, signatures, unread = _signatures(library, query)
    chosen = [names[i] for i in shortlist(coarse_signature(query), signatures, most)]
    compared = [_compared(library, name, query, seed, step, quick=quick) for name in chosen]
    marked, bar = _marked([*compared, *unread], models=len(library), level=level)
    return Search(
        query=query.name,
        models=len(library),
        compared=len(names),
        level=level,
        bar=bar,
        candidates=tuple(sorted(marked, key=lambda c: (not c.same, -c.log_e, c.name))),
        notes=tuple(
            note for note in (unread_note(query.name, query), QUICK if quick else "") if note
        ),
    )


def _compared(
    library: Library,
    name: str,
    query: Sketch,
    seed: int,
    step: Callable[[str], None],
    *,
    quick: bool,
) -> Candidate:
    """One model of the library beside the query; one that cannot be read says why."""
    step(f"comparing with {name}")
    try:
        sketch = library.sketch(name)
    except ExhibitError as error:
        return _unread(name, str(error))
    _, _, compared = compare_sketches(sketch, query, seed=seed, quick=quick)
    log_p = compared.combined.log_p
    return Candidate(
        name=name,
        log_p=log_p,
        log_e=-math.inf if log_p is None else log_e_from_log_p(log_p),
        found=False,
        same=sketch.subject_digest == query.subject_digest,
    )


def _unread(name: str, reason: str) -> Candidate:
    return Candidate(name=name, log_p=None, log_e=-math.inf, found=False, unread=reason)


def _signatures(
    library: Library, query: Sketch
) -> tuple[list[str], NDArray[np.int8], list[Candidate]]:
    """Names and coarse signatures of all that can be compared with the query, and the unreadable.

    A signature of an earlier version is taken anew from the sketch.
    """
    if len(library) == 0:
        raise UsageError("the library is empty; add models first")
    names, signatures, unread = list[str](), list[NDArray[np.int8]](), list[Candidate]()
    for name, kept in library.signatures(query.method.id):
        try:
            signatures.append(coarse_signature(library.sketch(name)) if kept is None else kept)
            names.append(name)
        except ExhibitError as error:
            unread.append(_unread(name, str(error)))
    if not names and not unread:
        raise UsageError(
            f"no sketch of the library was taken as {query.name}'s was ({query.method.id}); "
            "take them again with the same parameters"
        )
    return names, np.array(signatures, dtype=np.int8).reshape(-1, BLOCKS, WIDTH), unread


def _marked(
    candidates: Sequence[Candidate], *, models: int, level: float
) -> tuple[list[Candidate], float]:
    """What e-BH rejects among all models of the library, and the log p that it took.

    Those that were not shortlisted have e = 0.
    """
    log_es = [candidate.log_e for candidate in candidates]
    found = e_bh([*log_es, *[-math.inf] * (models - len(candidates))], level)
    marked = [
        replace(candidate, found=bool(rejected))
        for candidate, rejected in zip(candidates, found, strict=False)
    ]
    times = max(1, int(np.count_nonzero(found)))
    return marked, log_p_of_log_e(math.log(models / (level * times)))
