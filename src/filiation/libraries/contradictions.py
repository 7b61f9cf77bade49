"""Does what is declared beside a model contradict what was found of it?

A licence contradicts if both sides name licences that are known by an identifier, and share none. A
base contradicts if one is declared and the relative is called otherwise, by all its names and by
those of its own bases; not where a table alone is shared. What is not understood contradicts
nothing, and is shown.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.called import called, may_be_one
from filiation.model.scan import Clash, Relative

__all__ = ["clashes", "identifiers", "named"]

# Words of a licence's name, as cards, classifiers and the first line of its text have them.
NO_DESCENT: Final = frozenset({"shared-initialisation", "unrelated"})
_THREE: Final = r"[\s_-]*v?3(?:\.0)?(?:-only|-or-later|\+)?"
_FOUR: Final = r"[\s_-]*4(?:\.0)?"
KNOWN: Final[tuple[tuple[str, str], ...]] = (
    (
        "Apache-2.0",
        r"apache(?:[\s_-]*(?:software)?[\s_-]*licen[cs]e)?[\s,_-]*(?:version|v)?[\s_-]*2(?:\.0)?"
        r"|apache software license",
    ),
    ("MIT", r"mit(?:[\s_-]*licen[cs]e)?"),
    ("ISC", r"isc(?:[\s_-]*licen[cs]e)?(?:[\s_-]*\(iscl\))?"),
    ("BSD-3-Clause", r"bsd[\s_-]*3(?:[\s_-]*clause)?|(?:new|revised) bsd|3[\s_-]*clause bsd"),
    ("BSD-2-Clause", r"bsd[\s_-]*2(?:[\s_-]*clause)?|2[\s_-]*clause bsd"),
    ("AGPL-3.0", rf"agpl{_THREE}|gnu affero general public license.{{0,12}}3"),
    ("LGPL-3.0", rf"lgpl{_THREE}|gnu lesser general public license.{{0,12}}3"),
    ("GPL-3.0", rf"gpl{_THREE}|gnu general public license.{{0,12}}3"),
    (
        "GPL-2.0",
        r"gpl[\s_-]*v?2(?:\.0)?(?:-only|-or-later|\+)?|gnu general public license.{0,12}2",
    ),
    ("MPL-2.0", r"mpl[\s_-]*2(?:\.0)?|mozilla public license.{0,12}2\.0"),
    ("CC-BY-NC-SA-4.0", rf"cc[\s_-]*by[\s_-]*nc[\s_-]*sa{_FOUR}"),
    ("CC-BY-NC-4.0", rf"cc[\s_-]*by[\s_-]*nc{_FOUR}"),
    ("CC-BY-SA-4.0", rf"cc[\s_-]*by[\s_-]*sa{_FOUR}"),
    ("CC-BY-4.0", rf"cc[\s_-]*by{_FOUR}"),
    ("CC0-1.0", r"cc0(?:[\s_-]*1\.0)?"),
    ("OpenRAIL", r"(?:big(?:science|code)-|creativeml-)?openrail(?:-?m|\+\+)?(?:-v1)?"),
    ("Llama", r"llama[\s_-]*\d?(?:[._]\d)?(?:[\s_-]*community)?(?:[\s_-]*licen[cs]e)?"),
    ("Gemma", r"gemma(?:[\s_-]*(?:licen[cs]e|terms of use))?"),
)
_TITLES: Final = tuple(
    (name, re.compile(rf"(?<![\w.+-])(?:{pattern})(?![\w.+]|-\w)", re.IGNORECASE))
    for name, pattern in KNOWN
)


def identifiers(said: Sequence[str]) -> frozenset[str]:
    """The licences that these words name, by identifier; a longer name hides one inside it."""
    found: set[str] = set()
    for text in said:
        left = text
        for name, pattern in _TITLES:
            if pattern.search(left):
                found.add(name)
                left = pattern.sub(" ", left)
    return frozenset(found)


def clashes(
    relatives: Sequence[Relative], bases: Sequence[str], licences: Sequence[str]
) -> tuple[Clash, ...]:
    """What is declared against the nearest relative of each shelf."""
    nearest = {relative.shelf: relative for relative in reversed(relatives)}
    return tuple(
        clash for relative in nearest.values() for clash in _against(relative, bases, licences)
    )


def named(relative: Relative, said: Sequence[str]) -> bool:
    """Whether one of these names, of bases or of a package, is one of the relative's."""
    ours = [one for name in _names(relative) if (one := called(name)) is not None]
    theirs = [one for name in said if (one := called(name)) is not None]
    return any(may_be_one(one, other) for one in ours for other in theirs)


def _against(relative: Relative, bases: Sequence[str], licences: Sequence[str]) -> Iterator[Clash]:
    if relative.kind in NO_DESCENT:
        return
    stated, known = identifiers(licences), identifiers(relative.licences)
    if stated and known and not stated & known:
        yield Clash(
            about="licence", declared=tuple(licences), found=relative.licences,
            relative=relative.name,
        )  # fmt: skip
    told = tuple(base for base in bases if called(base) is not None)
    if relative.kind != "embeddings-only" and told and not named(relative, told):
        found = tuple(_names(relative))
        yield Clash(about="base", declared=told, found=found, relative=relative.name)


def _names(relative: Relative) -> dict[str, None]:
    return dict.fromkeys((relative.name, *relative.names, *relative.bases))
