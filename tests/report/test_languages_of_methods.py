"""What methods say in other languages: by construction, all that any of them can say.

Read are the words beside each method, the literal words of the methods' code (units, assumptions,
why there is no finding), those of the pages' conclusions, and what each kind of material says.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filiation import methods
from filiation.examining import kinds as of_kinds
from filiation.report import wording
from filiation.report.languages.catalogue import LANGUAGES, SLOT, read_pages
from filiation.report.languages.translated import drawing_in, sentences_of

METHODS = Path(methods.__file__).parent
WORDING = Path(wording.__file__).parent
KINDS = Path(of_kinds.__file__).parent
ALONE = {"owner", "logs"}  # of one exhibit: their reports are translated with that question's words
# What reads and counts, and says nothing to a reader; what speaks to who writes a method.
SILENT = {"contract.py", "entries.py", "refusal_classifier.py", "artefacts.py", "dates.py",
          "languages.py", "latex.py", "number_words.py", "wrapping.py", "splitting.py",
          "replies.py", "structure.py"}  # fmt: skip
UNSAID = {"null", "measured"}
KIND_SAYS = ("sense", "shown", "inherited", "plural", "no_evidence", "limits")
# Modules by which a page of a comparison is worded, and what of them it does not print.
PAGES = ("conclusion", "findings", "headline", "figures", "fragments", "lineup", "methods",
         "parts_table", "parts", "pictures", "sections", "not_excluded", "components", "relation",
         "plan", "stacks")  # fmt: skip
REPORTED = {"standing_sentence", "why_words", "place_words", "grid_note", "table_sentence",
            "exhibits_sentence", "exhibit_labels", "candidates_sentence", "_below",
            "told_apart", "relatives_sentences"}  # fmt: skip
# Of what examines: words by which languages are told, what refuses a plan, names of random streams.
UNPRINTED = {"plan.py", "plan_fields.py", "versions.py", "replayed.py",
             "released.py", "question.py", "campaigns.py"}  # fmt: skip
UNNOTED = (  # propositions, and what is put into longer notes as it is, such as licences
    "plug.py:", "measured.py:_heads", "beside.py:_beside", "classing.py:_vendored",
    "classing.py:_by_holders", "merged.py:_wholes", "merged.py:_declaration", "axes.py:_found",
    "units.py:_order_rate", "quick.py:readied", "chosen_items.py:remarks",
)  # fmt: skip
HOLE = re.compile(r"\0|\{\w*(?::[^{}]*)?\}")
FIGURES = re.compile(r"(at most|more than) \d[\d.]*( in \d+)?")
NEITHER = re.compile(r'[\\|^$]|\(\?|\[\w|\.q, |\{"')  # a pattern, or a list of names


def said(texts: Iterator[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Pieces of three words and more that stand in no key, whatever a key with slots would take."""
    keys = "\n".join(SLOT.sub("\0", key) for key in read_pages(language).say).lower()
    return [
        (where, piece)
        for where, text in texts
        for part in HOLE.split(text)
        for sentence in sentences_of(part)
        if len((piece := sentence.strip(' .,;:()%"\u201c\u201d')).split()) > 2
        and not FIGURES.fullmatch(piece)
        and piece.lower() not in keys
    ]


def literals(path: Path) -> Iterator[tuple[str, str]]:
    """Words of a module that are no docstring and no error, holes of f-strings left open."""
    tree = ast.parse(path.read_text("utf-8"))
    for top in tree.body:
        name = getattr(top, "name", "")
        inner = {id(part) for node in ast.walk(top) if isinstance(node, ast.JoinedStr)
                 for part in node.values}  # fmt: skip
        raised = {id(part) for node in ast.walk(top) if isinstance(node, ast.Raise)
                  for part in ast.walk(node)}  # fmt: skip
        docs = {id(node.value) for node in ast.walk(top) if isinstance(node, ast.Expr)}
        for node in ast.walk(top):
            text = folded(node)
            if text and id(node) not in inner | raised | docs and not NEITHER.search(text):
                yield f"{path.parent.name}/{path.name}:{name}", text


def folded(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0"
                       for part in node.values)  # fmt: skip
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def told(found: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, str):
        yield where, " ".join(found.split())
    elif isinstance(found, list):
        for one in found:
            yield from told(one, where)
    elif isinstance(found, dict):
        for key, one in found.items():
            if key not in UNSAID:
                yield from told(one, f"{where}.{key}")


def files(ending: str) -> list[Path]:
    return [one for one in sorted(METHODS.rglob(f"*{ending}"))
            if not ALONE & set(one.parts) and one.name not in SILENT]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_beside_each_method(language: str) -> None:
    """Whole, and not in pieces: titles, questions, explanations, what defeats it, parameters."""
    catalogue = read_pages(language)
    words = [one for path in files(".toml") if path.name not in ("identity.toml", "reached.toml")
             for one in told(tomllib.loads(path.read_text("utf-8")), path.stem)]  # fmt: skip
    assert len(words) > 150
    lost = [
        (where, sentence)
        for where, text in words
        for sentence in sentences_of(text.replace("{}", "1,476"))
        if catalogue.said(sentence) is None
    ]
    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_assumption_of_a_method(language: str) -> None:
    words = [one for path in files(".py") for one in literals(path)]
    assert len(words) > 300
    assert said(iter(words), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_of_an_examination(language: str) -> None:
    """What the code says that reads, matches and compares, as notes and kinds of relation."""
    words = [one for path in sorted(KINDS.rglob("*.py")) if path.name not in UNPRINTED
             for one in literals(path) if not one[0].endswith(UNNOTED)]  # fmt: skip
    assert len(words) > 1000
    assert said(iter(words), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_of_a_comparison_says(language: str) -> None:
    words = [one for name in PAGES for one in literals(WORDING / f"{name}.py")
             if one[0].rpartition(":")[2] not in REPORTED]  # fmt: skip
    assert len(words) > 200
    assert said(iter(words), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_kind_says_of_itself(language: str) -> None:
    catalogue = read_pages(language)
    found = {path.parent.name: tomllib.loads(path.read_text("utf-8"))
             for path in KINDS.rglob("kind.toml")}  # fmt: skip
    words = [one for kind, says in found.items() for name in KIND_SAYS
             for one in told(says.get(name, ""), f"{kind}.{name}")]  # fmt: skip
    assert len(found) > 6 and len(words) > 40
    lost = [(where, one) for where, text in words for whole in untold(text)
            for one in sentences_of(whole) if catalogue.said(one) is None]  # fmt: skip
    assert lost == []


def untold(text: str) -> tuple[str, ...]:
    """With each of what a conclusion may leave untold."""
    both, first = (
        "a shared initialisation from shared training, nor ",
        "which model came first, nor ",
    )
    if "{untold} " not in text:
        return (text,)
    return tuple(text.replace("{untold} ", one) for one in ("", both, first, both + first))


def test_a_sentence_that_nobody_translated_would_be_found() -> None:
    found = said(iter([("here", "the cat of \0 sat on no mat; more of them would suffice")]), "de")
    assert found == [("here", "the cat of"), ("here", "sat on no mat; more of them would suffice")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_is_known_as_a_sentence(language: str) -> None:
    """Once as a key; a capital and a full stop come from where it stands."""
    say = read_pages(language).said
    clause, whole = say("tosses of a fair coin"), say("Tosses of a fair coin.")
    assert clause and whole and whole.endswith(".")
    assert whole[0].isupper() and whole[1:-1] == clause[1:]
    assert say("tosses of a foul coin") is None and say("Tosses of a foul coin.") is None


def test_a_name_takes_no_sentence_for_itself() -> None:
    """What stands unquoted is short and ends where a sentence does."""
    say = read_pages("de").said
    assert say("the sketch of a b: c keeps no whole rows") is None
    assert say("the sketch of a, b keeps no whole rows") == (
        "die Skizze von a, b bewahrt keine ganzen Zeilen"
    )


def test_longer_words_stand_in_smaller_letters() -> None:
    """A drawing has the room of its English words; a title is not drawn."""
    drawn = '<title>not excluded</title><text x="1" font-size="10" fill="#fff">not excluded</text>'
    put = drawing_in(read_pages("de"), f'{drawn}<text font-size="10">1e-9</text>')
    assert put == (
        '<title>nicht ausgeschlossen</title><text x="1" font-size="7" fill="#fff">'
        'nicht ausgeschlossen</text><text font-size="10">1e-9</text>'
    )
