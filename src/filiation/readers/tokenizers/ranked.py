"""Ranks as files: tiktoken's lines of base64 and rank, and Mistral's tekken.json.

Sources: https://github.com/openai/tiktoken/blob/main/tiktoken/load.py,
https://github.com/mistralai/mistral-common (tokens/tokenizers/tekken.py). A rank is the place of a
token in the order of merging; tekken's ids are ranks shifted by its control tokens.
"""

import base64
import binascii
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.model.vocabulary import MOST_TOKENS, Vocabulary

__all__ = ["is_ranks", "open_ranks", "tekken"]

LARGEST: Final = 1 << 27  # bytes


def is_ranks(head: bytes) -> bool:
    """Whether a file begins as tiktoken's do: base64, a space, a number."""
    line = head.partition(b"\n")[0].split(b" ")
    if len(line) != 2 or not line[1].strip().isdigit():
        return False
    try:
        return bool(base64.b64decode(line[0], validate=True))
    except binascii.Error:
        return False


def open_ranks(path: Path, name: str) -> Vocabulary:
    """Read a `.tiktoken` file.

    Raises:
        UnreadableError: A line that is none, a token or a rank twice, or too large.
    """
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UnreadableError(f"{path}: more than {LARGEST} bytes, expected ranks of tokens")
    return _vocabulary(str(path), name, dict(_unique(_lines(raw, path), str(path))), shift=0)


def tekken(found: Mapping[str, Any], what: str, name: str) -> Vocabulary:
    """The vocabulary in the object of a tekken.json.

    Raises:
        UnreadableError: A token or a rank that cannot be.
    """
    config = found.get("config")
    config = config if isinstance(config, dict) else {}
    listed = found.get("vocab")
    if not isinstance(listed, list):
        raise UnreadableError(f"{what}: no list of tokens, expected one; the tokenizer is damaged")
    ranks = dict(_unique(_entries(listed, what), what))
    shift, size = config.get("default_num_special_tokens"), config.get("default_vocab_size")
    shift = shift if type(shift) is int and 0 <= shift < MOST_TOKENS else 0
    if type(size) is int and size > shift:  # the rest is cut off when the file is loaded
        ranks = {rank: token for rank, token in ranks.items() if rank < size - shift}
    special = found.get("special_tokens")
    texts = (
        [item.get("token_str") for item in special if isinstance(item, dict)]
        if isinstance(special, list)
        else []
    )
    pattern = config.get("pattern")
    return _vocabulary(
        what,
        name,
        ranks,
        shift=shift,
        control=tuple(sorted({text for text in texts if isinstance(text, str)})),
        settings=(("pre-tokeniser", pattern),) if isinstance(pattern, str) else (),
    )


def _vocabulary(
    what: str,
    name: str,
    ranks: Mapping[int, bytes],
    *,
    shift: int,
    control: tuple[str, ...] = (),
    settings: tuple[tuple[str, str], ...] = (),
) -> Vocabulary:
    if not ranks:
        raise UnreadableError(f"{what}: no tokens, expected ranks of tokens; the file is damaged")
    tokens = [b""] * (max(ranks) + shift + 1)
    for rank, token in ranks.items():
        tokens[rank + shift] = token
    return Vocabulary(
        name=name,
        tokens=tuple(tokens),
        order=tuple(rank + shift for rank in sorted(ranks)),
        algorithm="bpe",
        ranked="ranks",
        control=control,
        settings=settings,
    )


def _lines(raw: bytes, path: Path) -> Iterator[tuple[int, bytes]]:
    for number, ended in enumerate(io.BytesIO(raw), 1):
        if not (line := ended.rstrip(b"\r\n")):
            continue
        parts = line.split()
        try:
            token, rank = base64.b64decode(parts[0], validate=True), int(parts[1])
        except (binascii.Error, ValueError, IndexError) as error:
            raise UnreadableError(
                f"{path}: line {number} is {line[:40]!a}, expected base64 and a rank"
            ) from error
        yield rank, token


def _entries(listed: list[Any], what: str) -> Iterator[tuple[int, bytes]]:
    for item in listed:
        rank, text = (item.get("rank"), item.get("token_bytes")) if isinstance(item, dict) else (
            None, None,
        )  # fmt: skip
        try:
            token = base64.b64decode(text, validate=True) if isinstance(text, str) else None
        except binascii.Error:
            token = None
        if token is None or type(rank) is not int:
            raise UnreadableError(
                f"{what}: {item!a:.60} among the tokens, expected rank and token_bytes; damaged"
            )
        yield rank, token


def _unique(pairs: Iterator[tuple[int, bytes]], what: str) -> Iterator[tuple[int, bytes]]:
    ranks: set[int] = set()
    tokens: set[bytes] = set()
    for rank, token in pairs:
        if not 0 <= rank < MOST_TOKENS:
            raise UnreadableError(
                f"{what}: rank {rank}, expected 0 to {MOST_TOKENS - 1}; no tokenizer has so many"
            )
        if rank in ranks or token in tokens:
            raise UnreadableError(
                f"{what}: token {token[:20]!a} of rank {rank}: the token or its rank stands twice, "
                "expected once; the tokenizer is damaged"
            )
        ranks.add(rank)
        tokens.add(token)
        yield rank, token
