"""What a copy keeps and no function of the code asks for: misspelt words, odd blanks, dead code.

A language model's copy shares its errors; so does a text. Each sign is one that its author did not
have to make: it says little by itself, and whoever else has it is counted beside it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from filiation.model.source import Sign, SignKind
from filiation.readers.code.grammar import Language, Node
from filiation.readers.code.values import hashed
from filiation.readers.code.words import known_number, known_word, misspelt

__all__ = ["Found", "signs", "words_of"]

ASKED: Final = 500  # unknown words of a file that are looked at
MOST: Final = 2_000  # signs of one kind in a file
LONG: Final = 60  # characters of a word or number that is kept
TELLING: Final = 10  # letters and digits of a line that is a sign
HABIT: Final = 0.1  # of a file's lines from which odd blanks are its author's habit
WORD: Final = re.compile(r"[A-Z]?[a-z]+")
PART: Final = re.compile(r"[^\W\d]\w*")
COMPOUND: Final = re.compile(r"[a-z0-9]_?[A-Z]|[A-Za-z0-9]_[A-Za-z0-9]")  # no word of a language
BLANKS: Final = re.compile(r"\s+")
MENTIONED: Final = re.compile(r"`([A-Za-z_]\w{3,60})(?:\(\))?`|\b([a-z]\w{0,40}_\w{1,40})\b(?!\.)")
CODE: Final = re.compile(r"[\w.\[\]'\"]{1,80}\s*(?:[-+*/|&]?=[^=]|\(|\+\+|--)[^\n]*[\w)\];:{}'\"]")
SIGNS: Final = re.compile(r"^(?:#+|//+|/\*+|\*+|--)\s?|\*+/$")
ENDS: Final = frozenset({
    *("return_statement", "raise_statement", "break_statement", "continue_statement"),
    *("goto_statement", "throw_statement"),
})  # fmt: skip
NEVER: Final = frozenset({"False", "false", "0"})
NOTICE: Final = re.compile(r"(?i)copyright|licen[cs]e|warranty|spdx|@author|https?://")

Found: TypeAlias = tuple[SignKind, int, str, int]  # kind, key, text, line


def signs(root: Node, text: str, file: str, language: Language) -> tuple[Sign, ...]:
    """Every sign of a file, each text once, where it stands first."""
    lines = text.split("\n")
    names: set[str] = set()
    asked: set[str] = set()
    found: list[Found] = []
    mentioned: list[tuple[str, int]] = []
    for node in _nodes(root):
        if not node.kids:
            found += _of_leaf(node, names, mentioned, asked)
        elif node.kids and language.roles.get(node.type, ("",))[0] in ("block", "if"):
            found += _dead(node, lines, language)
    found += (
        ("stale", hashed(f"stale {name}"), name, line)
        for name, line in mentioned
        if name not in names
    )
    found += _odd_blanks(lines)
    first: dict[tuple[SignKind, int], Sign] = {}
    many: dict[SignKind, int] = {}
    for kind, key, said, line in found:
        if (kind, key) not in first and many.get(kind, 0) < MOST:
            many[kind] = many.get(kind, 0) + 1
            first[kind, key] = Sign(kind=kind, key=key, text=said[:LONG], file=file, line=line)
    return tuple(sorted(first.values(), key=lambda one: (one.line, one.kind, one.key)))


def words_of(text: str) -> Iterator[str]:
    """Words of a text or of a name, in small letters."""
    return (one.lower() for one in WORD.findall(text))


def names_of(root: Node) -> set[str]:
    """Every name that stands in the code of a file."""
    return {node.text for node in _nodes(root) if not node.kids and "identifier" in node.type}


def _nodes(root: Node) -> Iterator[Node]:
    left = [root]
    while left:
        node = left.pop()
        yield node
        left += node.kids


def _of_leaf(
    node: Node, names: set[str], mentioned: list[tuple[str, int]], asked: set[str]
) -> Iterator[Found]:
    if "comment" in node.type:
        yield from _of_comment(node, mentioned, asked)
    elif "identifier" in node.type:
        names.add(node.text)
        yield from _typos(node.text, node.first, asked)
    elif node.type in ("string_content", "string_fragment"):
        names.update(PART.findall(node.text))
        yield from _typos(node.text, node.first, asked)
    elif node.text[:1].isdigit():
        number = _magic(node.text)
        if number:
            yield "number", hashed(f"number {number}"), number, node.first


def _typos(text: str, line: int, asked: set[str]) -> Iterator[Found]:
    """Words that no list has; of a file that invents them without end the first `ASKED`."""
    for word in words_of(text):
        if known_word(word) or (len(asked) >= ASKED and word not in asked):
            continue
        asked.add(word)
        if misspelt(word):
            yield "typo", hashed(f"typo {word}"), word, line


def _of_comment(node: Node, mentioned: list[tuple[str, int]], asked: set[str]) -> Iterator[Found]:
    for place, raw in enumerate(node.text.split("\n")):
        line = SIGNS.sub("", raw.strip()).strip()
        if NOTICE.search(line):
            continue
        at = node.first + place
        yield from _typos(line, at, asked)
        if CODE.fullmatch(line) and sum(map(str.isalnum, line)) >= TELLING:
            yield "commented-out", hashed("out " + BLANKS.sub("", line)), "", at
        else:
            found = ((one or two, at) for one, two in MENTIONED.findall(line))
            mentioned += (each for each in found if COMPOUND.search(each[0]))


def _magic(text: str) -> str:
    """A number that says nothing by itself, in one spelling; empty if it is of the usual."""
    plain = text.lower().replace("_", "").replace("'", "")
    if plain.startswith("0x"):
        digits = plain[2:].rstrip("ul")
        telling = len({*digits.strip("0")}) >= 3 and len(digits) >= 4
        number = f"0x{digits}"
    else:
        number = plain.rstrip("ulfdj")
        digits = number.partition("e")[0].replace(".", "").strip("0")
        telling = len(digits) >= (4 if number.isdigit() else 3)
        if number.isdigit():
            value = int(number[:30])
            near_two = any((value + step) & (value + step - 1) == 0 for step in (-1, 0, 1))
            telling = telling and not near_two and not 1900 <= value < 2100
    return number if telling and not known_number(number) else ""


def _dead(node: Node, lines: Sequence[str], language: Language) -> Iterator[Found]:
    """Statements behind a return, and what stands under a condition that is never met."""
    ended = False
    never = node.type == "if_statement" and _never(node)
    for kid in node.kids:
        if not kid.named or "comment" in kid.type:
            continue
        usable = kid.type not in ("case_statement", "labeled_statement", "switch_label")
        if (ended and usable) or (never and kid.field == "consequence"):
            text = BLANKS.sub("", "".join(lines[kid.first - 1 : kid.last]))
            if sum(map(str.isalnum, text)) >= TELLING:
                yield "dead", hashed(f"dead {text}"), "", kid.first
        ended = (ended and usable) or kid.type in ENDS


def _never(node: Node) -> bool:
    """Whether the condition of a branch is the constant false."""
    condition = next((kid for kid in node.kids if kid.field == "condition"), None)
    while condition is not None and condition.kids:
        named = [kid for kid in condition.kids if kid.named]
        condition = named[0] if len(named) == 1 else None
    return condition is not None and (condition.text or condition.type) in NEVER


def _odd_blanks(lines: Sequence[str]) -> Iterator[Found]:
    """Lines with blanks at their end, or with a tab behind a blank, where that is no habit."""
    odd = []
    for number, raw in enumerate(lines, 1):
        line = raw.removesuffix("\r")
        bare = line.rstrip(" \t")
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        trailing = line[len(bare) :]
        if (trailing or " \t" in indent) and sum(map(str.isalnum, bare)) >= TELLING:
            mixed = " \t" in indent
            odd.append((number, f"blanks {trailing!r} {mixed} {BLANKS.sub('', bare)}"))
    if len(odd) <= HABIT * len(lines):
        for number, key in odd:
            yield "blanks", hashed(key), "", number
