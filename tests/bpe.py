"""Tokenizers trained here: an invented language, and a trainer of byte pairs in a few lines."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from filiation.model.vocabulary import Vocabulary

__all__ = ["Merges", "language", "merges", "text", "vocabulary"]

Merges = list[tuple[bytes, bytes]]


def language(seed: int, words: int = 2_500) -> list[bytes]:
    """Words of an invented language, the most frequent first; languages share their letters."""
    rng = np.random.default_rng([seed, 77])
    weights = rng.dirichlet(np.full(20, 0.6))
    letters = np.frombuffer(b"aeioubdfghklmnprstvw", dtype=np.uint8)
    found: dict[bytes, None] = {}
    while len(found) < words:
        size = 2 + int(rng.geometric(0.22))
        found[rng.choice(letters, size=min(size, 14), p=weights).tobytes()] = None
    return list(found)


def text(words: Sequence[bytes], seed: int, tokens: int = 60_000) -> Counter[bytes]:
    """How often each word stands in one text of that language."""
    rng = np.random.default_rng([seed, 78])
    shares = 1.0 / np.arange(3, len(words) + 3)
    counts = rng.multinomial(tokens, shares / shares.sum())
    return Counter({word: int(n) for word, n in zip(words, counts, strict=True) if n})


def merges(counts: Mapping[bytes, int], size: int, *, space: bool = True) -> Merges:
    """Train: the most frequent pair first, ties by the pair itself. `space` marks beginnings."""
    pieces = {(b" " if space else b"") + word: n for word, n in counts.items()}
    split = {word: [word[i : i + 1] for i in range(len(word))] for word in pieces}
    pairs: Counter[tuple[bytes, bytes]] = Counter()
    where: dict[tuple[bytes, bytes], set[bytes]] = defaultdict(set)
    for word, parts in split.items():
        for pair in pairwise(parts):
            pairs[pair] += pieces[word]
            where[pair].add(word)
    made: Merges = []
    while len(made) < size and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[best] < 2:
            break
        made.append(best)
        for word in sorted(where.pop(best)):
            parts = split[word]
            for pair in pairwise(parts):
                pairs[pair] -= pieces[word]
            joined = _joined(parts, best)
            split[word] = joined
            for pair in pairwise(joined):
                pairs[pair] += pieces[word]
                where[pair].add(word)
        del pairs[best]
    return made


def _joined(parts: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
    found: list[bytes] = []
    at = 0
    while at < len(parts):
        both = at + 1 < len(parts) and (parts[at], parts[at + 1]) == pair
        found.append(parts[at] + parts[at + 1] if both else parts[at])
        at += 2 if both else 1
    return found


def vocabulary(
    name: str, tokens: Sequence[bytes], order: Sequence[int] | None = None
) -> Vocabulary:
    """Single bytes and then these tokens; made in this order, or as they stand."""
    unique = list(dict.fromkeys(tokens))
    whole = (*(bytes([n]) for n in range(256)), *unique)
    return Vocabulary(
        name=name,
        tokens=whole,
        order=tuple(256 + n for n in (order if order is not None else range(len(unique)))),
        algorithm="bpe",
        ranked="merges",
    )
