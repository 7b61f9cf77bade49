"""Which words of a page of a PDF (ISO 32000, 8 and 9) are drawn so that nobody sees them?

The operators of a page are parted in two: those that show words to be seen, and those whose words
are invisible (rendering mode 3, no opacity), in white, tiny, off the page, or on a layer that is
off. Both halves are read like a page.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias, final

__all__ = ["Parted", "layer_off", "parted"]

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Operation: TypeAlias = tuple[Any, bytes]
SAME: Final[Matrix] = (1, 0, 0, 1, 0, 0)
SHOWING: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
WHITE: Final[Mapping[bytes, tuple[float, ...]]] = {
    b"g": (1,), b"rg": (1, 1, 1), b"k": (0, 0, 0, 0)
}  # fmt: skip
COLORS: Final = frozenset({b"g", b"rg", b"k", b"sc", b"scn", b"cs"})
TINY: Final = 1.0  # points


@final
@dataclass(slots=True)
class Parted:
    """A page's operators, parted.

    Attributes:
        seen: What is to be seen.
        unseen: What is not; empty if it shows no words.
        why: Why not, in words.
        said: Words that marks in the content give for what is drawn.
    """

    seen: list[Operation] = field(default_factory=list)
    unseen: list[Operation] = field(default_factory=list)
    why: dict[str, None] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


@final
@dataclass(frozen=True, slots=True)
class _State:
    """What decides whether words are to be seen."""

    matrix: Matrix = SAME
    mode: int = 0
    white: bool = False
    clear: bool = False
    size: float = 0.0


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


def _numbers(operands: Any, count: int) -> tuple[float, ...]:
    try:
        found = tuple(float(one) for one in operands)
    except (TypeError, ValueError):
        return ()
    return found if len(found) == count else ()


@final
class _Page:
    """Goes through the operators of a page."""

    def __init__(
        self, resources: Any, off: Collection[int], box: tuple[float, float, float, float]
    ) -> None:
        self.found = Parted()
        self._resources, self._off, self._box = resources, off, box
        self._state, self._kept = _State(), list[_State]()
        self._line, self._leading = SAME, 0.0
        self._layers: list[bool] = []

    def take(self, operands: Any, operator: bytes) -> None:
        self._follow(operands, operator)
        shows = operator in SHOWING
        hidden = ""
        if shows or operator in (b"Do", b"INLINE IMAGE"):
            hidden = self._hidden(operands, operator, shows)
        if hidden:
            self.found.why[hidden] = None
            self.found.unseen.append((operands, operator))
        else:
            self.found.seen.append((operands, operator))
            if not shows and operator != b"Do":
                self.found.unseen.append((operands, operator))  # places and fonts

    def _hidden(self, operands: Any, operator: bytes, shows: bool) -> str:
        if any(self._layers) or (operator == b"Do" and self._is_off(operands)):
            return "on a layer that is off"
        if not shows:
            return ""
        state = self._state
        if state.mode in (3, 7) or state.clear:
            return "invisible"
        a, b, _, _, x, y = _times(self._line, state.matrix)
        height = abs(state.size) * max((a * a + b * b) ** 0.5, 0.0)
        if height < TINY:
            return "smaller than a point"
        left, bottom, right, top = self._box
        length = height * sum(len(one) for one in _strings(operands))
        if not (left - length <= x <= right and bottom - height <= y <= top):
            turned = abs(b) > 1e-6
            if not (turned and left - length <= x <= right + length and
                    bottom - length <= y <= top + length):  # fmt: skip
                return "off the page"
        return "in white" if state.white else ""

    def _is_off(self, operands: Any) -> bool:
        held = _inner(self._resources, "/XObject", operands[0] if operands else "")
        return held is not None and self._layer_off(held.get("/OC"))

    def _layer_off(self, layer: Any) -> bool:
        return layer is not None and layer_off(layer, self._off)

    def _follow(self, operands: Any, operator: bytes) -> None:
        """Keep the state as an operator changes it."""
        state = self._state
        if operator == b"q":
            self._kept.append(state)
        elif operator == b"Q":
            self._state = self._kept.pop() if self._kept else _State()
        elif operator == b"cm" and (given := _numbers(operands, 6)):
            turned = _times(given, state.matrix)  # type: ignore[arg-type]
            self._state = replace(state, matrix=turned)
        elif operator == b"Tr" and (given := _numbers(operands, 1)):
            self._state = replace(state, mode=int(given[0]))
        elif operator in COLORS:
            wanted = WHITE.get(operator)
            white = wanted is not None and _numbers(operands, len(wanted)) == wanted
            if operator in (b"sc", b"scn"):
                white = len(operands) in (1, 3) and set(_numbers(operands, len(operands))) == {1.0}
            self._state = replace(state, white=white)
        elif operator == b"gs":
            held = _inner(self._resources, "/ExtGState", operands[0] if operands else "")
            if held is not None and "/ca" in held:
                self._state = replace(state, clear=float(held["/ca"]) < 0.02)
        elif operator == b"Tf" and len(operands) == 2 and (given := _numbers(operands[1:], 1)):
            self._state = replace(state, size=given[0])
        elif operator in (b"BDC", b"BMC", b"EMC"):
            self._marked(operands, operator)
        else:
            self._place(operands, operator)

    def _place(self, operands: Any, operator: bytes) -> None:
        """Keep the place of the line."""
        if operator == b"BT":
            self._line = SAME
        elif operator == b"Tm" and (given := _numbers(operands, 6)):
            self._line = given  # type: ignore[assignment]
        elif operator in (b"Td", b"TD") and (given := _numbers(operands, 2)):
            self._line = _times((1, 0, 0, 1, given[0], given[1]), self._line)
            self._leading = -given[1] if operator == b"TD" else self._leading
        elif operator == b"TL" and (given := _numbers(operands, 1)):
            self._leading = given[0]
        elif operator in (b"T*", b"'", b'"'):
            self._line = _times((1, 0, 0, 1, 0, -self._leading), self._line)

    def _marked(self, operands: Any, operator: bytes) -> None:
        if operator == b"EMC":
            if self._layers:
                self._layers.pop()
            return
        given = operands[1] if operator == b"BDC" and len(operands) > 1 else None
        layer = _inner(self._resources, "/Properties", given) if isinstance(given, str) else given
        off = operands[:1] == ["/OC"] and self._layer_off(layer)
        self._layers.append(off)
        if isinstance(layer, Mapping):
            words = (layer.get(key) for key in ("/ActualText", "/Alt", "/E"))
            self.found.said += [str(one) for one in words if isinstance(one, str)]


def _strings(operands: Any) -> Iterator[Any]:
    for one in operands:
        if isinstance(one, (str, bytes)):
            yield one
        elif isinstance(one, list):
            yield from (inner for inner in one if isinstance(inner, (str, bytes)))


def _inner(resources: Any, kind: str, name: Any) -> Any:
    held = resources.get(kind) if resources is not None else None
    found = held.get_object().get(name) if held is not None else None
    found = found.get_object() if found is not None else None
    return found if isinstance(found, Mapping) else None


def layer_off(layer: Any, off: Collection[int]) -> bool:
    """Is a layer (optional content group, or a rule over some) off when the file is opened?"""
    number = getattr(layer, "idnum", None) or getattr(
        getattr(layer, "indirect_reference", None), "idnum", None
    )
    if number in off:
        return True
    held = layer.get_object()
    groups = held.get("/OCGs") if isinstance(held, Mapping) else None
    if groups is None:
        return False
    listed = groups if isinstance(groups, list) else [groups]
    if hasattr(groups, "get_object") and isinstance(groups.get_object(), list):
        listed = groups.get_object()
    return bool(listed) and all(getattr(one, "idnum", None) in off for one in listed)


def parted(
    operations: Iterator[Operation],
    resources: Any,
    off: Collection[int],
    box: tuple[float, float, float, float],
) -> Parted:
    """Part the operators of a page.

    Args:
        operations: As they stand in the page.
        resources: The page's dictionary of resources.
        off: Object numbers of the layers that are off.
        box: Left, bottom, right and top of what is shown of the page, in its own units.
    """
    page = _Page(resources, off, box)
    for operands, operator in operations:
        page.take(operands, operator)
    return page.found
