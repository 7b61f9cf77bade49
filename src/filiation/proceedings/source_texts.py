"""Matched functions with their lines, from the source trees that a person named.

An examination keeps hashes, names and lines of functions, and no text. Side by side they are shown
while the trees are at hand, each file only if it is the one that was examined.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from filiation.examining.kinds import recognise
from filiation.model.examination import Examination
from filiation.model.exhibit import Exhibit
from filiation.model.filtration import Sided as Function
from filiation.model.kinds import CODE
from filiation.model.source import SourceTree
from filiation.proceedings.naming import Sided
from filiation.report.render.fragments import SHOWN, first_to_look_at
from filiation.report.render.side_by_side import side_by_side_html

__all__ = ["SIDE_BY_SIDE", "side_by_side"]

SIDE_BY_SIDE: Final = "side-by-side.html"


def side_by_side(
    found: Examination, sides: tuple[Sided, Sided], exhibits: tuple[Exhibit, Exhibit]
) -> bytes | None:
    """The page of matched functions; None where no source code was compared, or none is alike.

    Args:
        found: The examination.
        sides: What a person named as source and subject.
        exhibits: What was read of both.
    """
    conclusion = found.conclusion(CODE)
    if conclusion is None or conclusion.filtration is None or not conclusion.filtration.matched:
        return None
    from filiation.examining.code.beside import beside  # only where source code was compared

    shown = first_to_look_at(conclusion.filtration)[:SHOWN]
    places = ([one.source for one in shown], [one.subject for one in shown])
    ours, theirs = (
        _texts(side, exhibit.content(CODE), of)
        for side, exhibit, of in zip(sides, exhibits, places, strict=True)
    )
    return side_by_side_html(conclusion, beside(shown, ours, theirs))


def _texts(side: Sided, tree: SourceTree, functions: Sequence[Function]) -> Mapping[str, str]:
    """Text of the files in which functions stand, as far as it is that which was examined."""
    from filiation.examining.code.plug import READER
    from filiation.readers.code.texts import texts

    files = {one.file for one in functions}
    wanted = {file: _digest(tree, file) for file in files}
    for spec in (side.spec, *side.beside):
        if not isinstance(spec, str) or recognise(spec).kind.id != CODE:
            continue
        place = Path(spec)
        if place.exists() and not place.name.endswith(READER.suffix):
            return texts(place, wanted)
    return {}


def _digest(tree: SourceTree, file: str) -> str:
    if file in tree.files:
        return tree.files[file]
    facts = tree.facts.get(file)
    return facts.digest if facts else ""
