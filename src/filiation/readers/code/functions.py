"""The functions of one file, each with its features."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from filiation.model.source import Fragment, features_of
from filiation.readers.code.channels import channels
from filiation.readers.code.flow import Public
from filiation.readers.code.grammar import Language, Node, parsed
from filiation.readers.code.names import public_names

__all__ = ["FEWEST", "functions"]

# fields that lead to the name of a thing
NAMED: Final = ("name", "declarator", "type", "left", "key", "property")
NAMING: Final = ("function", "class")  # roles of what has a name
FUNCTIONS: Final = ("function", "lambda")
BODY: Final = "body"
Span: TypeAlias = tuple[int, int]
FEWEST: Final = 5  # lines of a function that is compared


def functions(
    raw: bytes,
    file: str,
    language: Language,
    *,
    public: Public | None = None,
    tree: tuple[Node, Sequence[int]] | None = None,
) -> tuple[tuple[Fragment, ...], int]:
    """Every function of at least `FEWEST` lines, and on how many places the text is broken.

    A function of so many lines within a function is read on its own, and that one without its body:
    what is wrapped into one function, as a bundle of JavaScript is, is read as what it holds.

    Args:
        raw: The file's text, in UTF-8 or what is left of it.
        file: What it is called.
        language: Its language.
        public: Which names belong to public libraries; None for those that are known.
        tree: The text as `parsed` gives it, which is taken apart; None to parse it here.
    """
    root, broken = tree or parsed(raw, language)
    lines = raw.decode("utf-8", "replace").split("\n")
    known = public or public_names(language.id)
    found = []
    for name, node, within in _functions(root, language):
        inner = {line for first, last in within for line in range(first + 1, last + 1)}
        own = [lines[line - 1] for line in range(node.first, node.last + 1) if line not in inner]
        if len(own) >= FEWEST:
            one, two, three = channels([node], own, language, known)
            fragment = Fragment(
                file=file,
                name=name,
                first=node.first,
                last=node.last,
                language=language.id,
                channels=(features_of(one), features_of(two), features_of(three)),
            )
            found.append(fragment)
        _empty(node)
    return tuple(sorted(found, key=lambda one: (one.first, -one.last))), len(broken)


def _empty(node: Node) -> None:
    """Take a function's body out of the one that it stands in."""
    node.kids = [kid for kid in node.kids if kid.field != BODY]


def _functions(root: Node, language: Language) -> Iterator[tuple[str, Node, list[Span]]]:
    """Name and node of every function and the lines of those within it, the inner ones first."""
    left: list[tuple[str, Node, bool]] = [("", root, False)]
    spans: list[list[Span]] = [[]]
    while left:
        within, node, done = left.pop()
        if done:
            inner = spans.pop()
            yield within, node, inner
            spans[-1].append((node.first, node.last))
            continue
        role = language.roles.get(node.type, ("",))[0]
        name = _name(node, within) if role in NAMING else within
        if role in FUNCTIONS and node.last - node.first + 1 >= FEWEST:
            left.append((name, node, True))
            spans.append([])
        for kid in reversed(node.kids):
            nameless = language.roles.get(kid.type, ("",))[0] == "lambda"
            left.append(
                (_name(node, name) if nameless and role not in NAMING else name, kid, False)
            )


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
