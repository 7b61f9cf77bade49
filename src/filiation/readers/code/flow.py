"""What does a piece of code compute? Its values, each by the operations that it is made of.

Names, layout and comments do not enter. A local variable stands for what was put into it, so a
temporary more or less, another order of independent statements or another name change nothing; a
condition and its denial are one; a branch whose condition is a constant, and a value that nothing
reads, are not there. Each value has a hash for each depth to which its operations are looked at.

Names that many unrelated projects call without defining them belong to public libraries and are
kept: who renames a copy cannot rename `matmul`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, final

from filiation.readers.code.grammar import Language, Node
from filiation.readers.code.parts import (
    last_word,
    named,
    operation,
    parted,
    plain,
    worded,
)
from filiation.readers.code.values import Effect, Value, counted

__all__ = ["Flow", "Public"]

UPDATED: Final = frozenset({"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "**", "//", "@"})
VALUED: Final = ("right", "value")  # fields in which an assignment is a value too
DEFAULTS: Final = ("value", "default_value", "type")
NOT: Final = ("not", "!")
TRUE: Final = ("True", "true")
FALSE: Final = ("False", "false")
DEEP: Final = 3  # procedures read within each other where they are called
MOST_READ: Final = 200  # procedures that are read where they are called, in one function
Public: TypeAlias = Callable[[str], bool]


UNKNOWN: Final = Value("?")
GIVEN: Final = Value("given")


@final
class Flow:
    """Values and effects of one function or of the top of a file."""

    def __init__(
        self, language: Language, public: Public, procedures: Mapping[str, Node] | None = None
    ) -> None:
        self._roles, self._language, self._public = language.roles, language, public
        self._procedures = procedures or {}
        self._within: list[str] = []
        self._left = MOST_READ
        self._given_back: list[list[Value]] = []
        self._env: dict[str, Value] = {}
        self._guards: list[Value] = []
        self.effects: list[Effect] = []

    def features(self) -> Counter[int]:
        """How often which value and which effect stands in it, by hash."""
        return counted(self.effects)

    def run(self, node: Node) -> Value | None:
        """Follow a node; its value, or None of a statement."""
        role, fields = self._roles.get(node.type, ("", ()))
        if role:
            handler = _HANDLERS[role]
            return handler(self, node, parted(node, fields))
        return self._other(node)

    # -- expressions

    def _name(self, node: Node, parts: object) -> Value:
        text = node.text
        if text in self._language.receivers:
            return Value("self")
        known = self._env.get(text)
        return known if known is not None else self._called("", text)

    def _called(self, before: str, text: str, kids: Sequence[Value] = ()) -> Value:
        """A value that has a name: kept if a public library has it, else hidden."""
        if self._public(text):
            return Value(before + text, kids, shape=before + "N")
        return Value(before + "N", kids, name=text)

    def _literal(self, node: Node, parts: object) -> Value:
        inner = [value for value in self._values(node.kids) if value.kids]
        return Value(str(self._roles[node.type][1][0]), inner)

    def _through(self, node: Node, parts: list[list[Node]]) -> Value | None:
        values = self._values(one for part in parts for one in part)
        if len(values) == 1:
            return values[0]
        return Value("tuple", values) if values else None

    def _attribute(self, node: Node, parts: list[list[Node]]) -> Value:
        base = self._one(parts[0])
        return self._called(".", worded(parts[1]), (base,))

    def _call(self, node: Node, parts: list[list[Node]]) -> Value:
        callee = self._callee(parts)
        arguments = (
            self._values(one for part in parts[1] for one in named(part))
            if (parts[1] and parts[1][0].type not in self._roles)
            else self._values(parts[1])
        )
        read = self._read_here(parts, arguments)
        if read is not None:
            return read
        shape = "call.N" if callee.label.startswith(".") else "call N"
        if callee.label.startswith(".") and callee.kids:
            made = Value(
                "call" + callee.label, (*callee.kids, *arguments), name=callee.name, shape=shape
            )
        elif callee.kids:
            made = Value("call", (callee, *arguments))
        else:
            made = Value("call " + callee.label, arguments, name=callee.name, shape=shape)
        value = made
        name = callee.label.lstrip(".")
        if name in self._language.gathers and len(arguments) == 1:
            gathered = Value("collect", arguments)
            self._effect(gathered)
            return gathered
        if name not in self._language.pure:
            self._effect(value)
        return value

    def _callee(self, parts: list[list[Node]]) -> Value:
        """What is called; a method may stand apart from its object, as Java's grammar has it."""
        if len(parts) > 2 and parts[2]:
            return self._called(".", worded(parts[0]), (self._one(parts[2]),))
        return self._one(parts[0]) if parts[0] else UNKNOWN

    def _read_here(self, parts: list[list[Node]], arguments: Sequence[Value]) -> Value | None:
        """What a procedure of the same file gives back, read where it is called, if it is one."""
        name = last_word(parts[0])
        procedure = self._procedures.get(name)
        if procedure is None or name in self._within or len(self._within) >= DEEP or not self._left:
            return None
        self._left -= 1
        inner = parted(procedure, self._roles[procedure.type][1])
        before, self._env = self._env, {}
        self._given(inner[1])
        own = [name for name in self._env if name not in self._language.receivers]
        self._env |= dict(zip(own, arguments, strict=False))
        self._within.append(name)
        self._given_back.append([])
        self._run_all(inner[2])
        back = self._given_back.pop()
        self._within.pop()
        self._env = before
        return back[-1] if back else Value("nothing")

    def _index(self, node: Node, parts: list[list[Node]]) -> Value:
        return Value("[]", (self._one(parts[0]), *self._values(parts[1])))

    def _binary(self, node: Node, parts: list[list[Node]]) -> Value:
        values = self._values(one for part in parts for one in part)
        operator = " ".join(kid.type for kid in node.kids if not kid.named)
        return operation(operator or node.type, values)

    def _unary(self, node: Node, parts: list[list[Node]]) -> Value:
        operator = next((kid.type for kid in node.kids if not kid.named), "")
        value = self._one(parts[0])
        if operator in NOT:
            return value.kids[0] if value.label == "not" else Value("not", (value,))
        return Value("unary" + operator, (value,)) if value.label != "num" else value

    def _choice(self, node: Node, parts: list[list[Node]]) -> Value:
        condition, swapped = plain(self._one(parts[0]))
        one, two = self._one(parts[1]), self._one(parts[2])
        return Value("choice", (condition, two, one) if swapped else (condition, one, two))

    def _collect(self, node: Node, parts: list[list[Node]]) -> Value:
        before = dict(self._env)
        conditions = []
        for kid in named(node):
            if kid.field != "body":
                value = self.run(kid)
                conditions += [value] if value is not None else []
        value = Value("collect", self._values(parts[0]))
        self._env = before
        for condition in conditions:
            self.effects.append((value, condition))
        return value

    def _clause(self, node: Node, parts: list[list[Node]]) -> None:
        self._iterate(parts)

    def _condition(self, node: Node, parts: list[list[Node]]) -> Value:
        return plain(self._one(parts[0]))[0]

    def _lambda(self, node: Node, parts: list[list[Node]]) -> Value:
        before = dict(self._env)
        self._given(parts[0])
        value = Value("lambda", self._values(parts[1]))
        self._env = before
        return value

    def _other(self, node: Node) -> Value | None:
        """A node of no role: a value of its own kind, or a statement if it holds such."""
        values = []
        held = False
        for kid in named(node):
            value = self.run(kid)
            if value is None:
                held = held or self._roles.get(kid.type, ("",))[0] == "block"
            else:
                values.append(value)
        made = Value(node.type, values)
        if held:
            self._effect(made)
            return None
        return made

    # -- statements

    def _ignored(self, node: Node, parts: object) -> None:
        return None

    def _block(self, node: Node, parts: object) -> None:
        for kid in named(node):
            value = self.run(kid)
            if value is not None and value.label != "str":
                self._effect(value)

    def _assign(self, node: Node, parts: list[list[Node]]) -> Value | None:
        if not parts[1]:
            return None
        sign = next((kid.type for kid in node.kids if not kid.named), "=")
        if sign.endswith("=") and sign.removesuffix("=") in UPDATED:
            self._update(node, parts)
            return None
        value = self._one(parts[1])
        for target in parts[0]:
            self._store(target, value)
        return value if node.field in VALUED else None

    def _update(self, node: Node, parts: list[list[Node]]) -> None:
        operator = next((kid.type for kid in node.kids if not kid.named), "+=").removesuffix("=")
        old = self._one(parts[0])
        new = self._one(parts[1])
        if operator == "+" and new.label == "collect":
            self._effect(new)
        for target in parts[0]:
            self._store(target, operation(operator, [old, new]))

    def _step(self, node: Node, parts: list[list[Node]]) -> Value:
        """`i++` and the like: one more or one less."""
        sign = next((kid.type for kid in node.kids if not kid.named), "++")
        old = self._one(parts[0])
        for target in parts[0]:
            self._store(target, operation(sign[0], [old, Value("num")]))
        return old

    def _store(self, target: Node, value: Value) -> None:
        role = self._roles.get(target.type, ("", ()))[0]
        if role == "name":
            self._env[target.text] = value
        elif role in ("pattern", "through") or (not role and named(target)):
            whole = value if value.label in ("tuple", "pattern") else None
            inner = named(target)
            for place, one in enumerate(inner):
                part = (
                    whole.kids[place]
                    if whole and len(whole.kids) == len(inner)
                    else (value if len(inner) == 1 else Value("part", (value,)))
                )
                self._store(one, part)
        else:
            into = self.run(target)
            if into is not None:
                self._effect(Value("store", (into, value)))

    def _if(self, node: Node, parts: list[list[Node]]) -> None:
        condition, swapped = plain(self._one(parts[0]))
        then, other = (parts[2], parts[1]) if swapped else (parts[1], parts[2])
        if condition.label in (*TRUE, *FALSE):
            self._run_all(then if condition.label in TRUE else other)
            return
        before = dict(self._env)
        self._guards.append(condition)
        self._run_all(then)
        after, self._env = self._env, dict(before)
        self._run_all(other)
        self._guards.pop()
        for name in sorted({*after, *self._env}):
            one, two = after.get(name), self._env.get(name)
            if one is not two:
                both = (one or UNKNOWN, two or UNKNOWN)
                self._env[name] = (
                    Value("choice", (condition, *both)) if one and two else one or two or UNKNOWN
                )

    def _for(self, node: Node, parts: list[list[Node]]) -> None:
        if self._iterate(parts[:2]):
            self._run_all(one for part in parts[2:] for one in part)
            self._guards.pop()

    def _iterate(self, parts: list[list[Node]]) -> bool:
        """Bind the target of a loop; False if it is known to run over nothing."""
        over = self._one(parts[1])
        if over.label in ("tuple", "pattern", "list") and not over.kids:
            return False
        element = Value("each", (over,))
        for target in parts[0]:
            self._store(target, element)
        self._guards.append(element)
        return True

    def _while(self, node: Node, parts: list[list[Node]]) -> None:
        condition = plain(self._one(parts[0]))[0]
        self._guards.append(condition)
        self._effect(Value("while", (condition,)))
        self._run_all(one for part in parts[1:] for one in part)
        self._guards.pop()

    def _count(self, node: Node, parts: list[list[Node]]) -> None:
        """A loop with a counter: what begins it, while what, its body, what ends each round."""
        self._run_all(parts[0])
        self._while(node, parts[1:])

    def _exit(self, node: Node, parts: object) -> Value | None:
        values = self._values(named(node))
        if node.type == "assert_statement" and values and values[0].label in TRUE:
            return None
        if self._given_back and node.type == "return_statement":
            self._given_back[-1] += values[:1]
            return None
        value = Value(node.type, values)
        self._effect(value)
        return value if node.type == "yield" else None

    def _function(self, node: Node, parts: list[list[Node]]) -> None:
        if self._procedures.get(last_word(parts[0])) is node:
            return  # read where it is called
        before = dict(self._env)
        self._given(parts[1])
        self._run_all(parts[2])
        self._env = before

    def _class(self, node: Node, parts: list[list[Node]]) -> None:
        self._run_all(parts[-1])

    def _pattern(self, node: Node, parts: object) -> Value:
        return Value("tuple", self._values(named(node)))

    # -- small steps

    def _given(self, parameters: Iterable[Node]) -> None:
        """Parameters are values of which nothing is known."""
        for node in parameters:
            role = self._roles.get(node.type, ("",))[0]
            if role == "name":
                self._env[node.text] = GIVEN
            elif role != "ignored":
                self._given(kid for kid in named(node) if kid.field not in DEFAULTS)

    def _run_all(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            value = self.run(node)
            if value is not None and value.label != "str":
                self._effect(value)

    def _values(self, nodes: Iterable[Node]) -> list[Value]:
        found = (self.run(node) for node in nodes)
        return [value for value in found if value is not None]

    def _one(self, nodes: Sequence[Node]) -> Value:
        values = self._values(nodes)
        return values[0] if len(values) == 1 else Value("tuple", values) if values else UNKNOWN

    def _effect(self, value: Value) -> None:
        if value.kids and not (self.effects and self.effects[-1][0] is value):
            self.effects.append((value, self._guards[-1] if self._guards else None))


_HANDLERS: Final = {
    "name": Flow._name, "literal": Flow._literal, "through": Flow._through,
    "attribute": Flow._attribute, "call": Flow._call, "index": Flow._index,
    "binary": Flow._binary, "unary": Flow._unary, "choice": Flow._choice,
    "collect": Flow._collect, "clause": Flow._clause, "condition": Flow._condition,
    "lambda": Flow._lambda, "ignored": Flow._ignored, "block": Flow._block,
    "assign": Flow._assign, "update": Flow._update, "if": Flow._if, "for": Flow._for,
    "while": Flow._while, "count": Flow._count, "step": Flow._step, "exit": Flow._exit,
    "function": Flow._function, "class": Flow._class, "pattern": Flow._pattern,
}  # fmt: skip
