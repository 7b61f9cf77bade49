"""What was measured in an exhibit, in rows: shapes of a model, tokens, answers."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from filiation.model.architecture import Architecture
from filiation.model.recording import Recording
from filiation.model.sketch import Sketch
from filiation.model.vocabulary import Vocabulary
from filiation.report.wording.figures import clean

__all__ = ["architecture_rows", "recording_rows", "sketch_rows", "tokens_rows"]

LONGEST: Final = 300  # characters of a setting
Rows = Iterator[tuple[str, str, str]]  # what, as files state it, as it was measured


def sketch_rows(sketch: Sketch) -> Rows:
    """The architecture as the tensors show it, whatever a configuration says."""
    yield "layout", "", f"{sketch.family}{', roles guessed from shapes' if sketch.guessed else ''}"
    yield "tensors", "", f"{len(sketch.tensors):,}"
    values = 0
    for tensor in sketch.tensors:
        count = 1
        for length in tensor.shape:
            count *= length
        values += count
    yield "stored values", "", f"{values:,}"
    types = Counter(tensor.dtype for tensor in sketch.tensors)
    yield (
        "types",
        "",
        ", ".join(f"{clean(name)} ({count:,})" for name, count in types.most_common()),
    )
    yield "layers", "", f"{len(sketch.layers):,}"
    units = Counter(layer.units for layer in sketch.layers)
    yield (
        "units of a layer",
        "",
        ", ".join(f"{n:,} ({of:,} layers)" for n, of in units.most_common(6)),
    )
    widths = sorted({rows.width for layer in sketch.layers for rows in layer.roles.values()})
    yield "width", "", ", ".join(f"{width:,}" for width in widths[:6]) or "not known"
    heads = sorted({(one.heads, one.groups) for one in sketch.deep if one.heads})
    if heads:
        yield "heads", "", ", ".join(f"{n} in {of} groups" for n, of in heads[:6])


def tokens_rows(found: Vocabulary) -> Rows:
    """A tokenizer as its files list it: what it says of itself, and what its list holds."""
    yield "trained as", found.algorithm, f"order by {found.ranked}"
    held = sum(1 for token in found.tokens if token)
    yield "ids", "", f"{len(found.tokens):,}, of which {held:,} stand for bytes"
    yield "control tokens", "", f"{len(found.control):,}"
    for name, said in found.settings:
        yield name, clean(said)[:LONGEST], ""
    if found.unread:
        yield "not read", "", clean(found.unread)


def architecture_rows(found: Architecture) -> Rows:
    """Choices as the configuration states them, beside what the shapes of tensors show."""
    stated, seen = dict(found.stated), dict(found.seen)
    for name in dict.fromkeys((*stated, *seen)):
        yield name, clean(stated.get(name, "")), clean(seen.get(name, ""))
    for said in found.unread:
        yield "not read", "", clean(said)


def recording_rows(found: Recording) -> Rows:
    """Answers, counted."""
    yield "items", "", f"{len(found.items):,}"
    yield "answers", "", f"{sum(one is not None for one in found.finished):,}"
