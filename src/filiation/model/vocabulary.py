"""Vocabulary: what a tokenizer knows, as bytes, in whatever file it came."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias, final

from filiation.errors import UnreadableError

__all__ = ["MOST_TOKENS", "Algorithm", "Vocabulary"]

MOST_TOKENS: Final = 2_000_000  # the largest published vocabularies have some 300,000

Algorithm: TypeAlias = Literal["bpe", "unigram", "wordpiece"]


@final
@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Every token as the bytes it stands for, and the order in which training made them.

    Attributes:
        name: What reports call the model.
        tokens: The bytes of every id; empty for ids without a token of their own (control tokens,
            holes).
        order: Ids in the order in which training made their tokens: by merge, by rank, by score.
        algorithm: How it was trained, by what the file says.
        ranked: Where `order` comes from, in words: "merges", "ranks", "scores", "ids".
        control: Texts of control tokens (`<s>`, `<|im_start|>`), sorted.
        settings: What the tokenizer does beside its vocabulary, as canonical JSON or text by name:
            `normaliser`, `pre-tokeniser`, `chat template`.
        unread: Why nothing of it could be read; empty if it could.
    """

    name: str
    tokens: tuple[bytes, ...]
    order: tuple[int, ...]
    algorithm: Algorithm
    ranked: str
    control: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    unread: str = ""

    def __post_init__(self) -> None:
        if len(self.tokens) > MOST_TOKENS:
            raise UnreadableError(
                f"{self.name}: {len(self.tokens):,} ids, expected at most {MOST_TOKENS:,}; no "
                "tokenizer has so many"
            )
        if len({*self.order}) < len(self.order):
            raise UnreadableError(
                f"{self.name}: a token stands twice in the order in which tokens were made, "
                "expected once; the tokenizer is damaged"
            )

    def setting(self, name: str) -> object:
        """A setting as JSON has it; as text where it is none, empty where there is none."""
        said = dict(self.settings).get(name, "")
        try:
            return json.loads(said)
        except ValueError:
            return said

    def lines(self) -> Iterator[str]:
        """The content without the name, as lines of JSON; the digest is over these."""
        yield json.dumps(
            {
                "algorithm": self.algorithm,
                "ranked": self.ranked,
                "control": self.control,
                "settings": self.settings,
                **({"unread": self.unread} if self.unread else {}),
            },
            sort_keys=True,
        )
        yield json.dumps([token.hex() for token in self.tokens])
        yield json.dumps(self.order)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `lines`."""
        return hashlib.sha256("\n".join(self.lines()).encode()).hexdigest()

    @property
    def order_from(self) -> str:
        """What the order was read from, in the words of a report."""
        return "weights of pieces" if self.ranked == "scores" else self.ranked

    @property
    def made(self) -> tuple[bytes, ...]:
        """Tokens in the order in which training made them."""
        return tuple(self.tokens[number] for number in self.order)
