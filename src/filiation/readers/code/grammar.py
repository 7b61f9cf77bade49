"""Source text as a tree of plain nodes, by the grammars of tree-sitter.

The only file that knows tree-sitter, which is an extra: `pip install filiation[code]`. A text that
breaks the rules of its language still gives a tree; where it is broken is counted.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, resources
from typing import Any, Final, final

from filiation.errors import UsageError

__all__ = ["DEEPEST", "Language", "Node", "language_of", "languages", "parsed"]

DEEPEST: Final = 100  # nodes within each other; what is deeper is left out and told
HERE: Final = "filiation.readers.code.languages"


@final
@dataclass(slots=True)
class Node:
    """A node of a syntax tree.

    Attributes:
        type: As the grammar calls it.
        field: Its name within the parent; empty if it has none.
        named: Whether it is more than a word or a sign of the language.
        text: Of a leaf; empty otherwise.
        first: Its first line, counted from 1.
        last: Its last line.
        kids: Its children, those without a name too.
    """

    type: str
    field: str
    named: bool
    text: str
    first: int
    last: int
    kids: list["Node"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language, as its table tells it.

    Attributes:
        id: The name of its table, such as "python".
        suffixes: Endings of its files.
        roles: Type of node to the role that it plays and the fields in which it plays it.
        receivers: Names of the object that a method belongs to.
        pure: Functions whose call does nothing but return a value.
        gathers: Methods that put one more value into a collection.
    """

    id: str
    grammar: str
    entry: str
    suffixes: tuple[str, ...]
    roles: Mapping[str, tuple[str, tuple[str | int, ...]]]
    receivers: frozenset[str]
    pure: frozenset[str]
    gathers: frozenset[str]


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """Every language that is read, by its id."""
    found = {}
    for file in sorted(resources.files(HERE).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            name = file.name.removesuffix(".toml")
            found[name] = _language(name, tomllib.loads(file.read_text("utf-8")))
    return found


def _language(name: str, said: Mapping[str, Any]) -> Language:
    roles = {
        node: (role, tuple(fields))
        for role, nodes in said["roles"].items()
        for node, fields in nodes.items()
    }
    return Language(
        id=name,
        grammar=said["grammar"],
        entry=said["entry"],
        suffixes=tuple(said["suffixes"]),
        roles=roles,
        receivers=frozenset(said["receivers"]),
        pure=frozenset(said["pure"]),
        gathers=frozenset(said["gathers"]),
    )


def language_of(name: str) -> Language | None:
    """The language of a file by the ending of its name; None if it is not read."""
    lower = name.lower()
    return next((one for one in languages().values() if lower.endswith(one.suffixes)), None)


def parsed(text: bytes, language: Language) -> tuple[Node, Sequence[int]]:
    """The tree of a text, and the lines on which it breaks the rules of the language.

    Raises:
        UsageError: The extra `code` is not installed.
    """
    tree = _parser(language.id).parse(text)
    cursor, broken = tree.walk(), []
    above: list[Node] = []
    root: Node | None = None
    while True:
        raw = cursor.node
        node = Node(
            raw.type,
            cursor.field_name or "",
            raw.is_named,
            "" if raw.child_count else raw.text.decode("utf-8", "replace"),
            raw.start_point[0] + 1,
            raw.end_point[0] + 1,
            [],
        )
        if above:
            above[-1].kids.append(node)
        root = root or node
        if raw.is_error or raw.is_missing:
            broken.append(node.first)
        if len(above) < DEEPEST and cursor.goto_first_child():
            above.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return root, broken
            above.pop()


@lru_cache(maxsize=16)
def _parser(name: str) -> Any:
    language = languages()[name]
    try:
        base, own = import_module("tree_sitter"), import_module(language.grammar)
    except ImportError as error:
        raise UsageError(
            f"source code in {name}: needs {error.name}, which is not installed; pip install "
            "'filiation[code]'"
        ) from error
    return base.Parser(base.Language(getattr(own, language.entry)()))
