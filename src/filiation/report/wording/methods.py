"""What each method and frame is, in words; the words are data (`texts.toml`)."""

import tomllib
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, cast, final

from filiation.report.wording.figures import clean

__all__ = ["MethodText", "Term", "absent_kind", "glossary", "method_text", "p_value_box"]

PACKAGE: Final = "filiation.report.wording"
EITHER: Final = frozenset({"weights", "outputs"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MethodText:
    """One method in words.

    Attributes:
        title: Short, for headings and tables.
        question: What it asks; empty if the method is not known here.
        explanation: How it answers, one paragraph.
        defeats: What it cannot see through.
        frame: What the frame does; empty if it has none or is not known here.
        frame_defeats: What this frame cannot see through besides.
        parameters: Each parameter of the id with its meaning.
        reads: `weights` or `outputs`; empty if the method is not known here.
        aside: Why a finding of this method supports nothing, where it does not count.
        contrary: Its null is that both sides are the same, so that a small p speaks of a
            difference and never of a relation.
    """

    title: str
    question: str
    explanation: str
    defeats: str
    frame: str
    frame_defeats: str
    parameters: tuple[str, ...]
    reads: str
    aside: str
    contrary: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of the glossary."""

    term: str
    means: str


def method_text(method: str) -> MethodText:
    """Words for a method's id such as `unit-trace/1;frame=native;draws=99999`.

    An unknown stem or frame is named as it stands and said to be undescribed.
    """
    head, *settings = clean(method).split(";")
    stem = head.partition("/")[0]
    pairs = [(key, value) for key, _, value in (s.partition("=") for s in settings)]
    frame = dict(pairs).get("frame")
    unknown = _section("unknown")
    known = _table("methods").get(stem)
    view = _table("frames").get(frame or "")
    title = known["title"] if known else stem or "unnamed method"
    if frame is not None:
        title += f", {view['title'] if view else f'{frame} frame'}"
    return MethodText(
        title=title,
        question=known["question"] if known else "",
        explanation=(known or unknown)["explanation"].strip(),
        defeats=(known or unknown)["defeats"].strip(),
        frame=view["explanation"].strip() if view else "",
        frame_defeats=view["defeats"].strip() if view else "",
        parameters=tuple(_parameter(key, setting) for key, setting in pairs),
        reads=known["reads"] if known else "",
        aside=(known or {}).get("aside") or unknown["aside"],
        contrary=bool(known and known.get("null") == "equality"),
    )


def _parameter(key: str, setting: str) -> str:
    meaning = _section("parameters").get(key)
    if not setting:
        return key + (f" ({meaning})" if meaning else "")
    printed = f"{int(setting):,}" if setting.isascii() and setting.isdigit() else setting
    return f"{key} = {printed}" + (f" ({meaning})" if meaning else "")


def absent_kind(kind: str) -> str:
    """What it means that a method is inapplicable, unreadable or underpowered."""
    return _section("absent")[kind]


def p_value_box() -> tuple[str, ...]:
    """The fixed text on what a p-value is and is not."""
    return tuple(entry["says"] for entry in _entries("pvalue"))


def glossary(reads: Set[str] = EITHER) -> tuple[Term, ...]:
    """The terms of a report on weights, on outputs, or on both."""
    return tuple(
        Term(term=entry["term"], means=entry["means"])
        for entry in _entries("terms")
        if reads & {*entry.get("reads", "weights outputs").split()}
    )


@cache
def _texts() -> dict[str, object]:
    return tomllib.loads(files(PACKAGE).joinpath("texts.toml").read_text(encoding="utf-8"))


def _table(name: str) -> dict[str, dict[str, str]]:
    return cast(dict[str, dict[str, str]], _texts()[name])


def _section(name: str) -> dict[str, str]:
    return cast(dict[str, str], _texts()[name])


def _entries(name: str) -> list[dict[str, str]]:
    return cast(list[dict[str, str]], _texts()[name])
