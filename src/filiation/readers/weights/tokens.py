"""What bytes does each token id of a checkpoint's table stand for? From tokenizer.json or GGUF."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filiation.readers.bytes.parsing import read_object
from filiation.readers.bytes.spelling import alphabet_speller, piece_speller
from filiation.readers.tokenizers.hugging_face import MOST_ITEMS, spelled

__all__ = ["read_tokens", "spell_tokens"]

FILE_LIMIT: Final = 1 << 26  # bytes
SPELT: Final = (1, 6)  # types of GGUF's tokens: ordinary ones and bytes


def read_tokens(path: Path | None) -> tuple[bytes, ...] | None:
    """The bytes of every id, empty for added tokens and ids without one; None without a file.

    Raises:
        UnreadableError: Not a tokenizer, or ids that are impossible.
    """
    if path is None:
        return None
    return spelled(read_object(path, limit=FILE_LIMIT, items=MOST_ITEMS), str(path)).tokens


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
    spell = alphabet_speller if model == "gpt2" else piece_speller
    kinds = types if types is not None else [1] * len(texts)
    return tuple(
        spell(text.decode("utf-8", "surrogateescape")) if kind in SPELT else b""
        for text, kind in zip(texts, kinds, strict=True)
    )
