"""An expert report in another language: its English document, sentence by sentence.

Law: a translation is a function of the English document and of a catalogue. Quotations, what a
human filled in, names, digests, commands and columns of foreign words stay as they are. A sentence
that the catalogue has not is printed in English, and the first page says how many are.
"""

import html
import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, final

from filiation.report.languages.catalogue import Catalogue, read_catalogue, read_reports

__all__ = [
    "METHOD_ID",
    "Translator",
    "drawing_in",
    "meanings_in",
    "sentences_in",
    "sentences_of",
    "translated",
]

DRAWN: Final = re.compile(
    r'(?:(?<= font-size=")(?P<size>[\d.]+)(?P<mark>"[^<>]*>)|(?<=>))'
    r"(?P<words>[^<>]+)(?=</(?:text|title)>)"
)
LINES: Final = re.compile(r'(?:<text [^<>]*data-lines="[^<>]*>[^<>]*</text>\s*)+')
LINE: Final = re.compile(r"(?<=>)([^<>]+)(?=</text>)")
SIZE: Final = re.compile(r'(?<= font-size=")[\d.]+')
SMALLEST: Final = 0.7  # of a drawing's letters, where words are longer than the English
COMMAND: Final = re.compile(r"filiation [a-z]")
METHOD_ID: Final = re.compile(r"[a-z][\w-]*/\d+\b")
MEANING: Final = re.compile(r"(?<= \()((?:[^()]|\([^()]*\))+)(?=\)(?:;|$))")
AFTER: Final = re.compile("[.!?]\u201d? (?=[A-Z0-9\u201c])")


@final
@dataclass(slots=True)
class Translator:
    """One translation under way, and the sentences that the catalogue has not."""

    catalogue: Catalogue
    english: list[str] = field(default_factory=list)

    def text(self, text: str) -> str:
        """Sentences; as many together as one key has."""
        sentences, put = sentences_of(text), list[str]()
        if not sentences:
            return text
        while sentences:
            taken, said = self._most(sentences)
            put.append(said)
            sentences = sentences[taken:]
        return " ".join(put)

    def _most(self, sentences: Sequence[str]) -> tuple[int, str]:
        for many in range(len(sentences), 0, -1):
            said = self.catalogue.said(" ".join(sentences[:many]), many=many)
            if said is not None:
                return many, said
        self.english.append(sentences[0])
        return 1, sentences[0]

    def kept(self, text: str) -> str:
        """The same; what the catalogue has not is a citation, and stays."""
        said = self.catalogue.said(text)
        return text if said is None else said

    def cell(self, text: str) -> str:
        if METHOD_ID.match(text):
            return meanings_in(text, self.kept)
        return text if COMMAND.match(text) else self.text(text)

    def drawing(self, svg: str) -> str:
        """The words in a drawing; longer ones in smaller letters, in the room of the English."""
        put, at = list[str](), 0
        for lines in LINES.finditer(svg):
            put += [DRAWN.sub(self._drawn, svg[at : lines.start()]), self._lines(lines[0])]
            at = lines.end()
        return "".join([*put, DRAWN.sub(self._drawn, svg[at:])])

    def _lines(self, drawn: str) -> str:
        """A sentence in several lines, in as many of another language."""
        pieces = LINE.split(drawn)  # a tag, its words, and what follows, by turns
        words = [html.unescape(one) for one in pieces[1::2]]
        said = self.text(" ".join(words))
        width = max(max(map(len, words)), math.ceil(len(said) / len(words)))
        while len(shown := textwrap.wrap(said, width)) > len(words):
            width += 1
        size = max(SMALLEST, min(1.0, max(map(len, words)) / max(map(len, shown))))
        shown += [""] * (len(words) - len(shown))
        pieces[1::2] = [html.escape(one, quote=False) for one in shown]
        return SIZE.sub(lambda found: f"{float(found[0]) * size:.1f}".removesuffix(".0"),
                        "".join(pieces))  # fmt: skip

    def _drawn(self, found: re.Match[str]) -> str:
        words = html.unescape(found["words"])
        put = self.text(words)
        size = found["size"] or ""
        if size and len(put) > len(words):
            size = f"{float(size) * max(SMALLEST, len(words) / len(put)):.1f}".removesuffix(".0")
        return f"{size}{found['mark'] or ''}{html.escape(put, quote=False)}"

    def block(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """A block as the document has it."""
        match found["kind"]:
            case "heading":
                put: dict[str, Any] = {"text": self._heading(found)}
                put |= {"number": ""} if found["annex"] else {}
            case "paragraph":
                put = {"text": self.text(found["text"]), "source": self.text(found["source"])}
            case "note":
                put = {"text": self.text(found["text"])}
            case "table":
                put = self._table(found)
            case "drawing":
                put = {"svg": self.drawing(found["svg"]), "caption": self.text(found["caption"])}
            case "quotation":
                put = {"by": self.text(found["by"]), "more": self.text(found["more"])}
            case "blank":
                put = {"label": self.text(found["label"]), "rule": self.kept(found["rule"])}
            case _:
                put = self._oath(found)
        return {**found, **put}

    def _heading(self, found: Mapping[str, Any]) -> str:
        text = self.text(found["text"])
        if not found["annex"]:
            return text
        place = str(self.catalogue.frame["annex"]).format(found["number"])
        return f"{place[:1].upper()}{place[1:]}. {text}"

    def _table(self, found: Mapping[str, Any]) -> dict[str, Any]:
        theirs = {*found.get("theirs", ()), *found["mono"]}
        return {
            "caption": self.text(found["caption"]),
            "headings": [self.text(words) for words in found["headings"]],
            "rows": [
                [words if n in theirs else self.cell(words) for n, words in enumerate(row)]
                for row in found["rows"]
            ],
        }

    def _oath(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Prescribed words are sworn in the language of the rules, and stay."""
        return {
            "title": self.text(found["title"]),
            "rule": self.kept(found["rule"]),
            "paragraphs": [self.kept(words) for words in found["paragraphs"]],
            "signed": [self.text(words) for words in found["signed"]],
        }

    def front(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The first page."""
        said = ("title", "addressed", "about", "check", "data", "unsigned", "footer", "page")
        return {
            **found,
            **{name: self.text(found[name]) for name in said},
            "verdict": [[self.text(line) for line in lines] for lines in found["verdict"]],
            "drawings": [self.block(one) for one in found["drawings"]],
            "rows": [[self.text(label), self.text(words)] for label, words in found["rows"]],
        }


def translated(document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The document in another language, with what its first page says of that.

    Args:
        document: An expert report as `document_bytes` makes it, read as JSON.
        language: Code of a language that has a catalogue.

    Raises:
        UsageError: It has none.
    """
    catalogue = read_catalogue(language)
    translator = Translator(catalogue)
    front = translator.front(document["front"])
    core = [translator.block(block) for block in document["core"]]
    behind = Translator(read_reports(language))
    annexes = [behind.block(block) for block in document["annexes"]]
    left, left_behind = (list(dict.fromkeys(one.english)) for one in (translator, behind))
    notice = [str(catalogue.frame["notice"])]
    for name, sentences in (("left", left), ("left_behind", left_behind)):
        if sentences:
            notice.append(str(catalogue.frame[name]).format(len(sentences)))
    return {
        **document,
        "language": language,
        "english": left,
        "english_in_annexes": left_behind,
        "front": {**front, "notice": " ".join(notice)},
        "core": core,
        "annexes": annexes,
    }


def sentences_in(catalogue: Catalogue, text: str) -> str:
    """Sentences of ours in another language; those that the catalogue has not stay in English."""
    return Translator(catalogue).text(text)


def drawing_in(catalogue: Catalogue, svg: str) -> str:
    """The same of a drawing's words."""
    return Translator(catalogue).drawing(svg)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; what stands in quotation marks is not cut."""
    ends = [0]
    for found in AFTER.finditer(text):
        before = text[: found.start() + 1]
        if before.count("\u201c") == before.count("\u201d") + (found[0][1:2] == "\u201d"):
            ends.append(found.end())
    ends.append(len(text))
    return [text[a:b].rstrip() for a, b in pairwise(ends) if text[a:b].strip()]


def meanings_in(text: str, say: Callable[[str], str]) -> str:
    """A row of methods' ids and parameters, of which only the meanings are words of ours."""
    return MEANING.sub(lambda found: say(found[0]), text)
