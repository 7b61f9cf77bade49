"""A document with passages taken out. Which passages is kept apart, and both behind a secret salt.

The redacted words and the passages are objects that an event names by digest; without the salt,
whoever knows the rest of the text could test guesses of what was taken out against that digest.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, final

from filiation.casefile.documents.matcher import Passage, Spans, merged
from filiation.errors import CaseError, UsageError

__all__ = ["MARK", "Redaction", "read_parts", "redacted", "still", "without"]

MARK: Final = "[redacted]"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A document's words with passages taken out.

    Attributes:
        document: Which one.
        words: What is left, with a mark for each passage that tells nothing of its length.
        parts: First and last character (exclusive) of each passage in the whole words, as it was
            found; they may overlap, and each is a secret of its own.
        salts: Two secrets, so that no digest can be guessed.
    """

    document: str
    words: str
    parts: Spans
    salts: tuple[str, str] = field(
        default_factory=lambda: (secrets.token_hex(16), secrets.token_hex(16))
    )

    @property
    def spans(self) -> Spans:
        """The same letters in as few spans as there can be."""
        return merged(self.parts)

    def shown(self) -> bytes:
        """What the others get."""
        said = {"document": self.document, "salt": self.salts[0], "words": self.words}
        return json.dumps(said, sort_keys=True).encode("ascii") + b"\n"

    def withheld(self) -> bytes:
        """What they do not get."""
        said = {"document": self.document, "salt": self.salts[1], "spans": self.spans,
                "parts": self.parts}  # fmt: skip
        return json.dumps(said, sort_keys=True).encode("ascii") + b"\n"


def redacted(document: str, words: str, passages: Iterable[str], before: Spans = ()) -> Redaction:
    """Take passages out wherever they stand, however they are written (`matcher`).

    Raises:
        UsageError: A passage is not there.
    """
    parts = set(before)
    for passage in passages:
        found = Passage(passage).places(words)
        if not found:
            raise UsageError(f"{document}: does not hold one of the passages; nothing was redacted")
        parts.update(found)
    left = _marked(words, merged(list(parts)))
    return Redaction(document=document, words=left, parts=tuple(sorted(parts)))


def without(words: str, passages: Iterable[Passage]) -> str:
    """Words without passages, wherever these stand; nothing of them needs to be there."""
    return _marked(words, merged([span for one in passages for span in one.places(words)]))


def still(value: str, whole: str, left: str) -> str:
    """A value of a document's header; the mark, where it stood in the whole words and no more."""
    if not value.split() or not Passage(value).stands_in(whole):
        return value
    return value if Passage(value).stands_in(left) else MARK


def _marked(words: str, spans: Spans) -> str:
    parts, place = [], 0
    for start, end in spans:
        parts += [words[place:start], MARK]
        place = end
    return "".join((*parts, words[place:]))


def read_parts(raw: bytes) -> Spans:
    """The passages of an earlier redaction, as they were found; joined, where it kept them so.

    Raises:
        CaseError: Not such an object.
    """
    try:
        kept = json.loads(raw)
        found = kept.get("parts", kept["spans"])
        return tuple((int(start), int(end)) for start, end in found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(f"passages: {error}; not a redaction of this version") from error
