"""Documents that say nearly the same, and where two of them differ, in words."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from filiation.casefile.documents.wanted import Alike
from filiation.report.wording.document_deeds import alike_words, percent

__all__ = ["difference_lines", "group_lines", "pair_lines"]

NONE_ALIKE = "no documents say nearly the same"


class Place(Protocol):
    """A place at which documents differ: words before, words that differ, words behind."""

    @property
    def here(self) -> tuple[str, str, str]: ...
    @property
    def there(self) -> tuple[str, str, str]: ...


class Compared(Protocol):
    """Two documents, the shares of words that stand in both, and where they differ."""

    @property
    def document(self) -> str: ...
    @property
    def other(self) -> str: ...
    @property
    def here(self) -> float: ...
    @property
    def there(self) -> float: ...
    @property
    def places(self) -> Sequence[Place]: ...


def group_lines(
    groups: Sequence[tuple[str, Sequence[Alike]]], more: int, short: int
) -> Iterator[str]:
    """Each group: its first document, then the others, each with the earlier one it repeats."""
    if not groups:
        yield NONE_ALIKE
    for head, members in groups:
        yield f"{head}, and {len(members):,} like it"
        for one in members:
            yield f"  {one.document:12}  {alike_words(one)}"
    if more:
        yield f".. {more:,} more groups; --most prints them"
    if short:
        what = "1 document has" if short == 1 else f"{short:,} documents have"
        yield f"{what} fewer than ten words; these were not compared"


def pair_lines(document: str, found: Sequence[Alike]) -> Iterator[str]:
    """What is nearly the same as one document."""
    if not found:
        yield f"{document}: no other document says nearly the same"
    for one in found:
        yield (
            f"{one.document} has {alike_words(one)}"
            if one.same
            else (
                f"{one.document} is {alike_words(one)}; {percent(one.there)} of the words of "
                f"{one.other} stand in it"
            )
        )


def difference_lines(found: Compared, most: int) -> Iterator[str]:
    """Where two documents differ, each place as it stands in both."""
    if not found.places:
        yield f"{found.document} and {found.other} have the same words in the same order"
        return
    yield (
        f"{found.document} and {found.other}: {percent(found.here)} of the words of "
        f"{found.document} stand in {found.other}, {percent(found.there)} the other way round"
    )
    width = max(len(found.document), len(found.other))
    for number, place in enumerate(found.places[:most], 1):
        yield f"{number}. {found.document:{width}}  {_shown(place.here)}"
        yield f"{'':{len(str(number)) + 2}}{found.other:{width}}  {_shown(place.there)}"
    if len(found.places) > most:
        yield f".. {len(found.places) - most:,} more places; --most prints them"


def _shown(words: tuple[str, str, str]) -> str:
    before, held, behind = words
    return " ".join(part for part in (before, f"[{held}]", behind) if part)
