"""The kind `tokenizers` as an examination takes it: what is asked, who reads it, what is noted."""

from pathlib import Path
from typing import Final

from filiation.examining.kept import KeptReader
from filiation.examining.question import Pair, Question
from filiation.examining.tokenizers.heritage import heritage
from filiation.examining.words import kind_beside
from filiation.model.examination import Support
from filiation.model.kinds import TOKENIZERS
from filiation.model.vocabulary import Vocabulary
from filiation.readers.reader import Advance
from filiation.readers.tokenizers import is_tokenizer, lying_beside, open_vocabulary
from filiation.readers.tokenizers.kept import SUFFIX, kept_bytes, read_kept

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    return tuple(heritage(pair.source, pair.subject, pair.controls))


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="The tokenizer of {subject} was made from that of {source}, both from a third one, "
    "or both by the same trainer on the same text.",
    independence="The tokenizers of {subject} and {source} were trained apart.",
    level=1e-6,
    notes=_notes,
)


def _opened(spec: str, advance: Advance) -> Vocabulary:
    return open_vocabulary(Path(spec))


def _unread(name: str, why: str) -> Vocabulary:
    return Vocabulary(name=name, tokens=(), order=(), algorithm="bpe", ranked="ids", unread=why)


def _read(vocabulary: Vocabulary) -> tuple[str, ...]:
    if vocabulary.unread:
        return (f"tokenizer not read: {vocabulary.unread}",)
    return (
        f"{sum(map(bool, vocabulary.tokens)):,} tokens; order of training by "
        f"{vocabulary.order_from} ({vocabulary.algorithm})",
    )


READER: Final = KeptReader(
    kind=TOKENIZERS,
    suffix=SUFFIX,
    called="vocabulary",
    knows=is_tokenizer,
    opened=_opened,
    kept_bytes=kept_bytes,
    read_kept=read_kept,
    notes=_read,
    lies=lying_beside,
    unread=_unread,
)
