"""Heads that began at nought, and heads that began at random: are they told apart alone?

Of strangers of one text: how unevenly the directions of a head fall off, how alike the heads of
pairs lie and where the limit is, and what whole examinations of these pairs end in.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from filiation.methods.weights.tables_alike import limit_of, turned
from filiation.methods.weights.tables_taught import UNEVEN, unevenness
from size.concluded import concluded
from size.farm import train
from size.pairs import together
from size.shape import HEAD, TINY, WIDE, Shape
from size.starts import stacked
from size.store import SHORT, TEXTS, Course, Stack, text

__all__ = ["heads"]

FIRST: Final = 50_000_000  # seed, of no other kind
MOST: Final = 512  # tokens that a sketch keeps
STRINGS: Final = 169  # tokens that have a name here, without which nothing is examined
MANY: Final = Shape(width=64, hidden=128, vocabulary=512)
SHAPES: Final[tuple[tuple[Shape, Course], ...]] = (
    (TINY, SHORT),
    (WIDE, SHORT),
    (Shape(width=64, hidden=128, vocabulary=128), SHORT),
    (MANY, Course()),
)


def heads(count: int) -> Iterator[str]:
    """So many pairs of each form, one line each."""
    yield f"uneven beyond {UNEVEN}: taught by the text, and nothing else"
    for shape, course in SHAPES:
        for kind in ("plain", "mup"):
            models = _trained(kind, shape, course, 2 * count)
            rows = models[HEAD]
            uneven = [unevenness(one[:MOST]) for one in rows]
            alike = [turned(rows[n][:MOST], rows[n + 1][:MOST]) for n in range(0, 2 * count, 2)]
            limit = limit_of("head/id", min(MOST, shape.vocabulary))
            yield (
                f"{kind:<6}{shape.vocabulary:>4} tokens, {shape.width:>3} axes: "
                f"uneven {min(uneven):.2f} to {max(uneven):.2f}, "
                f"alike {min(alike):.2f} to {max(alike):.2f} (limit {limit:.2f})"
                f"{_ends(models, shape)}"
            )


def _ends(models: Stack, shape: Shape) -> str:
    if shape.vocabulary > STRINGS:
        return ""
    ends = Counter(concluded(pair) for pair in together(models, shape))
    return ": " + ", ".join(f"{n} {what}" for what, n in ends.most_common())


def _trained(kind: str, shape: Shape, course: Course, count: int) -> Stack:
    """Models of a kind, as they are stored."""
    windows = text(shape.vocabulary).windows(TEXTS, shape.window + 1, 1)
    born = stacked(kind, shape, range(FIRST, FIRST + count))
    made = train(shape, born, windows, course)
    return {name: x.astype(np.float16).astype(np.float32) for name, x in made.items()}
