"""What bytes does each token id stand for? From tokenizer.json or GGUF, read as data.

Source: https://github.com/huggingface/tokenizers (models, decoders, pre_tokenizers). Three ways to
write bytes as text: the byte alphabet of GPT-2, SentencePiece's U+2581 for a space with `<0x0A>`
for single bytes, and WordPiece, where a word's first piece is the unmarked one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from filiation.errors import UnreadableError
from filiation.readers.bytes.parsing import read_object

__all__ = ["read_tokens", "spell_tokens"]

FILE_LIMIT = 1 << 26  # bytes
VOCABULARY_LIMIT = 2_000_000
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def read_tokens(path: Path | None) -> tuple[bytes, ...] | None:
    """The bytes of every id, empty for added tokens and ids without one; None without a file.

    Raises:
        UnreadableError: Not a tokenizer, or ids that are impossible.
    """
    if path is None:
        return None
    found = read_object(path, limit=FILE_LIMIT)
    model = found.get("model")
    if not isinstance(model, dict):
        raise UnreadableError(f"{path}: no model, expected a tokenizer; it is damaged")
    vocabulary = _vocabulary(model.get("vocab"), str(path))
    added = _added(found.get("added_tokens"), str(path))
    spell = _speller(found, model)
    tokens = [b""] * (max((*vocabulary, *added), default=-1) + 1)
    for number, text in vocabulary.items():
        tokens[number] = spell(text)
    for number in added:
        tokens[number] = b""
    return tuple(tokens)


def spell_tokens(
    model: str, texts: Sequence[bytes], types: Sequence[object] | None
) -> tuple[bytes, ...]:
    """The bytes of every id of a GGUF vocabulary; empty for all but ordinary and byte tokens.

    Args:
        model: `tokenizer.ggml.model`: gpt2 writes bytes by GPT-2's alphabet, the others pieces
            (WordPiece too: the converter drops `##` and marks the first pieces of words).
        texts: `tokenizer.ggml.tokens`, UTF-8.
        types: `tokenizer.ggml.token_type`; 1 is ordinary, 6 a byte.
    """
    spell = _spell_bytes if model == "gpt2" else _spell_pieces
    kinds = types if types is not None else [1] * len(texts)
    return tuple(
        spell(text.decode("utf-8", "surrogateescape")) if kind in (1, 6) else b""
        for text, kind in zip(texts, kinds, strict=True)
    )


def _vocabulary(vocab: object, what: str) -> dict[int, str]:
    """Id to text: a map from text (BPE, WordPiece) or a list of [text, weight] (Unigram)."""
    if isinstance(vocab, dict):
        pairs = list(vocab.items())
    elif isinstance(vocab, list):
        pairs = [
            (item[0] if isinstance(item, list) and item else None, n)
            for n, item in enumerate(vocab)
        ]
    else:
        raise UnreadableError(f"{what}: no vocabulary, expected one; the tokenizer is damaged")
    found: dict[int, str] = {}
    for text, number in pairs:
        if not isinstance(text, str):
            raise UnreadableError(f"{what}: token {number} is not text; the tokenizer is damaged")
        if _id(number, what) in found:
            raise UnreadableError(
                f"{what}: tokens {found[number]!a} and {text!a} both have id {number}, "
                "expected one each; the tokenizer is damaged"
            )
        found[number] = text
    return found


def _added(added: object, what: str) -> list[int]:
    if added is None:
        return []
    if not isinstance(added, list) or not all(isinstance(item, dict) for item in added):
        raise UnreadableError(f"{what}: added_tokens is not a list of objects; damaged")
    return [_id(item.get("id"), what) for item in added]


def _id(number: Any, what: str) -> int:
    if type(number) is not int or not 0 <= number < VOCABULARY_LIMIT:
        raise UnreadableError(
            f"{what}: a token has id {number!a:.40}, expected 0 to {VOCABULARY_LIMIT - 1}; "
            "the tokenizer is damaged"
        )
    return number


def _speller(found: dict[str, Any], model: dict[str, Any]) -> Callable[[str], bytes]:
    kinds = set(_kinds(found.get("pre_tokenizer"))) | set(_kinds(found.get("decoder")))
    if "ByteLevel" in kinds:
        return _spell_bytes
    prefix = model.get("continuing_subword_prefix")
    if model.get("type") == "WordPiece" or "WordPiece" in kinds:
        return _word_speller(prefix if isinstance(prefix, str) else "##")
    return _spell_pieces


def _kinds(part: object) -> Iterator[str]:
    """The types of a component and of those in it (a Sequence nests others)."""
    waiting = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(kind := node.get("type"), str):
                yield kind
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += node


def _spell_bytes(text: str) -> bytes:
    alphabet = _alphabet()
    if all(letter in alphabet for letter in text):
        return bytes(alphabet[letter] for letter in text)
    return _utf8(text)


def _spell_pieces(text: str) -> bytes:
    single = _BYTE.fullmatch(text)
    if single:
        return bytes([int(single[1], 16)])
    if text.endswith("</w>"):  # GPT-1, CLIP: the end of a word is marked, not its beginning
        text = text.removesuffix("</w>") + " "
    return _utf8(text.replace("\u2581", " "))


def _word_speller(prefix: str) -> Callable[[str], bytes]:
    def spell(text: str) -> bytes:
        inside = bool(prefix) and text.startswith(prefix)
        return _utf8(text.removeprefix(prefix) if inside else " " + text)

    return spell


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


@cache
def _alphabet() -> dict[str, int]:
    """GPT-2's letters for bytes: printable Latin-1 as itself, the others from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {
        chr(0x100 + n): byte for n, byte in enumerate(others)
    }
