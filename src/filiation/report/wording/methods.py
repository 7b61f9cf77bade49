"""What each method is, in the words that its examination keeps; and the fixed texts of a report."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Protocol, cast

from filiation.model.finding import Finding
from filiation.model.kinds import Kind, Term
from filiation.model.words import MethodWords
from filiation.report.wording.figures import clean
from filiation.report.wording.part_names import called

__all__ = [
    "Worded",
    "absent_kind",
    "error_rate",
    "glossary",
    "method_text",
    "p_value_box",
    "parameter_lines",
    "title_by_id",
    "title_stem",
    "titled",
    "words_or_unknown",
]

PACKAGE: Final = "filiation.report.wording"


class Worded(Protocol):
    """What holds the words of its methods, such as a conclusion."""

    @property
    def words(self) -> tuple[tuple[str, MethodWords], ...]:
        """Full id of each method, and its words."""


def method_text(worded: Worded, method: str) -> MethodWords:
    """Words for a method's id such as `unit-trace/2;frame=native;draws=99999`.

    A method whose words were not kept is named as it stands and said to be undescribed.
    """
    return words_or_unknown(
        next((words for one, words in worded.words if one == method), None), method
    )


def title_by_id(worded: Worded, method: str) -> str:
    """The title of a method by its id, with the part that it reads where two share a title."""
    title = method_text(worded, method).title
    if not method.startswith(("unit-trace/", "unit-order/")):
        return title
    part = "attention" if ";of=attention" in method else "mlp"
    return f"{title} ({called(part).name})"


def titled(worded: Worded, finding: Finding) -> str:
    """A method's title, with the part of the models that the finding is of."""
    title = method_text(worded, finding.method).title
    part = called(finding.component).name if finding.component else ""
    return f"{title} ({part})" if part and part.lower() not in title.lower() else title


def title_stem(worded: Worded, finding: Finding) -> str:
    """A method's title without its frame, by which its findings are told together."""
    return method_text(worded, finding.method).title.partition(", ")[0]


def words_or_unknown(words: MethodWords | None, method: str) -> MethodWords:
    """These words, cleaned of what cannot be printed; or that there are none."""
    if words is None:
        unknown = _section("unknown")
        return MethodWords(
            title=clean(method).partition(";")[0].partition("/")[0] or "unnamed method",
            question="",
            explanation=unknown["explanation"],
            defeats=unknown["defeats"],
            aside=unknown["aside"],
        )
    return MethodWords(
        title=clean(words.title),
        question=clean(words.question),
        explanation=clean(words.explanation),
        defeats=clean(words.defeats),
        null=words.null,
        aside=clean(words.aside) or _section("unknown")["aside"],
        frame_explanation=clean(words.frame_explanation),
        frame_defeats=clean(words.frame_defeats),
        parameters=tuple((clean(key), clean(means)) for key, means in words.parameters),
        error_rate=clean(words.error_rate),
    )


def error_rate(words: MethodWords) -> str:
    """Where the method's error rate is published; or that it was not measured."""
    return words.error_rate or "Its error rate is not yet measured."


def parameter_lines(words: MethodWords, method: str) -> tuple[str, ...]:
    """Each parameter of a method's id, with its meaning as far as it is known."""
    meanings = dict(words.parameters)
    settings = (setting.partition("=")[::2] for setting in clean(method).split(";")[1:])
    return tuple(_parameter(key, setting, meanings.get(key, "")) for key, setting in settings)


def _parameter(key: str, setting: str, meaning: str) -> str:
    said = f" ({meaning})" if meaning else ""
    if not setting:
        return key + said
    printed = f"{int(setting):,}" if setting.isascii() and setting.isdigit() else setting
    return f"{key} = {printed}{said}"


def absent_kind(kind: str) -> str:
    """What it means that a method is inapplicable, unreadable or underpowered."""
    return _section("absent")[kind]


def p_value_box() -> tuple[str, ...]:
    """The fixed text on what a p-value is and is not."""
    return tuple(entry["says"] for entry in _entries("pvalue"))


def glossary(*kinds: Kind) -> tuple[Term, ...]:
    """The terms of a report: those of every report, then those of its kinds, each once."""
    general = [Term(term=entry["term"], means=entry["means"]) for entry in _entries("terms")]
    own = [
        Term(term=clean(term.term), means=clean(term.means))
        for kind in kinds
        for term in kind.terms
    ]
    return tuple({term.term: term for term in (*own, *general)}.values())


@cache
def _texts() -> dict[str, object]:
    return tomllib.loads(files(PACKAGE).joinpath("texts.toml").read_text(encoding="utf-8"))


def _section(name: str) -> dict[str, str]:
    return cast(dict[str, str], _texts()[name])


def _entries(name: str) -> list[dict[str, str]]:
    return cast(list[dict[str, str]], _texts()[name])
