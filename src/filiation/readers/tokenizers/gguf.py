"""The tokenizer in the metadata of a GGUF file.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (tokenizer.ggml.*).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.vocabulary import Algorithm, Vocabulary
from filiation.readers.bytes.spelling import alphabet_speller, piece_speller
from filiation.readers.tokenizers.hugging_face import merged
from filiation.readers.weights.gguf import open_gguf

__all__ = ["open_in_gguf"]

_ALGORITHMS: Final[Mapping[str, Algorithm]] = {
    "gpt2": "bpe", "llama": "bpe", "t5": "unigram", "bert": "wordpiece",
}  # fmt: skip
_ORDINARY, _BYTE = 1, 6  # types of tokens


def open_in_gguf(path: Path, name: str) -> Vocabulary:
    """Read the vocabulary of a GGUF model.

    Raises:
        UnreadableError: There is none, or it contradicts itself.
    """
    said = open_gguf(path).metadata
    texts, kind = said.get("tokenizer.ggml.tokens"), said.get("tokenizer.ggml.model")
    if not isinstance(texts, list) or not isinstance(kind, str) or kind not in _ALGORITHMS:
        raise UnreadableError(
            f"{path}: tokenizer {kind!a:.40}, expected one of {', '.join(_ALGORITHMS)} with its "
            "tokens; no other is read"
        )
    if not all(isinstance(text, bytes) for text in texts):
        raise UnreadableError(f"{path}: tokenizer.ggml.tokens is no list of texts; damaged")
    types = said.get("tokenizer.ggml.token_type", [_ORDINARY] * len(texts))
    if not isinstance(types, list) or len(types) != len(texts):
        raise UnreadableError(
            f"{path}: {len(texts)} tokens and another number of their types; damaged"
        )
    words = [text.decode("utf-8", "surrogateescape") for text in texts]
    spell = alphabet_speller if kind == "gpt2" else piece_speller
    order, ranked = _order(said, words, types, str(path))
    pre = said.get("tokenizer.ggml.pre")
    template = said.get("tokenizer.chat_template")
    given = (("pre-tokeniser", pre), ("chat template", _text(template)))
    return Vocabulary(
        name=name,
        tokens=tuple(
            spell(word) if t in (_ORDINARY, _BYTE) else b""
            for word, t in zip(words, types, strict=True)
        ),
        order=tuple(n for n in order if types[n] == _ORDINARY),
        algorithm=_ALGORITHMS[kind],
        ranked=ranked,
        control=tuple(
            sorted({w for w, t in zip(words, types, strict=True) if t not in (_ORDINARY, _BYTE)})
        ),
        settings=tuple((key, text) for key, text in given if isinstance(text, str) and text),
    )


def _text(said: object) -> str | None:
    if isinstance(said, bytes):
        return said.decode("utf-8", "replace")
    return said if isinstance(said, str) else None


def _order(
    said: Mapping[str, Any], words: list[str], types: list[Any], what: str
) -> tuple[list[int], str]:
    """Ids in the order of training, and what it was read from."""
    merges, scores = said.get("tokenizer.ggml.merges"), said.get("tokenizer.ggml.scores")
    if isinstance(merges, list):
        ids = {word: number for number, word in enumerate(words)}
        pairs = [
            merge.decode("utf-8", "surrogateescape") if isinstance(merge, bytes) else merge
            for merge in merges
        ]
        return merged(pairs, ids, what), "merges"
    if isinstance(scores, list) and len(scores) == len(words):
        return sorted(range(len(words)), key=lambda n: (-scores[n], n)), "scores"
    return list(range(len(words))), "ids"
