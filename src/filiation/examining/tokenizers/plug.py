"""The kind `tokenizers` as an examination takes it: what is asked, who reads it, what is noted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.question import Pair, Question
from filiation.examining.tokenizers.heritage import heritage
from filiation.examining.words import kind_beside
from filiation.model.examination import Support
from filiation.model.kinds import TOKENIZERS
from filiation.model.material import Material
from filiation.model.vocabulary import Vocabulary
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent
from filiation.readers.tokenizers import is_tokenizer, open_vocabulary
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
    in_place=False,
    notes=_notes,
)


@final
class _Reader:
    """Tokenizers by themselves, in a folder without weights, or kept by an examination."""

    @property
    def suffix(self) -> str:
        return SUFFIX

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return is_tokenizer(spec)

    def files(self, spec: str) -> Path:
        return Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        vocabulary = open_vocabulary(Path(spec))
        raw = kept_bytes(vocabulary)
        advance(vocabulary.name, len(raw), len(raw))
        kept = hashlib.sha256(raw).hexdigest()
        file = folder / f"{kept}{SUFFIX}"
        file.write_bytes(raw)
        return (Taken(material=_material(vocabulary, kept), file=file),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        found = read_kept(file, "kept")
        for digest, name in wanted:
            if found.digest != digest:
                raise CaseError(
                    f"{name}: its kept vocabulary is {found.digest[:12]}.., recorded was "
                    f"{digest[:12]}..; it was put in the place of another"
                )
        return [_material(replace(found, name=name), kept) for _, name in wanted]


def _material(vocabulary: Vocabulary, kept: str) -> Material:
    return Material(
        kind=TOKENIZERS,
        name=vocabulary.name,
        digest=vocabulary.digest,
        kept=kept,
        content=vocabulary,
        notes=(
            f"{sum(map(bool, vocabulary.tokens)):,} tokens; order of training by "
            f"{vocabulary.ranked} ({vocabulary.algorithm})",
        ),
    )


READER: Final = _Reader()
