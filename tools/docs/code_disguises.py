"""Disguises of Python functions, letter by letter, as `../shared/code` was measured with.

f: layout, comments and docstrings go (every disguise does that). r: names. a: annotations.
d: dead statements. o: order of independent assignments and of methods. l: loops, branches,
augmented assignments, returns. s: expressions split over temporaries.
"""

import ast
import hashlib
import keyword
import random
from collections.abc import Collection
from typing import Any, Final

__all__ = ["disguised"]

DEAD: Final = (
    "_t{0} = None",
    "if False:\n    _t{0} = 0",
    "_t{0} = len('')",
    "assert True",
    "for _t{0} in ():\n    pass",
    "_t{0} = [0, 1]",
)
RATE: Final = 0.25  # of the statements before which a dead one is put
DOCUMENTED: Final = (ast.FunctionDef, ast.ClassDef, ast.Module, ast.AsyncFunctionDef)


def disguised(text: str, kind: str, kept: Collection[str], seed: int = 0) -> str:
    """A function in other clothes; as it was if it cannot be parsed.

    Args:
        text: The function.
        kind: Letters of the disguises.
        kept: Names that a renamer cannot change.
        seed: Of names and dead statements.
    """
    try:
        tree: Any = _undocumented(ast.parse(text))
    except SyntaxError:
        return text
    rng = random.Random(seed)
    if "a" in kind:
        tree = _Bare().visit(tree)
    if "l" in kind:
        tree = _Loops().visit(tree)
    if "s" in kind:
        tree = _Split().visit(tree)
    if "o" in kind:
        _reorder(tree, rng)
    if "d" in kind:
        tree.body = _padded(tree.body, rng)
    if "r" in kind:
        tree = _Renamed(seed, kept).visit(tree)
    ast.fix_missing_locations(tree)
    return ast.unparse(tree)


def _undocumented(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:] or [ast.Pass()]
    return tree


class _Renamed(ast.NodeTransformer):
    def __init__(self, seed: int, kept: Collection[str]) -> None:
        self._names: dict[str, str] = {}
        self._seed, self._kept = seed, kept

    def _new(self, name: str) -> str:
        dunder = name.startswith("__") and name.endswith("__")
        if name in self._kept or keyword.iskeyword(name) or dunder:
            return name
        if name not in self._names:
            self._names[name] = "v" + hashlib.md5(f"{self._seed}{name}".encode()).hexdigest()[:6]
        return self._names[name]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._new(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self._new(node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = self._new(node.attr)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        node.arg = self._new(node.arg) if node.arg else node.arg
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._new(node.name)
        return node


class _Bare(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return ast.Assign([node.target], node.value, lineno=0) if node.value else node


class _Loops(ast.NodeTransformer):
    def __init__(self) -> None:
        self._made = 0

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        only = node.body[0] if len(node.body) == 1 and not node.orelse else None
        call = only.value if isinstance(only, ast.Expr) else None
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "append"
            and call.args
            and isinstance(call.func.value, ast.Name)
        ):
            call.func.value.ctx = ast.Store()
            clause = ast.comprehension(node.target, node.iter, [], 0)
            return ast.AugAssign(call.func.value, ast.Add(), ast.ListComp(call.args[0], [clause]))
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
            denied = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
            test = node.test.operand if denied else ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]
            return ast.If(test, node.orelse, node.body)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            old = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], ast.BinOp(old, node.op, node.value), lineno=0)
        return node

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        if node.value and not isinstance(node.value, (ast.Name, ast.Constant)):
            self._made += 1
            name = f"r{self._made}"
            return [
                ast.Assign([ast.Name(name, ast.Store())], node.value, lineno=0),
                ast.Return(ast.Name(name, ast.Load())),
            ]
        return node


class _Split(ast.NodeTransformer):
    def __init__(self) -> None:
        self._made = 0

    def visit_Assign(self, node: ast.Assign) -> Any:
        before: list[ast.stmt] = []

        def apart(value: ast.expr) -> ast.expr:
            self._made += 1
            name = f"t{self._made}"
            before.append(ast.Assign([ast.Name(name, ast.Store())], value, lineno=0))
            return ast.Name(name, ast.Load())

        value = node.value
        if isinstance(value, ast.Call):
            if isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call):
                value.func.value = apart(value.func.value)
            value.args = [
                apart(one) if isinstance(one, (ast.Call, ast.BinOp)) else one for one in value.args
            ]
        elif isinstance(value, ast.BinOp):
            if isinstance(value.left, (ast.Call, ast.BinOp)):
                value.left = apart(value.left)
            if isinstance(value.right, (ast.Call, ast.BinOp)):
                value.right = apart(value.right)
        return [*before, node] if before else node


def _padded(body: list[Any], rng: random.Random) -> list[Any]:
    """Statements with dead ones between them."""
    found: list[Any] = []
    for statement in body:
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if inner and isinstance(inner, list):
                setattr(statement, field, _padded(inner, rng))
        if rng.random() < RATE:
            found += ast.parse(rng.choice(DEAD).format(rng.randrange(99))).body
        found.append(statement)
    return found


def _names(node: ast.AST, context: type) -> set[str]:
    found = {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, context)
    }
    return found | {
        ast.unparse(one)
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, context)
    }


def _apart(one: ast.AST, two: ast.AST) -> bool:
    """Whether two statements are assignments that do not depend on each other."""
    if not (isinstance(one, ast.Assign) and isinstance(two, ast.Assign)):
        return False
    stored, loaded = _names(one, ast.Store), _names(two, ast.Load)
    again = _names(two, ast.Store)
    return not (stored & (loaded | again)) and not (again & _names(one, ast.Load))


def _reorder(tree: ast.AST, rng: random.Random) -> None:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.ClassDef):
            rng.shuffle(node.body)
        if isinstance(body, list):
            at = 0
            while at + 1 < len(body):
                if _apart(body[at], body[at + 1]):
                    body[at], body[at + 1] = body[at + 1], body[at]
                    at += 1
                at += 1
