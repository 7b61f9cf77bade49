"""The table of components and alternatives for one pair: what of each would have been seen.

Something is seen if the plan's level would have been met, or if a reservation would have kept the
answer from independence. Whatever is not reckoned with counts as finding nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, final

from filiation.examining.weights.planting.axes import axes_ways
from filiation.examining.weights.planting.tables import in_place_ways, turned_ways
from filiation.examining.weights.planting.units import agreeing_ways, kept_ways
from filiation.examining.weights.planting.ways import Way, smallest_share
from filiation.examining.weights.unread import unread_parts, unread_reason
from filiation.methods.weights.equal_tensors import component_of
from filiation.methods.weights.obstacles import taken_differently
from filiation.model.alternatives import ALTERNATIVES, CELLS, UNDISGUISED, planned_cells
from filiation.model.examination import Part
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import COMPONENTS, FRAMES, Component, Frame, Sketch

__all__ = ["asked_of", "planted_parts"]

BOTH: Final = ("string", "id")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """What one alternative leaves to be seen of units and of tables.

    Attributes:
        kept: Frames in which units still stand at their own place.
        paired: Frames in which they still pair up, in whatever order.
        keys: What still names the same tokens.
        turned: Whether the axes of tables are turned.
        layers: Whether as many silent layers are added as the subject has.
        units: Whether as many decoys are added as a layer has units.
        done: What was done, in words.
    """

    kept: tuple[Frame, ...]
    paired: tuple[Frame, ...]
    keys: tuple[str, ...] = BOTH
    turned: bool = False
    layers: bool = False
    units: bool = False
    done: str


# The only place that says what survives which alternative.
CLASSES: Final = {
    "in-place": _Class(kept=FRAMES, paired=FRAMES, done="left as they were"),
    "units-permuted": _Class(kept=(), paired=FRAMES, done="put in another order"),
    "stream-rotated": _Class(
        kept=("token", "table"),
        paired=("token", "table"),
        turned=True,
        done="turned together with the tables of tokens",
    ),
    "both-and-signs": _Class(
        kept=(),
        paired=("token", "table"),
        done="put in another order with other signs, and turned together with the tables",
    ),
    "layers-changed": _Class(
        kept=FRAMES, paired=FRAMES, layers=True, done="moved among as many silent layers again"
    ),
    "units-added": _Class(
        kept=(), paired=FRAMES, units=True, done="put among as many decoys again"
    ),
    "tokens-respelt": _Class(
        kept=("native", "table"),
        paired=("native", "table"),
        keys=("id",),
        done="left as they were, and the strings of all tokens re-spelt",
    ),
    "alone": _Class(
        kept=("native",), paired=("native",), done="left as they were, and nothing else copied"
    ),
}


def asked_of(source: Sketch, subject: Sketch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Components that at least one of both models has, and all alternatives."""
    has = {
        "embedding": any(s.anchors or "embedding/id" in s.tables for s in (source, subject)),
        "attention": any(s.attention or s.axes or _attends(s) for s in (source, subject)),
        "mlp": any(s.layers for s in (source, subject)),
        "head": any("head/id" in s.tables for s in (source, subject)),
    }
    unread = unread_parts((source, subject))
    return tuple(part for part in CELLS if has[part] or part in unread), ALTERNATIVES


def _attends(sketch: Sketch) -> bool:
    """Whether a matrix is called one of an attention, though its heads are not known."""
    return any(
        len(info.shape) > 1 and component_of(info.name) == "attention" for info in sketch.tensors
    )


def planted_parts(
    source: Sketch, subject: Sketch, plan: PlannedQuestion, *, seed: int
) -> tuple[Part, ...]:
    """Every planned cell with the smallest share that would have been seen."""
    return tuple(
        _part((source, subject), component, alternative, plan, seed)
        for component, alternative in planned_cells(plan.components, plan.alternatives)
    )


def _part(
    sides: tuple[Sketch, Sketch],
    component: str,
    alternative: str,
    plan: PlannedQuestion,
    seed: int,
) -> Part:
    undisguised = alternative in UNDISGUISED
    cosine = plan.power_cosine if undisguised else plan.disguised_cosine
    best: tuple[float, str] | None = None
    unread = next((unread_reason(sides, part) for part in COMPONENTS if part == component), "")
    ways = () if unread else _ways(sides, component, alternative, plan, cosine, seed)
    for way in ways:
        share = smallest_share(way, seed)
        if share is not None and (best is None or share < best[0]):
            best = share, way.name
    return Part(
        component=component,
        alternative=alternative,
        share=best[0] if best else None,
        cosine=cosine,
        log_p=None,
        because=unread or _because(sides, component, alternative, best[1] if best else "", cosine),
    )


def _ways(
    sides: tuple[Sketch, Sketch],
    component: str,
    alternative: str,
    plan: PlannedQuestion,
    cosine: float,
    seed: int,
) -> Iterator[Way]:
    left = _seen_by(plan, CLASSES[alternative])
    if taken_differently(*sides) is not None:
        return
    if component in ("embedding", "head"):
        if left.turned:
            yield from turned_ways(sides, component, left.keys, cosine=cosine, seed=seed)
        else:
            yield from in_place_ways(sides, plan, component, left.keys, cosine=cosine, seed=seed)
        return
    if "native" not in (*left.kept, *left.paired) and not all(sketch.deep for sketch in sides):
        return  # whole rows are what sees a turned body through other tables
    of: Component = "attention" if component == "attention" else "mlp"
    if of == "attention" and "native" in left.kept:
        yield from axes_ways(sides, plan, cosine=cosine, more_layers=left.layers, seed=seed)
    yield from kept_ways(
        sides, plan, of, left.kept, cosine=cosine, more_layers=left.layers, seed=seed
    )
    yield from agreeing_ways(
        sides,
        of,
        left.paired,
        cosine=cosine,
        more_layers=left.layers,
        more_units=left.units,
        in_place=bool(left.kept),
        seed=seed,
    )


def _seen_by(plan: PlannedQuestion, left: _Class) -> _Class:
    """What is left to be seen as the plan looks: a quick look sees units as they are stored."""
    if not plan.quick:
        return left
    return replace(left, paired=tuple(frame for frame in left.paired if frame == "native"))


def _unread(sides: tuple[Sketch, Sketch]) -> str:
    """Of whom no attention could be read; empty if of both some was."""
    names = [sketch.name for sketch in sides if not (sketch.attention or sketch.axes)]
    if not names:
        return ""
    return f"unread: no matrix of an attention or another mixer was recognised in {_and(names)}"


def _and(names: list[str]) -> str:
    return " and ".join(dict.fromkeys(names))


def _because(
    sides: tuple[Sketch, Sketch], component: str, alternative: str, way: str, cosine: float
) -> str:
    if component == "attention" and (unread := _unread(sides)):
        return f"{unread}; what was copied there could not have been found"
    what = "axes" if component in ("embedding", "head") else "units"
    planted = (
        f"{what} of the source's {component} were planted in the subject's at cosine {cosine:g}, "
        f"{CLASSES[alternative].done}"
    )
    if not way:
        return f"{planted}; no planned method and no reservation would have seen even all of them"
    return (
        f"{planted}; {way} sees them with the smallest share, all else counted as finding nothing"
    )
