"""A few SVG elements as text: deterministic, self-contained, without scripts, dates or ids.

Words may be of anyone: they are escaped, and hold no character that turns the line around.
"""

from html import escape

from filiation.report.wording.figures import printable

__all__ = [
    *(
        "HUE",
        "INK",
        "TINT",
        "arc",
        "circle",
        "document",
        "hatched",
        "head",
        "line",
        "marks",
        "number",
        "polyline",
        "rect",
        "rule",
    ),
    "text",
]

HUE = "#33526e"  # the one hue; it means "measured here" and nothing else
TINT = "#bccbd8"  # the same, under words
INK = "#222222"
FONT = ", ".join(
    ("ui-sans-serif", "system-ui", "'Helvetica Neue'", "Arial", "'DejaVu Sans'", "sans-serif")
)


def number(value: float) -> str:
    """A coordinate to two decimals, without trailing zeros."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short in ("-0", "") else short


def document(width: float, height: float, title: str, parts: list[str]) -> str:
    """A whole drawing; `title` is what a reader who cannot see it is told."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(width)}" height="{number(height)}" '
        f'font-family="{FONT}" font-size="11" fill="{INK}">'
        f"<title>{_words(title)}</title>{''.join(parts)}</svg>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, dash: str = "") -> str:
    """A thin line on a white bed, so that it shows on dark and light ground alike."""
    bed = line(x1, y1, x2, y2, width=2.6).replace(INK, "#ffffff")
    return bed + line(x1, y1, x2, y2, dash=dash, width=0.9)


def line(x1: float, y1: float, x2: float, y2: float, *, dash: str = "", width: float = 1) -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
        f'stroke="{INK}" stroke-width="{number(width)}"{dashed}/>'
    )


def polyline(points: list[tuple[float, float]], *, dash: str = "", width: float = 1.4) -> str:
    """A broken line in the hue of what was measured."""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{HUE}" '
        f'stroke-width="{number(width)}"{dashed}/>'
    )


def arc(x: float, top: float, bottom: float, reach: float, *, dash: str = "") -> str:
    """A curve from one height to another that bulges to the left by three quarters of `reach`."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    far = number(x - reach)
    return (
        f'<path d="M{number(x)} {number(top)}C{far} {number(top)} {far} {number(bottom)} '
        f'{number(x)} {number(bottom)}" fill="none" stroke="{INK}"{dashed}/>'
    )


def head(x: float, y: float) -> str:
    """The head of an arrow that points to the right, its tip here."""
    return f'<path d="M{number(x)} {number(y)}l-9 -4v8z" fill="{INK}"/>'


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str,
    stroke: str = "none",
    said: str = "",
) -> str:
    """A rectangle; `said` becomes its title."""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
        f'fill="{fill}" stroke="{stroke}">{_title(said)}</rect>'
    )


def circle(x: float, y: float, radius: float, *, fill: str, stroke: str, said: str = "") -> str:
    """A circle; `said` becomes its title."""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.6">{_title(said)}</circle>'
    )


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 11, of: int = 1
) -> str:
    """One line of text at its baseline; `of` so many lines that are read as one sentence."""
    lines = f' data-lines="{of}"' if of > 1 else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}"{lines} text-anchor="{anchor}" '
        f'font-size="{number(size)}">{_words(words)}</text>'
    )


def marks(squares: list[tuple[float, float, float]]) -> str:
    """Many filled squares (centre x, centre y, side) as one path."""
    path = "".join(
        f"M{number(x - side / 2)} {number(y - side / 2)}h{(edge := number(side))}v{edge}h-{edge}z"
        for x, y, side in squares
    )
    return f'<path d="{path}" fill="{HUE}"/>'


def hatched(x: float, y: float, width: float, height: float, *, step: float = 5) -> str:
    """Slanting lines that fill a rectangle, as one path."""
    path, run = "", step / 2
    while run < width + height:
        foot = (x + max(0.0, run - height), y + min(height, run))
        head = (x + min(width, run), y + max(0.0, run - width))
        path += f"M{number(foot[0])} {number(foot[1])}L{number(head[0])} {number(head[1])}"
        run += step
    return f'<path d="{path}" stroke="#8a8a8a" stroke-width="0.9" fill="none"/>'


def _title(said: str) -> str:
    return f"<title>{_words(said)}</title>" if said else ""


def _words(text: str) -> str:
    return escape(printable(text))
