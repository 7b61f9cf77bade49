"""Which model of the user's own library is this one related to, how, and which way?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from filiation.errors import ExhibitError
from filiation.examining.weights.part_only import part_relation, parts_only
from filiation.examining.weights.relation import relate
from filiation.examining.weights.shared_stream import shared_stream
from filiation.libraries.pairs import compare_sketches
from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.model.library import Candidate
from filiation.model.relation import Relation
from filiation.model.scan import Relative
from filiation.model.sketch import Sketch

__all__ = ["relatives_in_library"]

LEVEL: Final = 1e-6  # as an examination has it
RELATED: Final = 3  # of those found, the nearest, whose relation is typed
STREAM: Final = "both begin with numbers of one published random stream; nothing follows from it"


def relatives_in_library(
    library: Library,
    query: Sketch,
    *,
    most: int,
    level: float,
    seed: int,
    step: Callable[[str], None],
) -> tuple[Relative, ...]:
    """What a search finds, each with the kind and the direction of the relation.

    A model that is in the library is not compared with others: it is nearer to none.

    Args:
        library: Not empty, and holding sketches of the query's method.
        query: The model.
        most: Length of the shortlist.
        level: False discovery rate over the whole library.
        seed: Of every random stream.
        step: Told what is being done.
    """
    for entry in library.entries():
        if entry.subject == query.subject_digest:
            return (_same(entry.name, len(query.tensors)),)
    found = search_library(library, query, most=most, level=level, seed=seed, step=step)
    named = [one for one in found.candidates if one.found][:RELATED]
    return tuple(_relative(library, query, one, seed) for one in named)


def _same(name: str, tensors: int) -> Relative:
    because = f"all {tensors} tensors are equal, byte for byte"
    return Relative(name=name, shelf="library", kind="identical", because=because, names=(name,))


def _relative(library: Library, query: Sketch, one: Candidate, seed: int) -> Relative:
    bare = Relative(
        name=one.name, shelf="library", kind="unknown", because="", log_p=one.log_p,
        names=(one.name,),
    )  # fmt: skip
    try:
        source = library.sketch(one.name)
    except ExhibitError as error:
        return replace(bare, because=str(error))
    if shared_stream(source, query) is not None:
        return replace(bare, kind="shared-initialisation", because=STREAM)
    found = relate(source, query, supported=True, seed=seed)
    if found.kind == "unknown":
        found = _part(source, query, found, seed)
    return replace(bare, kind=found.kind, because=found.because, direction=found.direction)


def _part(source: Sketch, query: Sketch, found: Relation, seed: int) -> Relation:
    """Where no layer touches another: whether it is no more than a table or a tower."""
    first, _, compared = compare_sketches(source, query, seed=seed)
    parts = parts_only(first, compared.findings, LEVEL)
    return part_relation(first, parts) if parts else found
