"""The words of one part of a Word file, in their order, each marked if Word does not show it so.

Elements are told by their local names, which the transitional and the strict form of the format
(ISO/IEC 29500) share with drawings, charts and formulas. Words in an element that is not known
stand as `[other: ...]`: nothing is left out because nobody thought of it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, final
from xml.etree.ElementTree import Element

from filiation.readers.writings.marks import harmless, marked, section
from filiation.readers.writings.word_styles import Look, Styles, look_of

__all__ = ["Words", "attribute", "local"]

DEEPEST: Final = 400
TEXTS: Final = frozenset({"t", "v", "delText"})
SPACES: Final = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "tc": " "}
FORMS: Final = frozenset({  # how it looks; the words in them are in attributes
    "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "tblGrid", "tblPrEx", "bodyPr", "spPr",
    "numPr", "ctrlPr", "style", "lstStyle", "shapetype", "stroke", "fill", "shadow", "softHyphen",
})  # fmt: skip
NUMBERS: Final = frozenset({"posOffset", "align", "pctWidth", "pctHeight", "f", "formatCode",
                            "pctPosHOffset", "pctPosVOffset", "relyOnVML"})  # fmt: skip
ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {  # which attributes hold words
    "docPr": ("name", "descr", "title"), "cNvPr": ("name", "descr", "title"),
    "shape": ("alt", "title"), "rect": ("alt", "title"), "imagedata": ("title",),
    "group": ("alt", "title"), "textpath": ("string",), "hyperlink": ("tooltip",),
    "hlinkClick": ("tooltip",), "hlinkHover": ("tooltip",), "bookmarkStart": ("name",),
    "alias": ("val",), "tag": ("val",), "docPart": ("val",), "listItem": ("displayText", "value"),
    "helpText": ("val",), "statusText": ("val",), "listEntry": ("val",), "default": ("val",),
    "tblCaption": ("val",), "tblDescription": ("val",), "docVar": ("name", "val"),
    "lvlText": ("val",), "smartTag": ("element",), "attr": ("name", "val"),
    "customXml": ("element",), "category": ("val",), "description": ("val",),
}  # fmt: skip
ORDINARY: Final = re.compile(  # names that programs give
    r"(?:(?:picture|image|grafik|bild|text ?box|textfeld|rectangle|group|chart|diagram|object|shape"
    r"|table|canvas|line|oval)? ?\d*|_(?:goback|toc\d+|ref\d+|hlk\d+|heading\S{0,20})|%\d\W?|\W?"
    r"|\d+|true|false|single|default|on|off)",
    re.IGNORECASE,
)
PLAIN_FIELD: Final = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|SECTION)\s*(?:\\\*\s*\w+\s*)*")
NOTES: Final = {"footnote": "footnote", "endnote": "endnote"}
ANCHORS: Final = {"footnoteReference": "footnote", "endnoteReference": "endnote",
                  "commentReference": "comment"}  # fmt: skip


def local(node: Element) -> str:
    """The name of an element without its namespace; empty for what is none."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: Element, name: str) -> str:
    """An attribute by its local name."""
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] == name:
            return harmless(value)
    return ""


@final
@dataclass(slots=True)
class Words:
    """Reads parts of one file.

    Attributes:
        styles: How its styles look.
        links: Where the relationships of the part lead that is being read.
        chunks: What files that were put in whole say, by relationship.
        changes: Tracked changes by kind.
        authors: Who made them, and when, as the file says.
    """

    styles: Styles
    links: Mapping[str, str] = field(default_factory=dict)
    chunks: Mapping[str, str] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)
    authors: dict[str, None] = field(default_factory=dict)
    _fields: list[list[str] | None] = field(default_factory=list)
    _look: list[Look] = field(default_factory=list)

    def of(self, root: Element) -> str:
        """The words of a part."""
        self._look = [Look()]
        text = self._words(root, 0)
        while self._fields:  # that never end
            text += self._field()
        return text

    def _words(self, node: Element, depth: int) -> str:
        name = local(node)
        said = "".join(self._attributes(node, name))
        if name in FORMS:
            return said + "".join(
                piece for inner in node.iter() if inner is not node
                for piece in self._attributes(inner, local(inner))
            )  # fmt: skip
        if name in TEXTS:
            return said + harmless("".join(node.itertext()))
        if name in SPACES:
            return SPACES[name]
        if depth > DEEPEST:
            return marked("other", harmless(" ".join(node.itertext())))
        if name in ("fldChar", "instrText", "delInstrText", "fldSimple"):
            said += self._of_field(node, name)
        elif name == "sym":
            said += marked("symbol", f"{attribute(node, 'char')} of {attribute(node, 'font')}")
        elif name == "altChunk":
            said += self.chunks.get(attribute(node, "id"), "")
        elif name in ANCHORS:
            said += marked(ANCHORS[name], attribute(node, "id"))
        return said + self._around(node, name, depth)

    def _around(self, node: Element, name: str, depth: int) -> str:
        """What an element holds, in the mark that its kind asks for."""
        if name == "AlternateContent":
            return self._alternatives(node, depth)
        styled = name in ("p", "r", "tc", "tbl")
        if styled:
            self._look.append(look_of(node, name, self._look[-1], self.styles))
        inner = "".join(self._inner(node, name, depth))
        look = self._look.pop() if styled else Look()
        if name == "r":
            return marked(look.kind, inner) if look.kind else inner
        if name in ("del", "moveFrom", "ins", "moveTo") and inner.strip():
            return self._changed(node, name, inner)
        if name == "hyperlink":
            return inner + marked("link", self.links.get(attribute(node, "id"), ""))
        if name in NOTES:
            return section(f"{NOTES[name]} {attribute(node, 'id')}", inner)
        if name == "comment":
            who = f" by {attribute(node, 'author')}" if attribute(node, "author") else ""
            when = f", {attribute(node, 'date')}" if attribute(node, "date") else ""
            return section(f"comment {attribute(node, 'id')}{who}{when}", inner)
        return inner + {"p": "\n", "tr": "\n", "pt": "\n", "txbxContent": "\n"}.get(name, "")

    def _inner(self, node: Element, name: str, depth: int) -> Iterator[str]:
        if node.text and node.text.strip() and name not in NUMBERS and "nstrText" not in name:
            yield marked("other", harmless(node.text))
        for child in node:
            yield self._words(child, depth + 1)
            if child.tail and child.tail.strip():
                yield marked("other", harmless(child.tail))

    def _attributes(self, node: Element, name: str) -> Iterator[str]:
        for key in ATTRIBUTES.get(name, ()):
            value = attribute(node, key)
            if value and not ORDINARY.fullmatch(value):
                yield marked("name" if key == "name" else "text", value)
        link = self.links.get(attribute(node, "id"), "") if name.startswith("hlink") else ""
        yield marked("link", link)

    def _changed(self, node: Element, name: str, inner: str) -> str:
        self.changes[name] += 1
        self.authors[f"{attribute(node, 'author')} {attribute(node, 'date')}".strip()] = None
        kind = {"del": "deleted", "moveFrom": "moved away"}.get(name)
        return marked(kind, inner) + (" " if inner.endswith(" ") else "") if kind else inner

    def _alternatives(self, node: Element, depth: int) -> str:
        """What Word shows, and what older programs show instead where that says more."""
        forms = ["".join(self._inner(child, local(child), depth)) for child in node]
        shown = forms[0] if forms else ""
        known = "".join(shown.split())
        others = (form for form in forms[1:] if "".join(form.split()) not in known)
        return shown + "".join(marked("other form", form) for form in others)

    def _of_field(self, node: Element, name: str) -> str:
        if name == "fldSimple":
            return _code(attribute(node, "instr"))
        if name == "fldChar":
            return self._turned(attribute(node, "fldCharType"))
        code = harmless("".join(node.itertext()))
        innermost = self._fields[-1] if self._fields else None
        if innermost is None:
            return marked("field", code)
        innermost.append(code)
        return ""

    def _turned(self, kind: str) -> str:
        """A field begins, its code ends, or it ends."""
        if kind == "begin":
            self._fields.append([])
        elif self._fields and kind in ("separate", "end"):
            said = self._field()
            if kind == "separate":
                self._fields.append(None)
            return said
        return ""

    def _field(self) -> str:
        """The code of the innermost field, if it has not been said."""
        return _code("".join(self._fields.pop() or []))


def _code(code: str) -> str:
    return "" if PLAIN_FIELD.fullmatch(code) else marked("field", code)
