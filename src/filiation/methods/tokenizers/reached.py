"""Which tokens does a vocabulary's own order never make? Glitch tokens, by merging alone.

A text is cut into bytes (characters, where every token is text), and the two neighbours that join
to the earliest token are joined, again and again: so do tiktoken, tekken and SentencePiece's BPE,
and merges wherever each token has one. A token of which its own text ends in several others comes
out of no text. How text is split before that is not run: an expression of a stranger never is.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from filiation.model.vocabulary import Vocabulary

__all__ = ["LONGEST", "unreached"]

LONGEST: Final = 128  # bytes of a token that is tried; joining takes its square
MOST: Final = 400_000  # tokens that are tried, the earliest first


def unreached(vocabulary: Vocabulary) -> tuple[bytes, ...]:
    """Tokens whose own text is never encoded as them, in the order of training.

    Returns:
        None of a vocabulary that is no BPE: its order alone does not say how text is cut.
    """
    if vocabulary.algorithm != "bpe":
        return ()
    made = dict.fromkeys(vocabulary.made[:MOST])
    rank = {token: place for place, token in enumerate(made)}
    texts = all(_is_text(token) for token in made)
    return tuple(
        token
        for token in made
        if 1 < len(token) <= LONGEST and len(_joined([*_parts(token, texts)], rank)) > 1
    )


def _joined(parts: list[bytes], rank: dict[bytes, int]) -> list[bytes]:
    """What is left once no two neighbours join to a token."""
    never = len(rank)
    while len(parts) > 1:
        ranks = [rank.get(one + other, never) for one, other in pairwise(parts)]
        least = min(ranks)
        if least == never:
            break
        at = ranks.index(least)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


def _parts(token: bytes, texts: bool) -> Iterator[bytes]:
    if texts:
        yield from (letter.encode() for letter in token.decode())
    else:
        yield from (token[n : n + 1] for n in range(len(token)))


def _is_text(token: bytes) -> bool:
    try:
        token.decode()
    except UnicodeDecodeError:
        return False
    return True
