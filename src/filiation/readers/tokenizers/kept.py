"""The copy of a vocabulary that an examination keeps.

Four lines of JSON: {"filiation.vocabulary": 1}, then what `Vocabulary.lines` gives. Compressed with
gzip, without a time stamp: the same vocabulary gives the same bytes. The name is not in it.
"""

import gzip
import json
from pathlib import Path
from typing import Any, Final

from filiation.errors import FiliationError, UnreadableError
from filiation.model.vocabulary import Vocabulary
from filiation.readers.bytes.packed import gunzipped

__all__ = ["SUFFIX", "kept_bytes", "read_kept"]

SUFFIX: Final = ".vocabulary.gz"
KEY: Final = "filiation.vocabulary"
SCHEMA: Final = 1
LARGEST: Final = 1 << 28  # bytes, decompressed
DAMAGE: Final = (ValueError, KeyError, TypeError, IndexError, RecursionError)


def kept_bytes(vocabulary: Vocabulary) -> bytes:
    """A vocabulary as one compressed file."""
    lines = (json.dumps({KEY: SCHEMA}), *vocabulary.lines())
    return gzip.compress("\n".join(lines).encode(), compresslevel=6, mtime=0)


def read_kept(path: Path, name: str) -> Vocabulary:
    """Read a vocabulary that was kept by `kept_bytes`, under this name.

    Raises:
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    try:
        raw = gunzipped(path, most=LARGEST, expected="the vocabulary of a case")
        schema, head, tokens, order = (json.loads(line) for line in raw.split(b"\n"))
        if schema[KEY] != SCHEMA:
            raise UnreadableError(f"{path.name}: schema {schema[KEY]}, expected {SCHEMA}")
        return _vocabulary(name, head, tokens, order)
    except FiliationError:
        raise
    except DAMAGE as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error}, expected the vocabulary of a case; the "
            "file was changed"
        ) from error


def _vocabulary(name: str, head: dict[str, Any], tokens: list[Any], order: list[Any]) -> Vocabulary:
    if not all(type(number) is int and 0 <= number < len(tokens) for number in order):
        raise ValueError("an id beyond the tokens")
    if head["algorithm"] not in ("bpe", "unigram", "wordpiece"):
        raise ValueError(f"the algorithm {head['algorithm']!a:.20}")
    return Vocabulary(
        name=name,
        tokens=tuple(bytes.fromhex(token) for token in tokens),
        order=tuple(order),
        algorithm=head["algorithm"],
        ranked=str(head["ranked"]),
        control=tuple(str(text) for text in head["control"]),
        settings=tuple((str(key), str(text)) for key, text in head["settings"]),
        unread=str(head.get("unread", "")),
    )
