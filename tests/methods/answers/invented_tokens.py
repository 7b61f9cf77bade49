"""Invented models with an unembedding: contexts and frequencies shared, the rest their own."""

from dataclasses import dataclass

import numpy as np

from filiation.model.recording import Item, Recording
from filiation.model.tokens import TokenLogprob

WORDS = tuple(f" w{n}" for n in range(80))
WIDTH = 12
LEARNT = 0.6  # how much of the next token the text itself says


@dataclass(frozen=True)
class Invented:
    """An unembedding [tokens, width] and a map from contexts to hidden states [24, width]."""

    name: str
    unembedding: np.ndarray
    reading: np.ndarray


def model(name: str, seed: int, *, width: int = WIDTH) -> Invented:
    """A model that learnt the same frequencies and something of the same text as all others."""
    common, own = np.random.default_rng(5), np.random.default_rng([seed, 9])
    frequency = common.normal(size=len(WORDS))
    meaning = common.normal(size=(len(WORDS), 8))
    unembedding = own.normal(size=(len(WORDS), width))
    unembedding[:, 0] = frequency
    unembedding[:, 1:5] += LEARNT * 2.0 * meaning[:, :4]
    reading = 0.4 * own.normal(size=(24, width))
    reading[:4, 1:5] += LEARNT * 2.0 * np.eye(4)
    return Invented(name, unembedding, reading)


def child(parent: Invented, name: str, seed: int, drift: float) -> Invented:
    rng = np.random.default_rng([seed, 11])
    return Invented(
        name,
        parent.unembedding + drift * rng.normal(size=parent.unembedding.shape),
        parent.reading + drift * rng.normal(size=parent.reading.shape),
    )


def student(teacher: Invented, name: str, seed: int, share: float) -> Invented:
    """Wider, of another initialisation and space, but it learnt part of how the teacher reads."""
    own = model(name, seed, width=4 * WIDTH)
    reading = (1 - share) * own.reading
    target = share * teacher.reading @ teacher.unembedding.T
    mapped = target @ np.linalg.pinv(own.unembedding.T)
    return Invented(name, own.unembedding, reading + mapped)


def ask(asked: Invented, places: int = 120, *, top: int = 0, digits: int = 9) -> Recording:
    """Its log-probabilities after the same contexts."""
    contexts = np.random.default_rng(21).normal(size=(places, 24))
    hidden = contexts @ asked.reading
    hidden[:, 0] = 1.0
    logits = hidden @ asked.unembedding.T
    spread = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    rows = []
    for row in spread.round(digits):
        order = np.argsort(-row, kind="stable")[: top or None].tolist()
        pairs = tuple((WORDS[n], min(0.0, float(row[n]))) for n in order)
        rows.append((TokenLogprob(token=pairs[0][0], logprob=pairs[0][1], alternatives=pairs),))
    return Recording(
        name=asked.name,
        items=tuple(Item(id=f"q{n}", prompt=f"context {n}") for n in range(places)),
        outputs=tuple(row[0].token for row in rows),
        logprobs=tuple(rows),
    )


def crowd(seed: int, count: int, **asking: int) -> list[Recording]:
    return [ask(model(f"m{n}", 1000 * seed + n), **asking) for n in range(count)]
