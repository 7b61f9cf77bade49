"""The functions of one file, each with its features."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.source import Features, Fragment, features_of
from filiation.readers.code.channels import channels
from filiation.readers.code.flow import Public
from filiation.readers.code.grammar import Language, Node, parsed
from filiation.readers.code.names import public_names

__all__ = ["FEWEST", "functions"]

NAMED: Final = ("name", "declarator", "type")  # fields that lead to the name of a thing
FEWEST: Final = 5  # lines of a function that is compared


def functions(
    raw: bytes, file: str, language: Language, *, public: Public | None = None
) -> tuple[tuple[Fragment, ...], int]:
    """Every function of at least `FEWEST` lines, and on how many places the text is broken.

    A function within a function belongs to that one.

    Args:
        raw: The file's text, in UTF-8 or what is left of it.
        file: What it is called.
        language: Its language.
        public: Which names belong to public libraries; None for those that are known.
    """
    root, broken = parsed(raw, language)
    lines = raw.decode("utf-8", "replace").split("\n")
    known = public or public_names(language.id)
    found = tuple(
        Fragment(
            file=file,
            name=name,
            first=node.first,
            last=node.last,
            language=language.id,
            channels=_features(node, lines[node.first - 1 : node.last], language, known),
        )
        for name, node in _functions(root, language)
        if node.last - node.first + 1 >= FEWEST
    )
    return found, len(broken)


def _features(
    node: Node, lines: Sequence[str], language: Language, public: Public
) -> tuple[Features, Features, Features]:
    one, two, three = channels([node], lines, language, public)
    return features_of(one), features_of(two), features_of(three)


def _functions(root: Node, language: Language) -> Iterator[tuple[str, Node]]:
    """Name and node of every function that stands in no other, in the order of the text."""
    left = [("", root)]
    while left:
        within, node = left.pop()
        role = language.roles.get(node.type, ("",))[0]
        name = _name(node, within) if role in ("function", "class") else within
        if role == "function":
            yield name, node
        else:
            left += [(name, kid) for kid in reversed(node.kids)]


def _name(node: Node, within: str) -> str:
    """Its name behind that of what it stands in."""
    step: Node | None = node
    while step is not None and step.kids:
        named = [kid for kid in step.kids if kid.named]
        fitting = sorted((kid for kid in named if kid.field in NAMED), key=_of_name)
        step = next(iter(fitting or ([] if step is node else named)), None)
    own = step.text if step is not None and step is not node else "(no name)"
    return f"{within}.{own}" if within else own


def _of_name(kid: Node) -> int:
    return NAMED.index(kid.field)
