"""Which refusals can reach a page: every error that the deeds of a desk can raise, by its words.

Looked for are `raise` statements in every module of ours that the desk's verbs import, and in those
that these import. What a slot of a message holds is not known there, so it is tried as a number, a
name, a quoted name and a day: a message counts as translated if the page's catalogue has any.
"""

import ast
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import filiation
from filiation import errors
from filiation.report.languages.catalogue import LANGUAGES, read_pages
from filiation.report.wording.untyped import untyped
from web.test_no_english import ENGLISH

__all__ = ["Refusal", "english_in", "reached"]

ROOT = Path(filiation.__file__).parent
STARTS = ("filiation.proceedings.desk.verbs", "filiation.proceedings.desk.open")
ROOMS = ("casefile", "proceedings", "examining", "readers", "sketching", "model", "sealed")
COUNTS = re.compile(r"len\(|count|sequence|number|size|days|level|most|MOST|LONGEST|:[,.\dgd]")
DAYS = re.compile(r"\b(on|day|received|entered|there|first|last|date)$")
OWN = 10  # letters of a key: one with fewer, such as "{x}: {w}", is no sentence of ours
SLOT = re.compile("\x00[^\x00]*\x00")


@dataclass(frozen=True)
class Refusal:
    """Where an error is raised, and its words; a slot stands as what fills it, between NULs."""

    module: str
    words: str

    @property
    def shown(self) -> str:
        """Its words with their slots as a reader of the source knows them."""
        return SLOT.sub(lambda found: "{" + found[0][1:-1] + "}", self.words)


@cache
def reached() -> tuple[Refusal, ...]:
    """Each once, in the order of the modules."""
    found = dict.fromkeys(
        Refusal(module.removeprefix("filiation."), words)
        for module in sorted(_modules())
        for words in _raised(_tree(module))
    )
    return tuple(found)


def english_in(refusal: Refusal, language: str) -> bool:
    """Whether a page in that language says it in English, whatever its slots hold."""
    slots = [one[1:-1] for one in SLOT.findall(refusal.words)]
    meant = [_meant(one) for one in slots]
    tries = dict.fromkeys(
        tuple(one) for one in (meant, ["parent"] * len(slots), ["7"] * len(slots))
    )
    return all(_english(refusal.words, one, language) for one in tries)


def _meant(slot: str) -> str:
    """What a slot may hold, by what the source calls it."""
    if slot.endswith(("!r", "!a")):
        return "'parent'"
    if COUNTS.search(slot):
        return "7"
    return "2026-12-01" if DAYS.search(slot) else "parent"


def _english(words: str, held: Sequence[str], language: str) -> bool:
    put = iter(held)
    told = untyped(SLOT.sub(lambda _: next(put), words), Path("/srv/cases/acme"))
    catalogue = read_pages(language)
    said = catalogue.say.get(told)
    for one in () if said else catalogue.templates.get(told[:1], catalogue.anywhere):
        if len("".join(one.words)) >= OWN and one.found(told):
            said = " ".join(piece for piece in one.value if isinstance(piece, str))
            break
    return said is None or bool(ENGLISH.search(re.sub("\u201c.*?\u201d", "", said)))


def _modules() -> set[str]:
    """What the desk's verbs import, and what that does; of the rooms where deeds are done."""
    found, waits = set[str](), [*STARTS]
    while waits:
        module = waits.pop()
        if module in found:
            continue
        found.add(module)
        waits += [one for one in _imports(_tree(module)) if one.split(".")[1] in ROOMS]
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("filiation."):
            assert node.module
            inner = [f"{node.module}.{one.name}" for one in node.names]
            yield from [one for one in (node.module, *inner) if _path(one)]


@cache
def _path(module: str) -> Path | None:
    at = ROOT.joinpath(*module.split(".")[1:])
    return next((one for one in (at.with_suffix(".py"), at / "__init__.py") if one.is_file()), None)


@cache
def _tree(module: str) -> ast.Module:
    path = _path(module)
    assert path is not None, find_spec(module)
    return ast.parse(path.read_text())


def _raised(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        name = getattr(node.exc.func, "id", "")
        if name in errors.__all__ and node.exc.args:
            yield from (words for words in _words(node.exc.args[-1]) if " " in words)


def _words(node: ast.expr) -> list[str]:
    """What an expression can say; nothing of one that only calls something else."""
    match node:
        case ast.Constant(value=str(said)):
            return [said]
        case ast.JoinedStr(values=values):
            parts = [_words(one) or [f"\x00{_slot(one)}\x00"] for one in values]
            return ["".join(one) for one in itertools.product(*parts)]
        case ast.IfExp(body=body, orelse=other):
            return [*_words(body), *_words(other)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [a + b for a in _words(left) for b in _words(right)]
    return []


def _slot(node: ast.expr) -> str:
    """How the source calls what fills it, with how it is written."""
    if not isinstance(node, ast.FormattedValue):
        return ""
    name = ast.unparse(node.value)
    spec = ast.unparse(node.format_spec)[2:-1] if node.format_spec else ""
    how = f"!{chr(node.conversion)}" if node.conversion > 0 else ""
    return f"{name}:{spec}" if spec else f"{name}{how}"


if __name__ == "__main__":
    for one in reached():
        for code in LANGUAGES:
            if english_in(one, code):
                sys.stdout.write(f"{code} {one.module}: {one.shown}\n")
