"""Which functions of a text are procedures of it: of one name, and called in the same text?

They can be read where they are called, so that a statement more or less in a procedure of its own
changes nothing in what a program computes.
"""

from collections import Counter
from collections.abc import Mapping

from filiation.readers.code.grammar import Language, Node
from filiation.readers.code.parts import last_word, parted

__all__ = ["procedures"]


def procedures(root: Node, language: Language) -> Mapping[str, Node]:
    """Functions that are called in the text in which they stand, by name.

    Args:
        root: The text's tree.
        language: Its language.
    """
    called: set[str] = set()
    defined: dict[str, Node] = {}
    often: Counter[str] = Counter()
    left = [("", root)]
    while left:
        within, node = left.pop()
        role, fields = language.roles.get(node.type, ("", ()))
        if role in ("call", "function"):
            name = last_word(parted(node, fields)[0])
            if role == "function":
                defined[name], within = node, name
                often[name] += 1
            elif name != within:
                called.add(name)
        left += [(within, kid) for kid in node.kids]
    return {name: node for name, node in defined.items() if name in called and often[name] == 1}
