"""Tokens that two vocabularies share, in the order in which one of them made them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.vocabulary import Vocabulary
from filiation.numerics.pairs.adjacency import kept_neighbours

__all__ = ["Common", "common", "kept_in", "ordinary"]

Bool: TypeAlias = NDArray[np.bool_]
Int64: TypeAlias = NDArray[np.int64]

_LETTERS: Final = re.compile(rb"[^0-9a-z\x80-\xff]+")
# How a list is usually sorted: by bytes, by length, without case, and by its letters alone.
_SORTS: Final[tuple[Callable[[bytes], Any], ...]] = (
    lambda token: token,
    lambda token: (len(token), token),
    lambda token: (-len(token), token),
    lambda token: (token.lower(), token),
    lambda token: (token.lower(), token.swapcase()),
    lambda token: (_LETTERS.sub(b"", token.lower()), token),
    lambda token: (_LETTERS.sub(b"", token.lower()), token.swapcase()),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Shared tokens in the source's order.

    Attributes:
        tokens: Those that say something: no runs of one character, no blanks, no digits, [n].
        places: Their places in the subject's order among themselves, [n].
        source: How many such tokens the source made.
        subject: How many the subject made.
    """

    tokens: tuple[bytes, ...]
    places: Int64
    source: int
    subject: int


def common(source: Vocabulary, subject: Vocabulary) -> Common:
    """What both have, each token at the first place where it was made."""
    ours, theirs = ordinary(source), ordinary(subject)
    both = ours.keys() & theirs.keys()
    place = {token: n for n, token in enumerate(token for token in theirs if token in both)}
    tokens = tuple(token for token in ours if token in both)
    return Common(
        tokens=tokens,
        places=np.array([place[token] for token in tokens], dtype=np.int64),
        source=len(ours),
        subject=len(theirs),
    )


def kept_in(tokens: Sequence[bytes], other: Vocabulary | None) -> Bool:
    """Which neighbours of `tokens` a third vocabulary has as neighbours, among those it shares.

    Args:
        tokens: [n].
        other: The vocabulary; None stands for the usual ways to sort a list.

    Returns:
        [n - 1].
    """
    if other is None:
        found = np.zeros(max(0, len(tokens) - 1), dtype=bool)
        for key in _SORTS:
            place = {token: n for n, token in enumerate(sorted(tokens, key=key))}
            places = np.array([place[token] for token in tokens], dtype=np.int64)
            found |= kept_neighbours(places) | kept_neighbours(-places)  # upwards and downwards
        return found
    wanted = set(tokens)
    place = {token: n for n, token in enumerate(t for t in ordinary(other) if t in wanted)}
    places = np.array([place.get(token, -len(tokens)) for token in tokens], dtype=np.int64)
    return np.asarray(kept_neighbours(places) & (places[1:] >= 0) & (places[:-1] >= 0))


def ordinary(vocabulary: Vocabulary) -> dict[bytes, None]:
    """Its tokens that say something, in the order of training: no runs, no blanks, no digits."""
    return dict.fromkeys(
        token
        for token in vocabulary.made
        if len({*token}) > 1 and (words := token.strip()) and not words.isdigit()
    )
