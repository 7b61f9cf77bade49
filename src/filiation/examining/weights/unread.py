"""What of two models was not read, part by part: of that nothing follows, in neither direction."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.methods.weights.equal_tensors import component_of
from filiation.model.layout import UNREAD, Skipped
from filiation.model.sketch import Component, Sketch

__all__ = ["DIGESTS", "unread_note", "unread_parts", "unread_reason"]

CALLED: Final[dict[Component, str]] = {
    "embedding": "the embedding table",
    "positions": "the position table",
    "attention": "the attention",
    "mlp": "the MLP layers",
    "head": "the output head",
}
DIGESTS: Final = "; their digests were compared"
BODY: Final[tuple[Component, ...]] = ("attention", "mlp")  # of a name that does not say


def unread_parts(sketches: Sequence[Sketch]) -> tuple[Component, ...]:
    """The parts of which at least one of these models holds weights that were not read."""
    found = {part for sketch in sketches for one in _unread(sketch) for part in _parts(one)}
    return tuple(part for part in CALLED if part in found)


def unread_reason(sketches: Sequence[Sketch], part: Component) -> str:
    """Why what was copied in a part could not have been found; empty if all of it was read."""
    told = [
        f"{_count(mine)} of {sketch.name} {_were(mine)} not read ({_how(mine)})"
        for sketch in sketches
        if (mine := [one for one in _unread(sketch) if part in _parts(one)])
    ]
    if not told:
        return ""
    return f"{UNREAD}{' and '.join(dict.fromkeys(told))}; what was copied there could not be found"


def unread_note(name: str, sketch: Sketch) -> str:
    """That weights of one model were not read, and where they stand; empty if all were."""
    found = list(_unread(sketch))
    if not found:
        return ""
    parts = [CALLED[part] for part in unread_parts([sketch])]
    where = f" in {_and(parts)}" if parts else ""
    return (
        f"{_count(found)} of {name}{where} {_were(found)} not read ({_how(found)}): whether they "
        f"are shared is not known{DIGESTS}"
    )


def _unread(sketch: Sketch) -> Iterator[Skipped]:
    return (one for one in sketch.skipped if one.unread)


def _parts(one: Skipped) -> tuple[Component, ...]:
    part = component_of(one.tensor)
    return BODY if part is None else (part,)


def _count(found: Sequence[Skipped]) -> str:
    return f"{len(found):,} tensor{'s' if len(found) > 1 else ''}"


def _were(found: Sequence[Skipped]) -> str:
    return "were" if len(found) > 1 else "was"


def _how(found: Sequence[Skipped]) -> str:
    """The ways of packing, the most frequent first."""
    ways = Counter(one.reason.removeprefix(UNREAD).partition(":")[0] for one in found)
    return ", ".join(way for way, _ in ways.most_common(3))


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
