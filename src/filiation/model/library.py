"""What a library holds, and what a search of it found."""

from dataclasses import dataclass
from typing import final

__all__ = [
    "Candidate",
    "LibraryModel",
    "LibraryTree",
    "Search",
    "TreeCandidate",
    "TreeSearch",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryModel:
    """One model of a library.

    Attributes:
        name: What reports call it; unique in the library.
        sketch: SHA-256 (hex) of its sketch file.
        subject: Digest of the model (names, dtypes, shapes, bytes of all tensors).
        method: Id of the sketch method; only sketches of one method compare.
        layers: Layers with hidden units.
        units: Hidden units of all layers.
    """

    name: str
    sketch: str
    subject: str
    method: str
    layers: int
    units: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One shortlisted model.

    Attributes:
        name: In the library.
        log_p: Combined natural log p against the query; None if no method applied.
        log_e: Natural log of the e-value that p is worth; -inf if no method applied.
        found: Whether e-BH rejects that the two are unrelated.
        same: Whether it has the same tensors as the query, to the byte.
        unread: Why its sketch could not be read; None: it was.
    """

    name: str
    log_p: float | None
    log_e: float
    found: bool
    same: bool = False
    unread: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """All shortlisted models, the most telling first.

    Attributes:
        query: Name of the model looked for.
        models: How many the library holds; the rate is kept over all of them.
        compared: How many had a comparable sketch.
        level: False discovery rate.
        bar: Natural log of the p at or below which a model is found in this search.
        candidates: The shortlist.
        notes: Facts a reader must know.
    """

    query: str
    models: int
    compared: int
    level: float
    bar: float
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryTree:
    """One source tree of a library.

    Attributes:
        name: What reports call it; unique among the trees of the library.
        tree: Digest of its files.
        kept: SHA-256 (hex) of its kept list of functions.
        functions: Functions of it that are looked up.
    """

    name: str
    tree: str
    kept: str
    functions: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TreeCandidate:
    """One tree that a search came upon.

    Attributes:
        name: In the library.
        seen: Functions of the query that share rare features with one of this tree.
        matched: Functions that are alike once both trees are compared; None if they were not.
        shared: Of the lighter tree's rare features in the other too; None if not compared.
        same: Whether it holds the same files.
    """

    name: str
    seen: int
    matched: int | None = None
    shared: float | None = None
    same: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSearch:
    """The trees that share most with a query, those that share most first.

    Attributes:
        query: Name of the tree looked for.
        functions: How many functions it has.
        trees: How many trees the library holds.
        candidates: The shortlist.
    """

    query: str
    functions: int
    trees: int
    candidates: tuple[TreeCandidate, ...]
