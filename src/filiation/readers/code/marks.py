"""What does a function's text say of its form: is it dictated by an interface or a format?

An interface dictates a name and its parameters, and seldom a body; so that a mark is no judgement,
and the ledger looks at the size as well.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from filiation.readers.code.grammar import Language, Node

__all__ = ["marks"]

CONSTANT: Final = 0.7  # of a function's tokens from which it is a table of constants
TABLE: Final = 40  # tokens at least of a table
OVERRIDES: Final = frozenset({"override", "Override", "overload", "virtual_specifier"})
ABSTRACT: Final = frozenset({
    "abstractmethod", "abstractproperty", "NotImplementedError", "UnsupportedOperationException",
    "unimplemented",
})  # fmt: skip
UNTOLD: Final = frozenset(
    {"comment", "line_comment", "block_comment", "string_start", "string_end"}
)
MADE_FREELY: Final = ("__init__", "__new__")  # of parameters that nobody prescribes
PROTOCOL: Final[Mapping[str, frozenset[str]]] = {
    "java": frozenset({
        *("equals", "hashCode", "toString", "compareTo", "clone", "close", "run", "iterator"),
        *("hasNext", "next", "remove", "apply", "accept", "get", "test", "call"),
    }),
    "go": frozenset({
        *("String", "Error", "Len", "Less", "Swap", "Read", "Write", "Close", "ServeHTTP"),
        *("MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "Unwrap", "Is", "init"),
    }),
    "rust": frozenset({
        *("fmt", "from", "into", "try_from", "drop", "clone", "default", "eq", "cmp", "hash"),
        *("partial_cmp", "next", "deref", "deref_mut", "as_ref", "borrow", "index"),
    }),
    "javascript": frozenset({"toString", "toJSON", "valueOf", "render", "componentDidMount"}),
    "typescript": frozenset({"toString", "toJSON", "valueOf", "render", "ngOnInit"}),
    "cpp": frozenset({"swap", "begin", "end", "size", "empty"}),
}  # fmt: skip


def marks(root: Node, language: Language) -> dict[tuple[int, int], tuple[str, ...]]:
    """Marks of every function that has some, by its first and last line."""
    found = {}
    for node, above in _functions(root, language):
        said = {*_said(node, above, language)}
        if said:
            found[node.first, node.last] = tuple(sorted(said))
    return found


def _functions(root: Node, language: Language) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Every function with what it stands in, innermost last."""
    left: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while left:
        node, above = left.pop()
        if language.roles.get(node.type, ("",))[0] == "function":
            yield node, above
        left += [(kid, (*above[-2:], node)) for kid in node.kids]


def _said(node: Node, above: tuple[Node, ...], language: Language) -> Iterator[str]:
    beside = [
        kid for one in above[-1:] if one.type == "decorated_definition" for kid in one.kids
        if kid is not node
    ]  # fmt: skip
    head = [kid for kid in node.kids if kid.field != "body"]
    words = {leaf.text or leaf.type for one in (*beside, *head) for leaf in _leaves(one)}
    if words & OVERRIDES or any(_of_trait(one) for one in above):
        yield "override"
    inside = [leaf for kid in node.kids if kid.field == "body" for leaf in _leaves(kid)]
    if words & ABSTRACT or (len(inside) < TABLE and {one.text for one in inside} & ABSTRACT):
        yield "abstract"
    name = next(
        (leaf.text for kid in node.kids if kid.field == "name" for leaf in _leaves(kid)), ""
    )
    dunder = language.id == "python" and name.startswith("__") and name.endswith("__")
    if (dunder and name not in MADE_FREELY) or name in PROTOCOL.get(language.id, frozenset()):
        yield "protocol"
    telling = [one for one in inside if one.named and one.type not in UNTOLD]
    constant = sum(_constant(one, language) for one in telling)
    if len(telling) >= TABLE and constant > CONSTANT * len(telling):
        yield "table"


def _of_trait(node: Node) -> bool:
    """Whether it is Rust's `impl Trait for Type`."""
    return node.type == "impl_item" and any(kid.field == "trait" for kid in node.kids)


def _constant(node: Node, language: Language) -> bool:
    role = language.roles.get(node.type, ("",))[0]
    return role == "literal" or "string" in node.type or "number" in node.type


def _leaves(node: Node) -> Iterator[Node]:
    left = [node]
    while left:
        one = left.pop()
        if one.kids:
            left += reversed(one.kids)
        else:
            yield one
