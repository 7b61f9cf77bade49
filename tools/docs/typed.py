"""How is a walk-through shown? Commands after `$ ` as a shell would read them, all else as output.

Pygments' own lexer of shell sessions takes `#` and `%` for prompts and stumbles over output that
holds quotes.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.lexers.shell import BashLexer
from pygments.token import Generic, Text
from sphinx.application import Sphinx

__all__ = ["TypedLexer", "setup"]

COMMAND = re.compile(r"\$ (?:.*\\\n)*.*\n?")
OUTPUT = re.compile(r".*\n?")


class TypedLexer(Lexer):  # type: ignore[misc]
    """Highlights a walk-through."""

    name = "Walk-through"
    aliases: ClassVar[list[str]] = ["console"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Yield (place, kind, words) of all parts of the block, in order."""
        bash, place = BashLexer(**self.options), 0
        while place < len(text):
            found = COMMAND.match(text, place)
            if found:
                yield place, Generic.Prompt, "$ "
                for at, kind, words in bash.get_tokens_unprocessed(found[0][2:]):
                    yield place + 2 + at, kind, words
                place = found.end()
            elif output := OUTPUT.match(text, place):
                yield place, Text, output[0]
                place = output.end()


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the lexer."""
    sphinx.add_lexer("console", TypedLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
