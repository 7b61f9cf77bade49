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

__all__ = ["MARK", "Redaction", "read_spans", "redacted", "without"]

MARK: Final = "[redacted]"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A document's words with passages taken out.

    Attributes:
        document: Which one.
        words: What is left, with a mark for each passage that tells nothing of its length.
        spans: First and last character (exclusive) of each passage in the whole words.
        salts: Two secrets, so that no digest can be guessed.
    """

    document: str
    words: str
    spans: Spans
    salts: tuple[str, str] = field(
        default_factory=lambda: (secrets.token_hex(16), secrets.token_hex(16))
    )

    def shown(self) -> bytes:
        """What the others get."""
        said = {"document": self.document, "salt": self.salts[0], "words": self.words}
        return json.dumps(said, sort_keys=True).encode("ascii") + b"\n"

    def withheld(self) -> bytes:
        """What they do not get."""
        said = {"document": self.document, "salt": self.salts[1], "spans": self.spans}
        return json.dumps(said, sort_keys=True).encode("ascii") + b"\n"


def redacted(document: str, words: str, passages: Iterable[str], before: Spans = ()) -> Redaction:
    """Take passages out wherever they stand, however they are written (`matcher`).

    Raises:
        UsageError: A passage is not there.
    """
    spans = list(before)
    for passage in passages:
        found = Passage(passage).places(words)
        if not found:
            raise UsageError(f"{document}: does not hold one of the passages; nothing was redacted")
        spans += found
    taken = merged(spans)
    return Redaction(document=document, words=_marked(words, taken), spans=taken)


def without(words: str, passages: Iterable[Passage]) -> str:
    """Words without passages, wherever these stand; nothing of them needs to be there."""
    return _marked(words, merged([span for one in passages for span in one.places(words)]))


def _marked(words: str, spans: Spans) -> str:
    parts, place = [], 0
    for start, end in spans:
        parts += [words[place:start], MARK]
        place = end
    return "".join((*parts, words[place:]))


def read_spans(raw: bytes) -> Spans:
    """The passages of an earlier redaction.

    Raises:
        CaseError: Not such an object.
    """
    try:
        return tuple((int(start), int(end)) for start, end in json.loads(raw)["spans"])
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"passages: {error}; not a redaction of this version") from error
