"""Which token strings span the token frame, and what projection they give.

Every model picks its anchors by itself, by a rule that depends on token strings only, so that two
models with overlapping vocabularies mostly pick the same ones without knowing of each other.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import Gain, WeightView
from filiation.model.sketch import SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs

__all__ = ["TokenFrame", "gain_vector", "token_frame"]

Float32: TypeAlias = NDArray[np.float32]

FEWEST: Final = 64  # anchors without which the frame says too little
COMMON: Final = re.compile(rb" ?[A-Za-z]{1,4}")  # short words, which most vocabularies share
PREFIX: Final = 8  # bytes of SHA-256 by which a sketch names an anchor


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenFrame:
    """Projections of the residual stream onto what token strings mean to the model.

    Attributes:
        anchors: Prefixes of the SHA-256 of the anchor strings, sorted.
        numbers: Their ids in this model, in the same order.
        rows: int8 [anchors, width]: directions of their centred embeddings, in the same order.
        projections: Per side, float32 [width, columns]: how a vector that reads from (embeddings)
            or writes to (unembeddings) the stream is seen. Any rotation of the stream that also
            rotates the embeddings leaves a projected row unchanged.
        absent: Why there is no such frame, or None.
    """

    anchors: tuple[bytes, ...]
    numbers: tuple[int, ...]
    rows: NDArray[np.int8]
    projections: dict[Literal["reads", "writes"], Float32]
    absent: str | None


def token_frame(view: WeightView, method: SketchMethod) -> TokenFrame:
    """Choose the anchors of a model and read their embeddings."""
    layout, tokens = view.layout, view.tokens
    if tokens is None:
        return _without("no tokenizer.json beside the weights")
    if layout.embed is None:
        return _without("the input embeddings could not be told from the tensor names")
    rows_of = {  # the vocabulary runs along the rows, unless the tensor is stored transposed
        tensor.name: tensor.shape[1 if tensor.name in layout.transposed else 0]
        for tensor in view.tensors
        if tensor.name in (layout.embed, layout.unembed)
    }
    chosen = _choose(tokens, rows_of[layout.embed], method.anchors)
    if len(chosen) < FEWEST:
        return _without(f"only {len(chosen)} usable tokens, at least {FEWEST} are needed")
    strings = [tokens[i] for i in chosen]
    spread = np.concatenate(
        [signs(method.seed, "token", s, rows=1, columns=method.columns) for s in strings]
    )
    embedded = view.rows(layout.embed, chosen)
    projections: dict[Literal["reads", "writes"], Float32] = {"reads": _project(embedded, spread)}
    if layout.unembed is not None and max(chosen) < rows_of[layout.unembed]:
        rows = view.rows(layout.unembed, chosen) * gain_vector(view, layout.final_gain)
        projections["writes"] = _project(rows, spread)
    names = [_digest(s)[:PREFIX] for s in strings]
    order = sorted(range(len(names)), key=lambda i: names[i])
    centred = embedded - embedded.mean(axis=0, dtype=np.float64).astype(np.float32)
    return TokenFrame(
        anchors=tuple(names[i] for i in order),
        numbers=tuple(chosen[i] for i in order),
        rows=quantise(centred[order]),
        projections=projections,
        absent=None,
    )


def gain_vector(view: WeightView, gain: Gain | None) -> Float32:
    """The norm gains to multiply a residual axis with; 1 where there is none."""
    if gain is None:
        return np.ones(1, dtype=np.float32)
    return np.asarray(view.rows(gain.tensor, [0])[0] + np.float32(gain.offset))


def _choose(tokens: Sequence[bytes], rows: int, most: int) -> list[int]:
    """Ids of the anchors: short words first, then by digest; each string once."""
    first: dict[bytes, int] = {}
    for i, token in enumerate(tokens[:rows]):
        if token:
            first.setdefault(token, i)
    short = {token for token in first if COMMON.fullmatch(token)}
    ranked = sorted(short, key=_digest)
    if len(ranked) < most:  # else the others, which are most of a vocabulary, need no digest
        ranked += sorted(first.keys() - short, key=_digest)
    return [first[token] for token in ranked[:most]]


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _project(embeddings: Float32, spread: Float32) -> Float32:
    centred = embeddings.astype(np.float64) - embeddings.mean(axis=0, dtype=np.float64)
    return np.asarray(centred.T @ spread / np.sqrt(len(spread)), dtype=np.float32)


def _without(reason: str) -> TokenFrame:
    nothing = np.zeros((0, 0), dtype=np.int8)
    return TokenFrame(anchors=(), numbers=(), rows=nothing, projections={}, absent=reason)
