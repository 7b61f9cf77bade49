"""Answers side by side: source, subject and every control; and where the first two differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report import wording
from filiation.report.blocks import Heading, Note, Table
from filiation.report.site.view import PAGES, Ground, Link, Menu, Part, View
from filiation.report.wording import site_answers as words
from filiation.report.wording.site import EMPTY

__all__ = ["Answered", "Asked", "Role", "beside", "differing"]

ROOM: Final = "examinations.html"
SHOWN: Final = 20  # items of a finding, each with the answers of all


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of a model, and what it answered; None: nothing that counts as an answer."""

    prompt: str
    said: str | None


Role: TypeAlias = Literal["source", "subject", "control"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One model, and what it was asked by item; nothing where its answers are withheld."""

    name: str
    role: Role
    asked: Mapping[str, Asked]


def beside(number: int, conclusion: Conclusion, models: Sequence[Answered]) -> View:
    """The items that weigh most in each finding, the heaviest first, with everybody's answer."""
    parts: list[Part] = [_menu(number)]
    for finding in conclusion.findings:
        if finding.instances:
            parts += _finding(finding, models)
    if len(parts) == 1:
        parts.append(Note(text=EMPTY))
    path = f"examinations/{number}/answers.html"
    return View(path=path, title=words.BESIDE, parts=parts, room=ROOM)


def _menu(number: int) -> Menu:
    stem = f"examinations/{number}"
    return Menu(
        links=[
            Link(text=words.WHOLE, path=f"{stem}.html"),
            Link(text=words.BESIDE, path=f"{stem}/answers.html"),
            Link(text=words.DIFFER, path=f"{stem}/differ.html"),
        ]
    )


def _finding(finding: Finding, models: Sequence[Answered]) -> Iterator[Part]:
    yield Heading(text=wording.clean(finding.method), level=1)
    if not finding.counts:
        yield Note(text=words.SUPPORTS_NOTHING)
    yield Note(text=wording.instances_sentence(finding))
    for place, one in enumerate(finding.instances[:SHOWN], 1):
        yield Heading(text=words.item_title(place, one.item))
        yield Note(text=words.why_it_counts(one))
        prompt = next((m.asked[one.item].prompt for m in models if one.item in m.asked), one.prompt)
        if prompt:
            yield Ground(kind="plain", label=words.ASKED, words=prompt)
        source = next((m.asked[one.item].said for m in models[:1] if one.item in m.asked), None)
        rows = [_row(model, one.item, source) for model in models]
        yield Table(headings=words.HEADS, rows=rows)


def _row(model: Answered, item: str, source: str | None) -> tuple[str, str, str]:
    said = _cell(model, item)
    known = model.asked.get(item)
    if model.role == "source" or source is None or known is None or known.said is None:
        return _who(model), said, ""
    same = _words(known.said) == _words(source)
    return _who(model), said, words.SAME if same else words.OTHER


def _who(model: Answered) -> str:
    return f"{model.name} ({model.role})"


def _words(said: str | None) -> str:
    return " ".join((said or "").split())


def differing(number: int, models: Sequence[Answered]) -> View:
    """The items at which source and subject said other things: what speaks for independence too."""
    found = {model.role: model for model in reversed(models)}
    path = f"examinations/{number}/differ.html"
    source, subject = found.get("source"), found.get("subject")
    if source is None or subject is None or not (source.asked and subject.asked):
        note = Note(text=words.NOT_HELD)
        return View(path=path, title=words.DIFFER, parts=[_menu(number), note], room=ROOM)
    both = [item for item, one in source.asked.items()
            if one.said is not None and item in subject.asked
            and subject.asked[item].said is not None]  # fmt: skip
    other = [item for item in both
             if _words(source.asked[item].said) != _words(subject.asked[item].said)]  # fmt: skip
    shown = sorted(models, key=lambda model: model.role == "control")
    rows = [
        (item, source.asked[item].prompt, *(_cell(model, item) for model in shown))
        for item in other[:PAGES]
    ]
    heads = (*words.DIFFER_HEADS, *map(_who, shown))
    caption = words.differ_count(len(rows), len(other), len(both))
    parts: list[Part] = [_menu(number), Note(text=words.DIFFER_NOTE)]
    parts.append(Table(caption=caption, headings=heads, rows=rows))
    return View(path=path, title=words.DIFFER, parts=parts, room=ROOM)


def _cell(model: Answered, item: str) -> str:
    known = model.asked.get(item)
    if known is None or known.said is None:
        return words.no_answer(withheld=not model.asked)
    return known.said or words.NOTHING
