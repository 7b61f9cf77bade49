"""What does this program print? Programs made of statements of `programs.toml`.

The level in the category is how far the statements go: 1 slices and comprehensions, 2 loops and
sorting, 3 closures and generators, 4 recursion and lists changed while they are walked, 5 all of
that at more length. Answers have many possible wrong values, so equal errors weigh much.
"""

import builtins
from string import Template
from types import CodeType
from typing import Any, Final

from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import Prompt, data, drawn
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "program-output"
LEVELS: Final = 5
LONGEST: Final = 60  # characters of the output
SHORTEST: Final = 4  # shorter ones are guessed
_ASK: Final = "What does this program print? Answer with the output only."
_WHITELIST: Final = (
    *("chr", "dict", "enumerate", "iter", "len", "list", "max", "min", "next", "ord"),
    *("range", "reversed", "sorted", "str", "sum", "zip"),
)
_LETTERS: Final = ("bdlmnrvz", "aeiou")

# A statement of our own that does not fit what it is given (an index too high, an empty maximum).
_MISFIT: Final = (ArithmeticError, LookupError, ValueError, StopIteration)


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Draw programs; levels take turns."""
    return drawn(NAME, seed, items, _prompt)


def _prompt(draws: Draws, place: int) -> Prompt | None:
    level = place % LEVELS + 1
    program = _program(draws, level)
    key = _output(program)
    if key is None or not SHORTEST <= len(key) <= LONGEST or not key.isprintable():
        return None
    if key.strip() != key or "  " in key:
        return None  # blanks would be lost by a reader of answers
    return Prompt(
        prompt=f"{_ASK}\n\n```python\n{program}\n```",
        category=f"level/{level}",
        key=key,
        normaliser="literal/1",
    )


def _program(draws: Draws, level: int) -> str:
    """A start, two to six statements up to the level and one of it at least, and an end."""
    held = draws.pick(("xs", "xs", "s", "d"))
    lines = [_start(draws, held)]
    steps = level + 1
    hardest = draws.below(steps)
    for at in range(steps):
        fit = [step for step in data("programs.toml")["step"] if step["takes"] == held]
        most = max(step["level"] for step in fit)
        wanted = min(level, most) if at == hardest else draws.between(1, min(level, most))
        step = draws.pick([step for step in fit if step["level"] == wanted])
        lines.append(_filled(draws, draws.pick(step["code"])))
        held = step["gives"]
    lines.append(_filled(draws, draws.pick(data("programs.toml")["ends"][held])))
    return "\n".join(lines)


def _start(draws: Draws, held: str) -> str:
    if held == "xs":
        return f"xs = {[draws.between(1, 40) for _ in range(draws.between(6, 9))]}"
    if held == "s":
        return f"s = {_word(draws, 8, 12)!r}"
    words = [_word(draws, 3, 4) for _ in range(draws.between(4, 5))]
    held_in_d = {word: draws.between(1, 30) for word in words}
    return f"d = {held_in_d}"


def _word(draws: Draws, low: int, high: int) -> str:
    return "".join(draws.pick(_LETTERS[at % 2]) for at in range(draws.between(low, high)))


def _filled(draws: Draws, code: str) -> str:
    numbers = {"a": (1, 3), "m": (3, 5), "b": (2, 9), "c": (20, 97), "r": (0, 2)}
    return Template(code).substitute(
        {name: draws.between(low, high) for name, (low, high) in numbers.items()}
    )


def _output(program: str) -> str | None:
    """Run one of our own programs with a handful of builtins; None if a statement did not fit.

    Nothing here comes from outside, and the statements are bounded, so no sandbox is claimed.
    """
    printed: list[str] = []

    def record(*values: object) -> None:
        printed.append(" ".join(map(str, values)))

    allowed: dict[str, Any] = {name: getattr(builtins, name) for name in _WHITELIST}
    code: CodeType = compile(program, "<program-output>", "exec")
    try:
        exec(code, {"__builtins__": allowed | {"print": record}})
    except _MISFIT:
        return None
    return printed[0] if len(printed) == 1 else None
