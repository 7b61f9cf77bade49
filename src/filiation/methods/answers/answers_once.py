"""Recordings that several methods read are read once, for as long as the first of them lives.

Every method of an examination asks for the same table. What was made of the same recordings, the
objects themselves in the same order, is given again. Nothing is kept alive by it: tables go with
their first recording, which keeps the last few, and the others are known by weak references.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar, final
from weakref import WeakKeyDictionary, ref

from filiation.model.recording import Recording

__all__ = ["KEPT", "Once"]

T = TypeVar("T")

KEPT: Final = 4  # tables of one first recording


@final
class Once(Generic[T]):
    """What `make` makes of recordings, made once while it can be asked for again."""

    def __init__(self, make: Callable[[Sequence[Recording]], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[Recording, deque[tuple[tuple[ref[Recording], ...], T]]]
        self._made = WeakKeyDictionary()

    def of(self, recordings: Sequence[Recording]) -> T:
        """The same object for the same recordings in the same order; it must not be changed."""
        if not recordings:
            return self._make(recordings)
        kept = self._made.setdefault(recordings[0], deque(maxlen=KEPT))
        for others, made in tuple(kept):
            if len(others) == len(recordings) and all(
                known() is one for known, one in zip(others, recordings, strict=True)
            ):
                return made
        made = self._make(recordings)
        kept.append((tuple(ref(one) for one in recordings), made))
        return made
