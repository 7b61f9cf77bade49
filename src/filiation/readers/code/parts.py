"""Small steps of `flow`: parts of a node, operators that are one, conditions without denials."""

from collections.abc import Sequence
from typing import Final

from filiation.readers.code.grammar import Node
from filiation.readers.code.values import Value

__all__ = ["last_word", "named", "operation", "parted", "plain", "worded"]

DENIED: Final = {"!=": "==", "is not": "is", "not in": "in", "!==": "===", "<=": "<~", "<": "<"}
MIRRORED: Final = {">": "<", ">=": "<="}


def operation(operator: str, values: Sequence[Value]) -> Value:
    """A value by an operator; of two that mirror each other, one."""
    if operator in MIRRORED:
        return Value(MIRRORED[operator], values[::-1])
    return Value(operator, values)


def plain(condition: Value) -> tuple[Value, bool]:
    """A condition without denials, and whether it was denied."""
    denied = False
    while condition.label == "not" and condition.kids:
        condition, denied = condition.kids[0], not denied
    positive = DENIED.get(condition.label, condition.label)
    if condition.label in ("!=", "is not", "not in", "!=="):
        return Value(positive, condition.kids), not denied
    return condition, denied


def named(node: Node) -> list[Node]:
    """Children that are more than a word or a sign."""
    return [kid for kid in node.kids if kid.named]


def worded(nodes: Sequence[Node]) -> str:
    """Of the first of some nodes."""
    return nodes[0].text if nodes else ""


def parted(node: Node, fields: Sequence[str | int]) -> list[list[Node]]:
    """Children of a node by the fields of its role, each a list."""
    if not fields:
        return []
    kids = named(node)
    taken: list[list[Node]] = []
    used: set[int] = set()
    for field in fields:
        if field == "*":
            part = [kid for kid in kids if id(kid) not in used]
        elif isinstance(field, int):
            part = kids[field : field + 1]
        else:
            part = [kid for kid in kids if kid.field == field]
        used.update(id(kid) for kid in part)
        taken.append(part)
    return taken


def last_word(nodes: Sequence[Node]) -> str:
    """`c` of `a.b.c`; empty if there is nothing."""
    step = nodes[0] if nodes else None
    while step is not None and step.kids:
        step = next(iter(named(step)[-1:]), None)
    return step.text if step is not None else ""
