"""A value as Python writes it, or as JSON does: `true`, `null` and the like are values, too."""

import ast
import re
import warnings
from typing import Final

__all__ = ["WORDS", "loosely", "parsed"]

WORDS: Final = {
    "true": "True",
    "false": "False",
    "none": "None",
    "null": "None",
    "nil": "None",
}
_JSON_WORD: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(true|false|null|TRUE|FALSE|NULL|NONE)\b"""
)


def parsed(text: str) -> object:
    """What Python reads here, without its warnings of odd escapes in what a model wrote.

    Raises:
        ValueError, SyntaxError, TypeError, MemoryError, RecursionError: No value.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


def loosely(text: str) -> object:
    """Likewise, with the words of JSON among the values.

    Raises:
        ValueError, SyntaxError, TypeError, MemoryError, RecursionError: No value.
    """
    try:
        return parsed(text)
    except ValueError:
        return parsed(_JSON_WORD.sub(_pythonic, text))


def _pythonic(found: re.Match[str]) -> str:
    word = found[2]
    return found[0] if word is None else WORDS[word.casefold()]
