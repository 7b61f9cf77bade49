"""No sentence stands outside `report/wording/`: what the program says is said, and judged, there.

A sentence is six words in a row in one literal, the constant parts of an f-string taken together.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).parents[2] / "src" / "filiation"
WORDING: Final = "report/wording/"
LEAST: Final = 6

# Rooms that the report cannot lend words to, since they lie below it. What they say is data: it
# stands in the sketch, the recording, the plan or the examination, and is read there without them.
RECORDED: Final = {
    "methods/": "a method brings its own words: null, combination, reasons of absence",
    "examining/": "on what evidence a relation is typed, which propositions a plan fixes",
    "populations/": "why a study or a ratio has nothing to say of a pair",
    "libraries/roster.py": "why a model is in no pair of a survey",
    "libraries/trees_survey.py": "why a tree is in no pair of a survey, and what a rank can show",
    "libraries/search.py": "what a quick search did not ask, kept with what it found",
    "libraries/nearest.py": "why a known model is or is no relative: a field of a scan",
    "libraries/reference.py": "the same, of an entry of the index that is shipped",
    "model/recording.py": "how a note on the choice of items begins: a report finds it by that",
    "model/ancestry.py": "what the regimes of a study mean: fields of its figures",
    "readers/": "what of a file was read otherwise than it stands, or left out",
    "sketching/": "what of a model was left out of its sketch",
    "casefile/": "what a fact states, and by place what of a record was altered: it is raised",
    "interrogate/": "the questions put to models, and what a recording notes of its making",
}
# What the command line says of itself before anything is imported.
HELPED: Final = {"cli/front/": "what a verb does, in a line; examples; what an exit code means"}

HELP: Final = {"help", "epilog", "metavar"}  # of options, shown by the command line alone
REASONS: Final = {"reason", "because"}  # of a typed absence, which the examination keeps

WORD: Final = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
NAME: Final = re.compile(r"[\w.,%/+-]*")  # a number, a file, a flag: neither a word nor a break
QUERY: Final = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|EXISTS|JOIN)\b")  # SQL
AROUND: Final = ".,;:?!()\"'\u201c\u201d\u2026"


def in_a_row(text: str) -> int:
    """The longest run of words; names and numbers between them neither count nor end it."""
    longest = run = 0
    for token in () if QUERY.match(text) else text.split():
        bare = token.strip(AROUND)
        if WORD.fullmatch(bare):
            run += 1
        elif not NAME.fullmatch(bare):
            run = 0
        longest = max(longest, run)
    return longest


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of every sentence of a module that may not stand there."""
    tree = ast.parse(source)
    aside = {id(part) for node in ast.walk(tree) for part in _aside(node)}
    for node in ast.walk(tree):
        text = _text(node)
        if text is not None and id(node) not in aside and in_a_row(text) >= LEAST:
            yield node.lineno, text  # type: ignore[attr-defined]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(p.value if isinstance(p, ast.Constant) else "0" for p in node.values)
    return None


def _aside(node: ast.AST) -> Iterator[ast.AST]:
    """What is read as no sentence below a node: docstrings, errors, help, reasons of absence."""
    if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
        yield from ast.walk(node)
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr):
            yield first.value
    elif isinstance(node, ast.Raise | ast.Assert):
        yield from ast.walk(node)
    elif isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name.endswith("Error"):
            yield from ast.walk(node)
        for keyword in node.keywords:
            if keyword.arg in HELP | REASONS:
                yield from ast.walk(keyword.value)


def _modules() -> list[str]:
    return sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


@cache
def _found(module: str) -> tuple[tuple[int, str], ...]:
    return tuple(sentences((SOURCE / module).read_text(encoding="utf-8")))


def test_sentences_live_in_wording() -> None:
    allowed = (WORDING, *RECORDED, *HELPED)
    told = [
        f"{module}:{line}: {text[:70]!r}"
        for module in _modules()
        if not module.startswith(allowed)
        for line, text in _found(module)
    ]

    assert told == [], f"move to {WORDING}"


@pytest.mark.parametrize("room", [*RECORDED, *HELPED])
def test_no_room_is_excepted_without_need(room: str) -> None:
    held = [module for module in _modules() if module.startswith(room) and _found(module)]

    assert held, f"{room} holds no sentence: take it from the exceptions"


def test_what_a_sentence_is() -> None:
    said = 'def f():\n    """One two three four five six."""\n    return '

    assert not list(sentences(f'{said}"one two three four five"'))
    assert list(sentences(f'{said}"One, two: three 4 (four) five “six”."'))
    assert list(sentences(f'{said}f"one two {{x}} three four {{y}} five six"'))
    assert list(sentences(f'{said}"--population gives one two three four five six"'))
    assert not list(sentences(f'{said}"SELECT one, two, three, four, five, six FROM seven"'))
    assert not list(sentences(f'{said}"<a one=two> three <b> four five six"'))
    assert list(sentences('x = f(told="one two three four five six")'))
    for aside in (
        "raise E({})",
        "x = FooError({})",
        "x = f(help={})",
        "x = Absent(reason={})",
        "class FooError(E):\n    x = {}",
    ):
        assert not list(sentences(aside.format('"one two three four five six"')))
