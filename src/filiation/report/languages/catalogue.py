"""A language as data files: what each English sentence of an expert report is called in it.

A key is the English sentence, a value the other language's; `{n}` and its kin stand for what a
report puts in. `KINDS` says what each of them is. `[frame]` holds dates, numbers and what only a
translation says. A clause is a key once, without a full stop; it is found as a sentence, too.

Law: a value holds what its key holds, each once, and no other number (`tests/report/` checks it).
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import UsageError

__all__ = ["CALLED", "KINDS", "LANGUAGES", "SLOT", "Catalogue", "Language", "read_catalogue",
           "read_pages", "read_reports"]  # fmt: skip

Language: TypeAlias = Literal["de", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("de", "fr")
CALLED: Final[Mapping[Language, str]] = {"de": "deutsch", "fr": "francais"}  # in a file's name
LONGEST: Final = 4000  # characters
ENDS: Final = re.compile("[.!?] (?=[A-Z{])")  # of a sentence within a key
DEEPEST: Final = 5  # words within words
TOGETHER: Final = 2  # parts of a list that may be one of its words
CLAUSE: Final = 1  # in how many others words may stand that are looked for as a clause, too
FOLDER: Final = Path(__file__).parent
SLOT: Final = re.compile(r"\{([a-z])\d*\}")
NAMED: Final = re.compile(r"[A-Z]{1,2}|[a-z]+ \d[\w.]*")  # a code name; a program and its version
DATE: Final = r"\d{4}-\d{2}-\d{2}"
# What stands in a slot: a quoted name, a number, a day, a moment, a place in the report, a digest,
# a finding's number, a chance (3 in 10,000), a name or figure as it is, foreign words that stay,
# and words that the catalogue has.
KINDS: Final[Mapping[str, str]] = {
    "q": "\u201c[^\u201d]*\u201d(?: \\([0-9a-f]{8}\u2026\\))?",
    "n": r"-?\d[\d,]*(?:\.\d+)?%?",
    "d": DATE,
    "t": DATE + r" \d{2}:\d{2} UTC",
    "p": r"(?:section \d+|annex [A-Z])",
    "h": r"[0-9a-f]{16,64}\u2026?",
    "f": r"F\d+",
    "c": r"(?:at most |more than )?(?:\d[\d,]* in \d[\d,]*|\de-\d+|1)",
    "m": "(?:\u201c[^\u201d]*\u201d|\\S(?:(?![:;.] ).){0,118}?(?<!\\s))",
    "x": r".+?",
    "w": r".+?",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """A key as a pattern, and its value in pieces: words, and numbers of slots."""

    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    value: tuple[str | int, ...]
    words: tuple[str, ...]
    sentences: int

    def found(self, text: str) -> re.Match[str] | None:
        """The slots of a text; one that lacks words of the key costs next to nothing."""
        first, *rest = self.words
        if not (text.startswith(first) and text.endswith(self.words[-1])):
            return None
        if not all(one in text for one in rest):
            return None
        return self.pattern.fullmatch(text)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A language.

    Attributes:
        language: Its code (ISO 639-1).
        frame: How dates and numbers are written, and what only a translation says.
        say: The other language's words, by the English.
        templates: Keys with slots, the longest first, by the letter that they begin with.
        anywhere: Those that begin with a slot, in the same order.
    """

    language: Language
    frame: Mapping[str, Any]
    say: Mapping[str, str]
    templates: Mapping[str, tuple[_Template, ...]] = field(repr=False)
    anywhere: tuple[_Template, ...] = field(repr=False)

    def said(self, text: str, deep: int = 0, many: int = 1) -> str | None:
        """A sentence, or words within one; None if the catalogue has not all of it.

        Args:
            text: English words; longer ones than any of ours are not looked at.
            deep: In how many others they stand.
            many: How many sentences they are; keys of fewer are not taken.
        """
        if len(text) > LONGEST or deep > DEEPEST:
            return None
        if not any(c.isalpha() for c in _unquoted(text)) and text not in self.say:
            return self._figures(text)
        entry = self._entry(text, deep, many)
        if entry is not None:
            return entry
        if NAMED.fullmatch(text):
            return text
        if many > 1:
            return None
        listed = self._listed(text, deep)
        if listed is None and deep <= CLAUSE:
            return self._as_clause(text, deep)
        return listed

    def _as_clause(self, text: str, deep: int) -> str | None:
        """A clause that stands as a sentence, or a sentence within another, by the other's key."""
        stop = "." if text.endswith(".") and not text.endswith("..") else ""
        bare = text.removesuffix(stop)
        for one in dict.fromkeys((bare, _recased(bare), _recased(bare) + stop)):
            said = None if one == text else self._entry(one, deep + 1)
            if said is not None:
                put = said.removesuffix(".") + stop
                if text[:1].isupper() or self.frame["lowers"]:
                    put = _cased(put, upper=text[:1].isupper())
                return put
        return None

    def _entry(self, text: str, deep: int, many: int = 1) -> str | None:
        """What a key says of a text, or a key with slots; None if none does."""
        if text in self.say and not SLOT.search(text):
            return self.say[text]
        for template in self.templates.get(text[:1], self.anywhere):
            found = template.found(text) if template.sentences >= many else None
            put = self._filled(template, found, deep) if found else None
            if put is not None:
                return put
        return None

    def _filled(self, template: _Template, found: re.Match[str], deep: int) -> str | None:
        """The value with what stood in the key; None if words in it are not known."""
        known = list[str]()
        for kind, part in zip(template.kinds, found.groups(), strict=True):
            put = self.said(part, deep + 1) if kind == "w" else self._slot(kind, part)
            if put is None:
                return None
            known.append(put)
        return "".join(one if isinstance(one, str) else known[one] for one in template.value)

    def _slot(self, kind: str, part: str) -> str:
        put: dict[str, Callable[[str], str]] = {
            "n": self.number, "d": self.day, "t": self.moment, "p": self.place, "c": self.chance,
        }  # fmt: skip
        return put[kind](part) if kind in put else part

    def _listed(self, text: str, deep: int) -> str | None:
        """A list of words that are all known."""
        for between, put in (("; ", self.frame["semicolon"]), (", ", ", ")):
            if between in text:
                known = self._parts(text.split(between), between, deep)
                return None if known is None else str(put).join(known)
        return None

    def _parts(self, parts: list[str], between: str, deep: int) -> list[str] | None:
        """What each is called; some that lie side by side may be known as one."""
        known = list[str]()
        while parts:
            for many in range(min(TOGETHER, len(parts)), 0, -1):
                said = None
                if many < len(parts) or known:  # else it is the whole again
                    said = self.said(between.join(parts[:many]), deep + 1)
                if said is not None:
                    break
            else:
                return None
            known.append(said)
            parts = parts[many:]
        return known

    def _figures(self, text: str) -> str:
        """Names and numbers without words: a day, a digest, a row of figures."""
        for kind in "tdn":
            if re.fullmatch(KINDS[kind], text):
                return self._slot(kind, text)
        return text

    def number(self, text: str) -> str:
        """`1,234.5%` as the language writes it."""
        whole, point, rest = text.rstrip("%").partition(".")
        shown = whole.replace(",", self.frame["thousands"])
        shown += f"{self.frame['decimal']}{rest}" if point else ""
        return f"{shown}{self.frame['percent']}" if text.endswith("%") else shown

    def chance(self, text: str) -> str:
        """`more than 99 in 100` as the language writes it; `2e-9` stays."""
        for bound, name in (("more than ", "over"), ("at most ", "most")):
            if text.startswith(bound):
                return str(self.frame[name]).format(self.chance(text.removeprefix(bound)))
        many, _, of = text.partition(" in ")
        return str(self.frame["chance"]).format(self.number(many), self.number(of)) if of else text

    def day(self, text: str) -> str:
        """`2026-03-02` with the month in words."""
        year, month, day = text.split("-")
        shown = self.frame["first"] if day == "01" else f"{int(day)}"
        name = self.frame["months"][int(month) - 1]
        return str(self.frame["day"]).format(day=shown, month=name, year=year)

    def moment(self, text: str) -> str:
        """A day, and the time to the minute, which stays that of UTC."""
        return str(self.frame["moment"]).format(
            day=self.day(text[:10]), hour=text[11:13], minute=text[14:16]
        )

    def place(self, text: str) -> str:
        """A section or an annex."""
        name, _, number = text.partition(" ")
        return str(self.frame[name]).format(number)


def _recased(text: str) -> str:
    return _cased(text, upper=not text[:1].isupper())


def _cased(text: str, *, upper: bool) -> str:
    """With a first letter of that case."""
    first = text[:1].upper() if upper else text[:1].lower()
    return first + text[1:]


def _unquoted(text: str) -> str:
    return re.sub(f"{KINDS['q']}|\\b[0-9a-f]{{64}}\\b", "", text)


@cache
def read_catalogue(language: str) -> Catalogue:
    """The catalogue of a language.

    Raises:
        UsageError: There is none.
    """
    known = next((one for one in LANGUAGES if one == language), None)
    if known is None:
        raise UsageError(f"language {language!r}: expected one of {', '.join(LANGUAGES)}")
    found: dict[str, Any] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return _catalogue(known, found["frame"], {**found["say"], **_say(f"compared.{language}.toml")})


@cache
def read_reports(language: str) -> Catalogue:
    """The catalogue of a language with what whole reports and annexes say, beside the body of one.

    Raises:
        UsageError: There is none.
    """
    known = read_catalogue(language)
    more = _say(f"reports.{known.language}.toml")
    return _catalogue(known.language, known.frame, {**known.say, **more})


@cache
def read_pages(language: str) -> Catalogue:
    """The catalogue of a language with what only the pages of a case say, and whole reports.

    Raises:
        UsageError: There is none.
    """
    known = read_reports(language)
    more = _say(f"pages.{known.language}.toml") | _say(f"refusals.{known.language}.toml")
    return _catalogue(known.language, known.frame, {**known.say, **more})


def _say(name: str) -> dict[str, str]:
    found: dict[str, dict[str, str]] = tomllib.loads((FOLDER / name).read_text("utf-8"))
    return found["say"]


def _catalogue(language: Language, frame: Mapping[str, Any], say: Mapping[str, str]) -> Catalogue:
    keys = sorted((key for key in say if SLOT.search(key)), key=_weight, reverse=True)
    found = tuple(_template(key, say[key]) for key in keys)
    first = {one: one.words[0][:1] for one in found}
    letters = {letter for letter in first.values() if letter}
    return Catalogue(
        language=language,
        frame=frame,
        say=say,
        templates={c: tuple(one for one in found if first[one] in ("", c)) for c in letters},
        anywhere=tuple(one for one in found if not first[one]),
    )


def _weight(key: str) -> tuple[int, int, str]:
    """Keys with more words of their own come first, and last those that take any words."""
    return len(SLOT.sub("", key)), -key.count("{x"), key


def _template(key: str, value: str) -> _Template:
    slots = [slot[0] for slot in SLOT.finditer(key)]
    pattern = "".join(
        piece if n % 2 else re.escape(piece) for n, piece in enumerate(_pieces(key, _group))
    )
    value_pieces = _pieces(value, lambda slot: slot)
    return _Template(
        pattern=re.compile(pattern),
        kinds=tuple(slot[1] for slot in slots),
        value=tuple(slots.index(one) if n % 2 else one for n, one in enumerate(value_pieces)),
        words=tuple(_pieces(key, _group)[::2]),
        sentences=1 + len(ENDS.findall(key)),
    )


def _group(slot: str) -> str:
    return f"({KINDS[slot[1]]})"


def _pieces(text: str, shown: Callable[[str], str]) -> list[str]:
    """Words and slots by turns, beginning and ending with words."""
    pieces, at = list[str](), 0
    for slot in SLOT.finditer(text):
        pieces += [text[at : slot.start()], shown(slot[0])]
        at = slot.end()
    return [*pieces, text[at:]]
