"""JSON written by other tools: bounded, no key twice, nesting refused.

Unlike `readers.documents`, lists are welcome and NaN is let pass: evaluation tools write it among
their metrics, none of which is read here.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from filiation.errors import UnreadableError
from filiation.readers.answers.text import decoded, mended
from filiation.readers.answers.unpack import whole

__all__ = ["Fields", "field", "kind", "parse", "parse_fields", "read_document"]

DOCUMENT = 1 << 29  # bytes of one JSON document
T = TypeVar("T")
Fields: TypeAlias = dict[str, Any]


class _TwiceError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _TwiceError(next(key for key, count in counts.items() if count > 1))
    return found


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique)


def read_document(path: Path) -> object:
    """Read the one JSON value in `path`, packed or not."""
    return parse(decoded(whole(path, limit=DOCUMENT), what=str(path)), what=str(path))


def parse(text: str, *, what: str) -> object:
    """Parse one JSON value. `what` opens the sentence if it is none.

    Raises:
        UnreadableError: Not JSON, nested too deeply, or a key twice.
    """
    try:
        parsed: object = _DECODER.decode(text)
    except RecursionError as error:
        raise UnreadableError(
            f"{what}: nested too deeply, expected a record of answers; no tool writes this"
        ) from error
    except _TwiceError as error:
        raise UnreadableError(
            f"{what}: found the key {error.key!r:.80} twice, expected once; "
            "two readers could see two different answers"
        ) from error
    except ValueError as error:
        raise UnreadableError(f"{what}: not valid JSON ({error}); the file is damaged") from error
    if "\\ud" in text or "\\uD" in text:  # only an escape can spell half a surrogate pair
        return _mend(parsed)
    return parsed


def parse_fields(text: str, *, what: str) -> Fields:
    """Parse one JSON object."""
    parsed = parse(text, what=what)
    if not isinstance(parsed, dict):
        raise UnreadableError(f"{what}: found a JSON {kind(parsed)}, expected an object")
    return parsed


def field(fields: Fields, name: str, of: type[T], *, what: str) -> T | None:
    """The value of `name`, which is of type `of`, or None if it is missing or null."""
    found = fields.get(name)
    if found is None:
        return None
    if not isinstance(found, of) or (isinstance(found, bool) and of is not bool):
        raise UnreadableError(
            f"{what}: {name!r} is a JSON {kind(found)}, expected a JSON {kind(of())}; "
            "the line was not written by the tool it is taken for"
        )
    return found


def kind(value: object) -> str:
    """What JSON calls a value of this type."""
    names = {dict: "object", list: "list", str: "string", int: "number", float: "number"}
    return "truth value" if isinstance(value, bool) else names.get(type(value), "null")


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, list):
        return [_mend(one) for one in value]
    if isinstance(value, dict):
        return {mended(key): _mend(one) for key, one in value.items()}
    return value
