"""Does the style of an element hide its words from who reads the page?

Reads what mail programs honour: inline styles, attributes for colours, and rules for tags, classes
and ids. Rules for other screens or for printing are not followed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

__all__ = ["PAPER", "Look", "Sheet", "seen_as"]

Style: TypeAlias = dict[str, str]
Colour: TypeAlias = tuple[int, int, int]
LIKE: Final = 48  # by which the three parts of two colours differ that cannot be told apart
SMALL: Final = 3.0  # pixels
MOST_RULES: Final = 2000
COMMENT: Final = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
OTHER_MEDIA: Final = re.compile(
    r"@[^{};]{0,300}(?:width|height|print|prefers|orientation)[^{};]{0,300}"
    r"\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}",
    re.IGNORECASE,
)
RULE: Final = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
SIMPLE: Final = re.compile(r"([.#]?)([\w-]+)")
LENGTH: Final = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|ex|%|cm|in|mm|pc|vw|vh)?")
PIXELS: Final = {"px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "%": 0.16, "cm": 38.0,
                 "in": 96.0, "mm": 3.8, "pc": 16.0, "vw": 8.0, "vh": 6.0}  # fmt: skip
NAMED: Final[dict[str, Colour]] = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255), "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240),
    "mintcream": (245, 255, 250), "azure": (240, 255, 255), "black": (0, 0, 0),
    "red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0), "yellow": (255, 255, 0),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "navy": (0, 0, 128), "lime": (0, 255, 0), "aqua": (0, 255, 255), "cyan": (0, 255, 255),
}  # fmt: skip
AWAY: Final = ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How words in an element look: on what, in which colour, and whether something hides them."""

    gone: bool = False
    small: bool = False
    clear: bool = False
    ink: Colour = (0, 0, 0)
    paper: Colour = (255, 255, 255)

    @property
    def hidden(self) -> bool:
        """Does a reader not see them?"""
        like = sum(abs(a - b) for a, b in zip(self.ink, self.paper, strict=True)) < LIKE
        return self.gone or self.small or self.clear or like


PAPER: Final = Look()


@final
class Sheet:
    """The rules of a page, by the tag, class or id that they end in."""

    def __init__(self, sheets: Iterable[str]) -> None:
        self._rules: list[tuple[frozenset[str], Style]] = []
        for text in sheets:
            for names, body in RULE.findall(OTHER_MEDIA.sub("", COMMENT.sub("", text))):
                style = _style(body)
                for name in names.split(",") if style else ():
                    last = name.split()[-1:] if name.split() else []
                    parts = {f"{k}{n}".lower() for one in last for k, n in SIMPLE.findall(one)}
                    if parts and ":" not in name and len(self._rules) < MOST_RULES:
                        self._rules.append((frozenset(parts), style))

    def of(self, tag: str, given: Mapping[str, str]) -> Style:
        """What the rules say of an element."""
        names = {tag, f"#{given.get('id', '').lower()}"}
        names |= {f".{name.lower()}" for name in given.get("class", "").split()[:20]}
        found: Style = {}
        for parts, style in self._rules:
            if parts <= names:
                found |= style
        return found


def seen_as(above: Look, tag: str, given: Mapping[str, str], sheet: Sheet) -> Look:
    """How an element looks that stands in one that looks like `above`."""
    style = {"color": given.get("color", ""), "background-color": given.get("bgcolor", "")}
    style |= sheet.of(tag, given) | _style(given.get("style", ""))
    if not any(style.values()) and "hidden" not in given:
        return above  # nothing is said about it, as of most elements
    size = style.get("font-size", "")
    ink = _colour(style.get("color", ""))
    paper = _colour(style.get("background-color", "")) or _colour(style.get("background", ""))
    clear = style.get("color", "") == "transparent"
    return replace(
        above,
        gone=above.gone or "hidden" in given or _gone(style),
        small=_pixels(size, 16) < SMALL if size else above.small,
        clear=clear if style.get("color") else above.clear,
        ink=ink or above.ink,
        paper=paper or above.paper,
    )


def _style(text: str) -> Style:
    found: Style = {}
    for part in text[:8000].split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _gone(style: Style) -> bool:
    """Is it not displayed, without size, or off the page?"""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or style.get("transform", "").startswith("scale(0"):
        return True
    if _pixels(style.get("opacity", ""), 1, "px") <= 0.1:
        return True
    sizes = [style.get(name, "") for name in ("height", "max-height", "width", "max-width")]
    if "hidden" in style.get("overflow", "") and any(_pixels(one, 99) < SMALL for one in sizes):
        return True
    if style.get("clip", "").replace(" ", "").startswith("rect(0"):
        return True
    return any(abs(_pixels(style.get(name, ""), 0)) >= 900 for name in AWAY)


def _pixels(length: str, otherwise: float, unit: str = "px") -> float:
    found = LENGTH.match(length)
    return float(found[1]) * PIXELS[found[2] or unit] if found else otherwise


def _colour(text: str) -> Colour | None:
    """A colour as red, green, blue; None if it is not named in a way that is known."""
    text = text.strip().lower()
    word = text.split(" ")[0] if not text.startswith("rgb") else text
    if word in NAMED:
        return NAMED[word]
    if re.fullmatch(r"#?[0-9a-f]{6}", word):
        word = word.lstrip("#")
        return int(word[:2], 16), int(word[2:4], 16), int(word[4:], 16)
    if re.fullmatch(r"#[0-9a-f]{3}", word):
        return int(word[1] * 2, 16), int(word[2] * 2, 16), int(word[3] * 2, 16)
    found = re.match(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
