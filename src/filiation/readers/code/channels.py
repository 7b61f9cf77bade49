"""Features of one function in three channels: its lines, its tokens, and what it computes.

Adaptation by people is seen best in lines that were left as they were, disguise in what is
computed; neither alone is enough (docs/methods/code.md has the figures).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.readers.code.flow import Flow, Public, hashed, mixed
from filiation.readers.code.grammar import Language, Node

__all__ = ["CHANNELS", "channels"]

CHANNELS: Final = ("lines", "tokens", "structure")
RUNS: Final = (4, 8)  # tokens in a row
SHORTEST: Final = 4  # letters and digits of a line that says something
SIGNS: Final = frozenset(",();:{}")


def channels(
    nodes: Sequence[Node], lines: Sequence[str], language: Language, public: Public
) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """How often which feature stands in a function, by channel.

    Args:
        nodes: The function's nodes.
        lines: Its lines of text.
        language: Whose grammar it is.
        public: Whether a name belongs to a public library.
    """
    flow = Flow(language, public)
    for node in nodes:
        flow.run(node)
    return _lines(lines), _tokens(nodes, language, public), flow.features()


def _lines(lines: Sequence[str]) -> Counter[int]:
    """Lines without blanks; a line of comment is a line."""
    bare = ("".join(line.split()) for line in lines)
    return Counter(hashed(line) for line in bare if sum(map(str.isalnum, line)) >= SHORTEST)


def _tokens(nodes: Sequence[Node], language: Language, public: Public) -> Counter[int]:
    words = [hashed(word) for node in nodes for word in _words(node, language, public)]
    return Counter(
        mixed(run, words[at : at + run]) for run in RUNS for at in range(len(words) - run + 1)
    )


def _words(node: Node, language: Language, public: Public) -> Iterator[str]:
    """Tokens in order: names of public libraries as they are, other names and values blind."""
    left = [node]
    while left:
        one = left.pop()
        role, fields = language.roles.get(one.type, ("", ()))
        if role == "literal":
            yield str(fields[0])
        elif role == "ignored" or _only_text(one, language):
            continue
        elif one.kids:
            left += reversed(one.kids)
        elif one.text not in SIGNS:
            yield one.text if not one.named or public(one.text) else "N"


def _only_text(node: Node, language: Language) -> bool:
    """A statement that is only a text: a docstring."""
    return node.type == "expression_statement" and all(
        language.roles.get(kid.type, ("", ("",)))[1][:1] == ("str",) for kid in node.kids
    )
