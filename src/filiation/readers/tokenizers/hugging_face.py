"""tokenizer.json: ids, spelling, and the order in which training made the tokens.

Source: https://github.com/huggingface/tokenizers (models/bpe, models/unigram, models/wordpiece).
A list of merges may name one token more than once (converted from SentencePiece, where every way to
join a piece is listed); its first place counts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.vocabulary import MOST_TOKENS, Algorithm
from filiation.readers.bytes.spelling import (
    Speller,
    alphabet_speller,
    piece_speller,
    word_speller,
)

__all__ = [
    "MOST_ITEMS",
    "Spelled",
    "Trained",
    "control_texts",
    "merged",
    "settings_of",
    "spelled",
    "trained",
]

MOST_ITEMS: Final = 8_000_000  # commas of a tokenizer in JSON; the largest published has 2,000,000
ALGORITHMS: Final[Mapping[str, Algorithm]] = {
    "BPE": "bpe", "Unigram": "unigram", "WordPiece": "wordpiece", "WordLevel": "wordpiece",
}  # fmt: skip
SETTINGS: Final = (("normalizer", "normaliser"), ("pre_tokenizer", "pre-tokeniser"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """What tokenizer.json says of its tokens.

    Attributes:
        ids: Text to id, as the file writes them; added tokens apart.
        tokens: The bytes of every id; empty for added tokens and for ids without one.
        added: Ids of added tokens.
    """

    ids: Mapping[str, int]
    tokens: tuple[bytes, ...]
    added: frozenset[int]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """In which order training made the tokens, by what the file says.

    Attributes:
        order: Ids, in that order; no added ones.
        algorithm: By the model's type.
        ranked: What the order was read from.
    """

    order: tuple[int, ...]
    algorithm: Algorithm
    ranked: str


def spelled(found: Mapping[str, Any], what: str) -> Spelled:
    """Read the object in tokenizer.json. `what` opens each sentence.

    Raises:
        UnreadableError: Not a tokenizer, or ids or merges that are impossible.
    """
    model = _model(found, what)
    ids = _ids(model.get("vocab"), what)
    added = [_id(item.get("id"), what) for item in _added(found, what)]
    spell = _speller(found, model)
    tokens = [b""] * (max((*ids.values(), *added), default=-1) + 1)
    for text, number in ids.items():
        tokens[number] = spell(text)
    for number in added:
        tokens[number] = b""
    return Spelled(ids=ids, tokens=tuple(tokens), added=frozenset(added))


def trained(found: Mapping[str, Any], read: Spelled, what: str) -> Trained:
    """Read the order of training from the same object.

    Raises:
        UnreadableError: Merges or scores that are impossible.
    """
    model = _model(found, what)
    order, ranked = _order(model, read.ids, what)
    return Trained(
        order=tuple(number for number in order if number not in read.added),
        algorithm=_algorithm(model),
        ranked=ranked,
    )


def merged(merges: object, ids: Mapping[str, int], what: str) -> list[int]:
    """The ids that merges make, each at its first place; those that can never happen make none.

    Args:
        merges: `"a b"` or `["a", "b"]` each.
        ids: Text to id.
        what: Opens each sentence.

    Raises:
        UnreadableError: No list of pairs, or a merge makes what is no token.
    """
    if not isinstance(merges, list):
        raise UnreadableError(f"{what}: no list of merges, expected one; the tokenizer is damaged")
    made: dict[int, None] = {}
    for merge in merges:
        pair = merge.split(" ") if isinstance(merge, str) else merge
        if not (_is_pair(pair)):
            raise UnreadableError(
                f"{what}: {merge!a:.60} among the merges, expected a pair of tokens; the tokenizer "
                "is damaged"
            )
        number = ids.get("".join(pair))
        if number is None:
            number = ids.get(pair[0] + pair[1].removeprefix("##"))
        if number is None:
            raise UnreadableError(
                f"{what}: the merge of {pair[0]!a:.30} and {pair[1]!a:.30} makes no token of the "
                "vocabulary; merges and vocabulary are not of one tokenizer"
            )
        if pair[0] in ids and (pair[1] in ids or f"##{pair[1]}" in ids):
            made.setdefault(number)  # a merge of what is no token never happens
    return list(made)


def control_texts(found: Mapping[str, Any], what: str) -> tuple[str, ...]:
    """The texts of added tokens, sorted."""
    texts = (item.get("content") for item in _added(found, what))
    return tuple(sorted({text for text in texts if isinstance(text, str)}))


def settings_of(found: Mapping[str, Any], template: str | None) -> tuple[tuple[str, str], ...]:
    """What the tokenizer does beside its vocabulary, by name."""
    said = [
        (name, json.dumps(found[key], sort_keys=True))
        for key, name in SETTINGS
        if found.get(key) is not None
    ]
    return (*said, *((("chat template", template),) if template else ()))


def _model(found: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    model = found.get("model")
    if not isinstance(model, dict):
        raise UnreadableError(f"{what}: no model, expected a tokenizer; it is damaged")
    return model


def _order(model: Mapping[str, Any], ids: Mapping[str, int], what: str) -> tuple[list[int], str]:
    algorithm = _algorithm(model)
    if algorithm == "bpe":
        return merged(model.get("merges"), ids, what), "merges"
    if algorithm == "unigram":
        vocab = model.get("vocab")
        return _by_score(vocab if isinstance(vocab, list) else [], what), "scores"
    return sorted(ids.values()), "ids"


def _by_score(vocab: Sequence[Any], what: str) -> list[int]:
    scores = [item[1] if isinstance(item, list) and len(item) == 2 else None for item in vocab]
    if not all(isinstance(score, int | float) and not isinstance(score, bool) for score in scores):
        raise UnreadableError(
            f"{what}: a piece without a score, expected [text, score] each; the file is damaged"
        )
    return sorted(range(len(scores)), key=lambda number: (-scores[number], number))  # type: ignore[operator]


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair)


def _algorithm(model: Mapping[str, Any]) -> Algorithm:
    said = model.get("type")
    if isinstance(said, str) and said in ALGORITHMS:
        return ALGORITHMS[said]
    if isinstance(model.get("merges"), list):
        return "bpe"
    return "unigram" if isinstance(model.get("vocab"), list) else "wordpiece"


def _ids(vocab: object, what: str) -> dict[str, int]:
    """Text to id: a map from text (BPE, WordPiece) or a list of [text, weight] (Unigram)."""
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
    return {text: number for number, text in found.items()}


def _added(found: Mapping[str, Any], what: str) -> Sequence[Mapping[str, Any]]:
    added = found.get("added_tokens")
    if added is None:
        return ()
    if not isinstance(added, list) or not all(isinstance(item, dict) for item in added):
        raise UnreadableError(f"{what}: added_tokens is not a list of objects; damaged")
    return added


def _id(number: Any, what: str) -> int:
    if type(number) is not int or not 0 <= number < MOST_TOKENS:
        raise UnreadableError(
            f"{what}: a token has id {number!a:.40}, expected 0 to {MOST_TOKENS - 1}; "
            "the tokenizer is damaged"
        )
    return number


def _speller(found: Mapping[str, Any], model: Mapping[str, Any]) -> Speller:
    kinds = set(_kinds(found.get("pre_tokenizer"))) | set(_kinds(found.get("decoder")))
    if "ByteLevel" in kinds:
        return alphabet_speller
    prefix = model.get("continuing_subword_prefix")
    if model.get("type") == "WordPiece" or "WordPiece" in kinds:
        return word_speller(prefix if isinstance(prefix, str) else "##")
    return piece_speller


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
