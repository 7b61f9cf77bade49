"""Models that were trained once and are kept: five hundred to a file, in half precision."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from size.shape import EMBED, TINY, WIDE, Shape
from size.starts import STARTS
from size.text import Chain, chain

__all__ = [
    "IN_FILE",
    "KINDS",
    "TEXTS",
    "Course",
    "Stack",
    "course",
    "file_of",
    "folder",
    "form",
    "models",
    "text",
]

Stack: TypeAlias = Mapping[str, NDArray[np.float32]]
"""Names to [models, ...]."""

IN_FILE: Final = 500
TEXTS: Final = 20_000
LANGUAGE: Final = 0
KINDS: Final = (*list(STARTS)[:15], "wide", *list(STARTS)[15:])  # later kinds leave seeds alone


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How they are trained.

    Attributes:
        steps: Of AdamW.
        rate: Its peak; a cosine falls from it to a tenth.
        batch: Windows of text a step.
        order: Seed of the batches.
        frozen: Tensors that are not trained.
    """

    steps: int = 160
    rate: float = 2e-2
    batch: int = 8
    order: int = 0
    frozen: frozenset[str] = frozenset()


LONG, SHORT, FROZEN = Course(steps=80), Course(steps=50), frozenset({EMBED})


def folder() -> Path:
    """In the user's cache, beside the casebook's texts."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "filiation" / "size"


def text(tokens: int = TINY.vocabulary) -> Chain:
    """The one language that all of them learn."""
    return chain(LANGUAGE, tokens)


def course(kind: str) -> Course:
    """Plain ones are trained twice as long as those that begin oddly."""
    if kind == "shared frozen table":
        return Course(steps=SHORT.steps, frozen=FROZEN)
    return LONG if kind == "plain" else SHORT


def form(kind: str) -> Shape:
    """Streams of 128 for one kind, of 32 for the others."""
    return WIDE if kind == "wide" else TINY


def models(kind: str, count: int) -> Iterator[Stack]:
    """The first `count` models of a kind that are there, a file at a time."""
    for first in range(0, count, IN_FILE):
        path = file_of(kind, first)
        if not path.exists():
            return
        with np.load(path) as kept:
            yield {n: kept[n][: count - first].astype(np.float32) for n in kept.files}


def file_of(kind: str, first: int) -> Path:
    """Where models of a kind from this one on are kept."""
    name = kind.replace(" ", "-").replace(".", "")
    return folder() / f"{name}-{first:05}.npz"
