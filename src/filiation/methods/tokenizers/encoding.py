"""Into how many tokens does a tokenizer cut a text?

Byte-pair encoding from a vocabulary alone: neighbours are merged whose union was made first, as
training made it. Byte-level tokenizers merge bytes within the pieces of their pattern; those of
SentencePiece merge characters of the whole text, and what they do not know falls into bytes. A
unigram model needs scores that a vocabulary does not keep, WordPiece a list of rules of its own:
neither is encoded with. Checked against the `tokenizers` wheel on published files, which would run
patterns that come with a file.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

from filiation.methods.tokenizers.splitting import KNOWN_SPLITS, known_splitter, splitter_of
from filiation.model.vocabulary import Vocabulary

__all__ = ["Encoder", "encoders_of"]

PLAIN: Final = ("", "identity", '{"normalizers": [], "type": "Sequence"}', '{"type": "NFC"}')
SPACES: Final = {"Replace", "Prepend"}  # normalisers that only write spaces as SentencePiece does


@final
@dataclass(frozen=True, kw_only=True)
class Encoder:
    """One tokenizer that can be counted with.

    Attributes:
        name: What reports call it.
        vocabulary: Its tokens and the order in which they were made.
        cut: How it cuts texts first, by name; `whole` for SentencePiece.
    """

    name: str
    vocabulary: Vocabulary
    cut: str

    @cached_property
    def _ranks(self) -> dict[bytes, int]:
        return {token: rank for rank, token in reversed([*enumerate(self.vocabulary.made)])}

    @cached_property
    def _known(self) -> frozenset[bytes]:
        return frozenset(self.vocabulary.tokens)

    def count(self, text: str) -> int:
        """Tokens of a text, without any mark of beginning or end."""
        if self.cut == "whole":
            merged = _merged([c.encode() for c in text], self._ranks)
            return sum(1 if token in self._known else len(token) for token in merged)
        pieces = (piece.encode() for piece in known_splitter(self.cut)(text))
        return sum(
            1 if piece in self._ranks else len(self._bytes_merged(piece)) for piece in pieces
        )

    def _bytes_merged(self, piece: bytes) -> list[bytes]:
        return _merged([piece[n : n + 1] for n in range(len(piece))], self._ranks)


def encoders_of(name: str, vocabulary: Vocabulary) -> tuple[list[Encoder], str]:
    """The encoders that a vocabulary gives, or why it gives none.

    Ranks without a pattern (`.tiktoken`) give one for every known way to cut.
    """
    if vocabulary.algorithm != "bpe":
        return [], f"a {vocabulary.algorithm} model, which is not encoded with here"
    settings = dict(vocabulary.settings)
    cut = settings.get("pre-tokeniser", "")
    if vocabulary.ranked == "ranks" and not cut:
        return [
            Encoder(name=f"{name} (cut as {way})", vocabulary=vocabulary, cut=way)
            for way in KNOWN_SPLITS
        ], ""
    normaliser = settings.get("normaliser", "")
    byte_level = "ByteLevel" in cut or vocabulary.ranked == "ranks"
    if byte_level:
        known = splitter_of(vocabulary.setting("pre-tokeniser"))
        if known is None or normaliser not in PLAIN:
            return [], "it cuts or normalises texts in a way that is not known here"
        return [Encoder(name=name, vocabulary=vocabulary, cut=known[0])], ""
    told = vocabulary.setting("normaliser"), vocabulary.setting("pre-tokeniser")
    if not (normaliser in PLAIN or _only_spaces(told[0])) or not _never_cuts(told[1]):
        return [], "it cuts or normalises texts in a way that is not known here"
    return [Encoder(name=name, vocabulary=vocabulary, cut="whole")], ""


def _only_spaces(found: object) -> bool:
    parts = found.get("normalizers", [found]) if isinstance(found, dict) else [None]
    return isinstance(parts, list) and all(
        isinstance(part, dict) and part.get("type") in SPACES for part in parts
    )


def _never_cuts(found: object) -> bool:
    """No cut at all, or one at spaces that the normaliser has already replaced."""
    if not found:
        return True
    return isinstance(found, dict) and (
        (found.get("type") == "Metaspace" and found.get("split") is False)
        or (found.get("type") == "Split" and found.get("pattern") == {"String": " "})
    )


def _merged(parts: Iterable[bytes], ranks: dict[bytes, int]) -> list[bytes]:
    """Merge the neighbours of least rank, the first of equals, until none is left to merge."""
    tokens: list[bytes | None] = list(parts)
    after = list(range(1, len(tokens) + 1))
    before = list(range(-1, len(tokens) - 1))
    waiting: list[tuple[int, int, bytes]] = []

    def offer(at: int) -> None:
        if at >= 0 and after[at] < len(tokens):
            left, right = tokens[at], tokens[after[at]]
            if left is not None and right is not None and left + right in ranks:
                heapq.heappush(waiting, (ranks[left + right], at, left + right))

    for at in range(len(tokens)):
        offer(at)
    while waiting:
        _, at, union = heapq.heappop(waiting)
        left, right = tokens[at], tokens[after[at]] if after[at] < len(tokens) else None
        if left is None or right is None or left + right != union:
            continue  # one of the two was merged with another
        tokens[at], gone = union, after[at]
        tokens[gone], after[at] = None, after[gone]
        if after[at] < len(tokens):
            before[after[at]] = at
        offer(before[at])
        offer(at)
    return [token for token in tokens if token is not None]
