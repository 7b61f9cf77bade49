"""What is a verb, before its module is imported?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, final

__all__ = ["Group", "Node", "Part", "Verb", "find", "places", "walk"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb as lists of verbs show it.

    Attributes:
        name: What is typed.
        at: Module and function that do it; imported when the verb is called or its help is asked.
        line: The first sentence of that function's docstring.
        examples: Commands that run as typed from the checkout, in this order.
        kinds: What a parameter of this verb is, where its name means something else elsewhere.
    """

    name: str
    at: str
    line: str
    examples: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Verbs that belong together, in the order in which they are used."""

    title: str
    verbs: tuple["Node", ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A verb that has verbs of its own."""

    name: str
    line: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator["Node"]:
        return (verb for part in self.parts for verb in part.verbs)

    def get(self, name: str) -> "Node | None":
        """The verb of that name."""
        return next((verb for verb in self if verb.name == name), None)


Node: TypeAlias = Verb | Group


def places(root: Group, name: str, above: tuple[str, ...] = ()) -> list[str]:
    """Every verb of that name, as it is typed behind `filiation`."""
    found: list[str] = []
    for node in root:
        path = (*above, node.name)
        found += [" ".join(path)] if node.name == name else []
        found += places(node, name, path) if isinstance(node, Group) else []
    return found


def find(root: Group, words: list[str]) -> tuple[tuple[str, ...], Node, list[str]]:
    """Follow words down to a verb, or to the last group that they reach.

    Returns:
        The words of its path, itself, and the words that were left over.
    """
    path, node, rest = [root.name], root, list(words)
    while rest and (below := node.get(rest[0])) is not None:
        path.append(rest.pop(0))
        if isinstance(below, Verb):
            return tuple(path), below, rest
        node = below
    return tuple(path), node, rest


def walk(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The group and everything below it, in the order in which it is used."""
    path = path or (group.name,)
    yield path, group
    for node in group:
        if isinstance(node, Group):
            yield from walk(node, (*path, node.name))
        else:
            yield (*path, node.name), node
