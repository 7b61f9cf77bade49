"""SentencePiece models: a protocol buffer of pieces with scores, and what they were trained by.

Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto. BPE gives
piece n the score -n in the order of merging; unigram gives log-probabilities.
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.model.vocabulary import MOST_TOKENS, Algorithm, Vocabulary
from filiation.readers.bytes.protobuf import Field, Message
from filiation.readers.bytes.spelling import piece_speller

__all__ = ["LARGEST", "is_sentencepiece", "open_sentencepiece"]

LARGEST: Final = 1 << 27  # bytes
LONGEST: Final = 1 << 16  # bytes of one piece
_PIECES, _TRAINER, _NORMALISER = 1, 2, 3  # fields of ModelProto
_TEXT, _SCORE, _TYPE = 1, 2, 3  # fields of a piece
_MODEL_TYPE = 3  # field of TrainerSpec
_RULE = 1  # field of NormalizerSpec: the name of its rules
_NORMAL, _BYTE = 1, 6  # types of pieces that stand for bytes; others are control, unknown, unused
_ALGORITHMS: Final[dict[int, Algorithm]] = {1: "unigram", 2: "bpe"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    text: str
    score: float
    kind: int


def is_sentencepiece(head: bytes) -> bool:
    """Whether a file begins as such a model does: a piece, and in it a text."""
    return len(head) > 4 and head[0] == 0x0A and head[2] == 0x0A and head[1] < 0x80


def open_sentencepiece(path: Path, name: str) -> Vocabulary:
    """Read a model.

    Raises:
        UnreadableError: Damaged, too large, or of words or characters.
    """
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UnreadableError(f"{path}: more than {LARGEST} bytes, expected a tokenizer")
    whole = Message(whole=memoryview(raw), begin=0, end=len(raw), what=str(path))
    pieces: list[_Piece] = []
    algorithm: Algorithm = "unigram"
    settings: list[tuple[str, str]] = []
    for field in whole.fields():
        if field.number == _PIECES and not field.scalar:
            if len(pieces) >= MOST_TOKENS:
                raise UnreadableError(
                    f"{path}: more than {MOST_TOKENS:,} pieces; no tokenizer has so many"
                )
            pieces.append(_piece(whole, field))
        elif field.number == _TRAINER and not field.scalar:
            algorithm = _algorithm(whole.inner(field), path)
        elif field.number == _NORMALISER and not field.scalar:
            settings += _rule(whole.inner(field))
    return _vocabulary(path, name, pieces, algorithm, tuple(settings))


def _vocabulary(
    path: Path,
    name: str,
    pieces: list[_Piece],
    algorithm: Algorithm,
    settings: tuple[tuple[str, str], ...],
) -> Vocabulary:
    spelt = [number for number, piece in enumerate(pieces) if piece.kind in (_NORMAL, _BYTE)]
    if not spelt:
        raise UnreadableError(f"{path}: no pieces, expected a SentencePiece model; it is damaged")
    learnt = [number for number in spelt if pieces[number].kind == _NORMAL]
    return Vocabulary(
        name=name,
        tokens=tuple(
            piece_speller(piece.text) if piece.kind in (_NORMAL, _BYTE) else b"" for piece in pieces
        ),
        order=tuple(sorted(learnt, key=lambda number: (-pieces[number].score, number))),
        algorithm=algorithm,
        ranked="merges" if algorithm == "bpe" else "scores",
        control=tuple(sorted({p.text for p in pieces if p.kind not in (_NORMAL, _BYTE)})),
        settings=settings,
    )


def _piece(whole: Message, field: Field) -> _Piece:
    text, score, kind = "", 0.0, _NORMAL
    for part in whole.inner(field).fields():
        if part.number == _TEXT:
            text = whole.text(part, LONGEST)
        elif part.number == _SCORE and part.end - part.begin == 4:
            (score,) = struct.unpack("<f", whole.whole[part.begin : part.end])
        elif part.number == _TYPE:
            kind = part.value
    if not math.isfinite(score):
        raise UnreadableError(
            f"{whole.what}: the piece {text!a:.40} has the score {score}, expected a number; the "
            "tokenizer is damaged"
        )
    return _Piece(text=text, score=score, kind=kind)


def _algorithm(trainer: Message, path: Path) -> Algorithm:
    for field in trainer.fields():
        if field.number == _MODEL_TYPE and field.scalar:
            if field.value not in _ALGORITHMS:
                raise UnreadableError(
                    f"{path}: a SentencePiece model of type {field.value} (words or characters), "
                    "expected unigram or BPE; it has no order of training"
                )
            return _ALGORITHMS[field.value]
    return "unigram"  # the proto's default


def _rule(normaliser: Message) -> list[tuple[str, str]]:
    return [
        ("normaliser", normaliser.text(field, LONGEST))
        for field in normaliser.fields()
        if field.number == _RULE and not field.scalar
    ]
