"""Find, of every document of a production, the earlier one that says nearly the same.

Only documents whose bands agree are counted against each other. A document is held against at most
20 others, those with which most of its bands agree, and of one band at most 50 documents are known:
whatever they say, time grows with their number and length, not with its square.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from filiation.casefile.documents.alike import ALIKE, Sides, runs_of, shared, words_of

__all__ = ["find_alike"]

MOST: Final = 20  # that one document is held against
CROWD: Final = 50  # documents that are known of one band
WIDTH: Final = 8  # bytes of one band

Bands: TypeAlias = dict[tuple[int, bytes], list[int]]


def find_alike(sql: sqlite3.Connection, production: str) -> None:
    """Note of the documents of a production which earlier ones say nearly the same."""

    @lru_cache(maxsize=512)
    def sides(document: int) -> Sides:
        (text,) = sql.execute(
            "SELECT coalesce(own, body) FROM document WHERE id = ?", [document]
        ).fetchone()
        words = words_of(text)
        return words, runs_of(words)

    known: Bands = {}
    rows = sql.execute("SELECT id, production, bands FROM document WHERE bands <> x'' ORDER BY id")
    for document, within, held in rows.fetchall():
        keys = [(place, held[place : place + WIDTH]) for place in range(0, len(held), WIDTH)]
        if within == production:
            found = _closest(document, keys, known, sides)
            if found is not None:
                sql.execute("INSERT INTO alike VALUES (?, ?, ?, ?, ?)", (document, *found))
        for key in keys:
            others = known.setdefault(key, [])
            if len(others) < CROWD:
                others.append(document)


def _closest(
    document: int, keys: list[tuple[int, bytes]], known: Bands, sides: Callable[[int], Sides]
) -> tuple[int, float, float, int] | None:
    """The earlier document that shares most: which, both shares of words, whether all is equal."""
    agreeing = Counter(other for key in keys for other in known.get(key, ()))
    in_order = sorted(agreeing.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    best: tuple[float, int, float, float, int] | None = None
    for other, _ in in_order:
        ours, theirs = sides(document), sides(other)
        found = shared(ours, theirs)
        if found.runs >= ALIKE and (best is None or found.runs > best[0]):
            best = (found.runs, other, found.here, found.there, int(ours[0] == theirs[0]))
            if best[4]:
                break
    return best[1:] if best else None
