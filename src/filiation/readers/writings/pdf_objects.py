"""All objects of a PDF but its pages: every string that can hold words, by what it belongs to.

The list of objects is gone through from end to end, so that nothing is left out because nobody
refers to it. Keys whose strings are never words are named here; all others are read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, final

from filiation.readers.writings.alphabets import text_of
from filiation.readers.writings.marks import harmless, section
from filiation.readers.writings.pages import with_marks

__all__ = ["Objects", "read_objects"]

MOST_OBJECTS: Final = 300_000
DEEPEST: Final = 60
NO_WORDS: Final = frozenset({
    "/M", "/CreationDate", "/ModDate", "/DA", "/ID", "/Registry", "/Ordering", "/NM", "/Lang",
    "/CharSet", "/CheckSum", "/O", "/U", "/OE", "/UE", "/Perms", "/Cert", "/Limits", "/Style",
    "/LastModified", "/Panose", "/IDS", "/DS", "/ByteRange", "/Base", "/FontFamily", "/Trapped",
})  # fmt: skip
TOGETHER: Final = frozenset({"name", "outline", "link", "name of a layer"})  # one section of each
MARKED_UP: Final = frozenset({"/RC", "/RV"})
SILENT: Final = re.compile(  # streams that draw, colour or encode, by who refers to them
    r"/?(?:FontFile\d?|ToUnicode|CIDToGIDMap|CIDSet|Encoding|ICCBased|DestOutputProfile|Contents|"
    r"Function|Functions|SMask|Mask|Thumb|Lookup|Indexed|TR|TR2|HT|BG|UCR|Shading|Pattern|UseCMap)"
)
SHOWS_WORDS: Final = re.compile(rb"\)\s*(?:Tj|'|\")|\]\s*TJ")


@final
@dataclass(slots=True)
class Objects:
    """What the objects of a file say.

    Attributes:
        sections: Words, each under what they belong to.
        attachments: Files in the file: name and bytes.
        remarks: What was not read.
        drawn: Streams that draw a note or a field.
        info: What the file says of itself; its author and title stand elsewhere.
        roles: By whose key each object is referred to.
        names: What embedded files are called, by object.
        together: Lines that stand in one section, by its heading.
        unread: What was not read, and how often.
    """

    sections: list[str] = field(default_factory=list)
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    drawn: list[Any] = field(default_factory=list)
    info: Any = None
    roles: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    together: dict[str, dict[str, None]] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)


def read_objects(reader: Any, odd: tuple[type[Exception], ...]) -> Objects:
    """Go through all objects.

    Args:
        reader: An opened file (pypdf).
        odd: What it raises at objects that are not as they should be.
    """
    from pypdf.generic import IndirectObject

    info = reader.trailer.get("/Info")
    found = Objects(info=info.get_object() if info is not None else None)
    numbers = sorted({n for held in reader.xref.values() for n in held} | set(reader.xref_objStm))
    streams = []
    for number in numbers[:MOST_OBJECTS]:
        try:
            one = reader.get_object(IndirectObject(number, _generation(reader, number), reader))
            _visit(found, one, "", 0)
        except odd as error:
            found.unread[f"an object ({type(error).__name__})"] += 1
            continue
        if hasattr(one, "get_data"):
            streams.append((number, one))
    if len(numbers) > MOST_OBJECTS:
        found.remarks[f"more than {MOST_OBJECTS} objects; the rest was not read"] = None
    _visit_trailer(found, reader)
    for number, one in streams:
        try:
            _stream(found, number, one)
        except odd as error:
            found.unread[f"a stream ({type(error).__name__})"] += 1
    found.sections += [section(kind, "\n".join(lines)) for kind, lines in found.together.items()]
    for what, count in sorted(found.unread.items()):
        found.remarks[f"not read: {what} ({count})"] = None
    return found


def _generation(reader: Any, number: int) -> int:
    return next((gen for gen, held in reader.xref.items() if number in held), 0)


def _visit_trailer(found: Objects, reader: Any) -> None:
    info = reader.trailer.get("/Info")
    if info is not None and not hasattr(info, "idnum"):
        _visit(found, info, "/Info", 0)


def _visit(found: Objects, one: Any, role: str, depth: int) -> None:
    """Take the strings of an object; objects that it refers to come by themselves."""
    if depth > DEEPEST:
        found.remarks[f"objects more than {DEEPEST} deep; the rest was not read"] = None
    elif isinstance(one, dict):
        lines = list(_lines(found, one))
        heading = _heading(one) if lines else ""
        if heading in TOGETHER:
            found.together.setdefault(heading, {}).update(dict.fromkeys(lines))
        elif lines:
            found.sections.append(section(heading, "\n".join(dict.fromkeys(lines))))
        for key, value in dict.items(one):
            _refer(found, one, key, value, role)
            if isinstance(value, (dict, list)):
                _visit(found, value, str(key), depth + 1)
    elif isinstance(one, list):
        kind = str(one[0]) if one and str(one[0]).startswith("/") else role
        for value in one:
            _refer(found, one, kind, value, role)
            if isinstance(value, (dict, list)):
                _visit(found, value, kind, depth + 1)


def _refer(found: Objects, holder: Any, key: Any, value: Any, role: str) -> None:
    number = getattr(value, "idnum", None)
    if number is None:
        return
    under = (
        role if role in ("/CharProcs", "/EF", "/AP", "/XFA", "/Pattern", "/Shading") else str(key)
    )
    found.roles[number] = under
    if under == "/EF":
        found.names.setdefault(number, "")


def _lines(found: Objects, one: Any) -> Iterator[str]:
    """The strings of a dictionary that can be words."""
    signature = one.get("/Type") == "/Sig" or "/ByteRange" in one
    for key, value in dict.items(one):
        elsewhere = one is found.info and key in ("/Author", "/Title")
        if elsewhere or key in NO_WORDS or (signature and key == "/Contents"):
            continue
        listed = value if isinstance(value, list) else [value]
        if listed and isinstance(listed[0], str) and str(listed[0]) in ("/Indexed", "/I"):
            continue  # a table of colours
        for text in _strings(listed, 0):
            if isinstance(text, bytes):
                printable = text.decode("latin-1")
                if not printable.isprintable():
                    found.unread["a string that is no text"] += 1
                    continue
                text = printable
            text = with_marks(text) if key in MARKED_UP else harmless(text)
            counted = key in ("/Names", "/D", "/Dest") and not re.search(r"[^\W\d_]", text)
            if text.strip() and not counted:
                yield f"{str(key).lstrip('/')}: {text}"
    if "/EF" in one:
        _name_file(found, one)


def _strings(listed: Any, depth: int) -> Iterator[str | bytes]:
    for value in listed:
        if isinstance(value, list) and depth < DEEPEST:
            yield from _strings(value, depth + 1)
        elif isinstance(value, bytes):
            yield value
        elif isinstance(value, str) and type(value).__name__ != "NameObject":
            yield str(value)


def _name_file(found: Objects, one: Any) -> None:
    name = one.get("/UF") or one.get("/F") or ""
    held = one.get("/EF")
    for value in dict.values(held.get_object()) if held is not None else ():
        if hasattr(value, "idnum"):
            found.names[value.idnum] = str(name)


def _heading(one: Any) -> str:
    """What kind of thing a dictionary describes."""
    kind = str(one.get("/Subtype") or "").lstrip("/")
    if one.get("/Type") == "/Annot" or ("/Rect" in one and kind):
        hidden = isinstance(one.get("/F"), int) and int(one["/F"]) & 0b100010
        named = "form field" if kind == "Widget" else f"note, {kind}"
        return f"hidden {named}" if hidden else named
    if "/FT" in one or ("/T" in one and ("/V" in one or "/Kids" in one)):
        return "form field"
    if "/Title" in one and ("/Parent" in one or "/Dest" in one or "/A" in one):
        return "outline"
    called = {"/OCG": "name of a layer", "/Filespec": "attachment",
             "/StructElem": "text said for a drawing",
             "/Sig": "part: signature"}.get(str(one.get("/Type")))  # fmt: skip
    if called:
        return called
    if "/JS" in one:
        return "part: script"
    if "/URI" in one:
        return "link"
    if "/Producer" in one or "/Creator" in one or "/Author" in one or "/Keywords" in one:
        return "properties"
    return "name" if "/Names" in one else "other"


def _stream(found: Objects, number: int, one: Any) -> None:
    """Words of a stream that is no page, and what a page does not show."""
    role, kind = found.roles.get(number, ""), str(one.get("/Subtype") or one.get("/Type") or "")
    if number in found.names or one.get("/Type") == "/EmbeddedFile":
        found.attachments.append((found.names.get(number) or f"object {number}", one.get_data()))
    elif kind == "/XML" or role in ("/Metadata", "/XFA"):
        words = "\n".join(_of_markup(one.get_data()))
        found.sections.append(section("form" if role == "/XFA" else "properties", words))
    elif role in ("/JS", "/RC", "/RV", "/V", "/DV", "/DS"):
        text = text_of(one.get_data(), "")[0]
        found.sections.append(section("other", with_marks(text) if "R" in role else harmless(text)))
    elif role == "/AP":
        found.drawn.append(one)
    elif kind == "/Image" or "/PatternType" in one or role == "/CharProcs":
        what = "picture" if kind == "/Image" else "pattern or drawn letter"
        if kind == "/Image" or SHOWS_WORDS.search(one.get_data()):
            found.unread[f"words in a {what}"] += 1
    elif kind not in ("/Form", "/ObjStm", "/XRef", "/Type1C", "/CIDFontType0C", "/OpenType"):
        known = SILENT.match(role) or "/FunctionType" in one or "/ShadingType" in one
        if not known and not ("/N" in one and "/Alternate" in one):
            found.unread[
                f"a stream of the kind {(role or kind).lstrip('/') or 'that nobody refers to'}"
            ] += 1


def _of_markup(raw: bytes) -> Iterator[str]:
    """Words of XML, between its marks; attributes of it too where they are words."""
    text = text_of(raw, "")[0]
    for piece in re.split(r"<[^<>]{0,2000}>", text):
        if re.search(r"[^\W\d_]", piece):
            yield harmless(" ".join(piece.split()))
