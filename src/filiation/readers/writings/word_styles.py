"""How do the styles of a Word file make words look: shown, hidden, or in white?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, final
from xml.etree.ElementTree import Element

__all__ = ["Look", "Styles", "look_of", "styles_of"]

OFF: Final = frozenset({"0", "false", "off"})
PROPERTIES: Final = {"p": "pPr", "r": "rPr", "tc": "tcPr", "tbl": "tblPr"}


@final
@dataclass(frozen=True, slots=True)
class Look:
    """How words look; None where nothing is said.

    Attributes:
        hidden: They are not shown.
        color: Hex digits of their colour.
        size: In half points.
        shaded: Something is behind them, or may be.
    """

    hidden: bool | None = None
    color: str | None = None
    size: int | None = None
    shaded: bool = False

    @property
    def kind(self) -> str:
        """The mark that such words get; empty if they are to be seen."""
        if self.hidden or (self.size is not None and self.size <= 2):
            return "hidden"
        return "white text" if self.color == "FFFFFF" and not self.shaded else ""

    def over(self, below: "Look") -> "Look":
        """This look where it says something, else the one below."""
        return Look(
            hidden=below.hidden if self.hidden is None else self.hidden,
            color=self.color or below.color,
            size=below.size if self.size is None else self.size,
            shaded=self.shaded or below.shaded,
        )


@final
@dataclass(slots=True)
class Styles:
    """The styles of a file: how each looks, with those that it is based on."""

    looks: Mapping[str, Look] = field(default_factory=dict)
    default: Look = field(default_factory=Look)


def _child(node: Element | None, name: str) -> Element | None:
    found = (c for c in node if str(c.tag).endswith("}" + name)) if node is not None else ()
    return next(iter(found), None)


def _value(node: Element | None, name: str = "val") -> str:
    items = node.attrib.items() if node is not None else ()
    return next((value for key, value in items if key.rpartition("}")[2] == name), "")


def _direct(properties: Element | None) -> Look:
    vanish = _child(properties, "vanish")
    color, size = _value(_child(properties, "color")).upper(), _value(_child(properties, "sz"))
    fill = _value(_child(properties, "shd"), "fill").upper()
    return Look(
        hidden=None if vanish is None else _value(vanish).lower() not in OFF,
        color=color or None,
        size=int(size) if size.isdecimal() and len(size) < 6 else None,
        shaded=fill not in ("", "AUTO", "FFFFFF") or _child(properties, "highlight") is not None,
    )


def styles_of(root: Element) -> Styles:
    """The styles of a part `styles`."""
    found = {_value(node, "styleId"): node for node in root if str(node.tag).endswith("}style")}
    default = _child(_child(_child(root, "docDefaults"), "rPrDefault"), "rPr")
    looks = {}
    for name, node in found.items():
        look, seen = Look(), set[str]()
        above: Element | None = node
        while above is not None and _value(above, "styleId") not in seen and len(seen) < 50:
            seen.add(_value(above, "styleId"))
            look = look.over(_direct(_child(above, "rPr"))).over(
                Look(shaded=_direct(_child(above, "pPr")).shaded)
            )
            above = found.get(_value(_child(above, "basedOn")))
        looks[name] = look
    return Styles(looks, _direct(default))


def look_of(node: Element, name: str, around: Look, styles: Styles) -> Look:
    """How the words of a paragraph, run, cell or table look within what is around them."""
    properties = _child(node, PROPERTIES[name])
    direct = _direct(properties)
    if name in ("tc", "tbl"):  # a style of tables may shade any cell
        styled = name == "tbl" and _child(properties, "tblStyle") is not None
        return replace(around, shaded=around.shaded or direct.shaded or styled)
    style = styles.looks.get(_value(_child(properties, "pStyle" if name == "p" else "rStyle")))
    if name == "p":  # the rPr of a paragraph is that of its mark, not of its runs
        own = (style or Look()).over(styles.default)
        return replace(own, shaded=own.shaded or around.shaded or direct.shaded)
    return direct.over(style or Look()).over(around)
