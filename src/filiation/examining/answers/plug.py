"""What Filiation asks of recorded answers, and how it reads them."""

from collections.abc import Mapping, Sequence
from typing import Final

from filiation.examining.answers.about_values import asks_about_values, without_values
from filiation.examining.answers.chosen_items import remarks
from filiation.examining.answers.earlier import moved, readied
from filiation.examining.answers.near_controls import near
from filiation.examining.answers.nothing_follows import because_of_answers, missing_told
from filiation.examining.answers.recorded import RecordingReader
from filiation.examining.answers.same_data import remark, support
from filiation.examining.answers.same_questions import match
from filiation.examining.question import Pair, Question, Shown
from filiation.examining.words import kind_beside
from filiation.methods.answers.answers import code_answers, read_by
from filiation.methods.answers.answers_lineup import in_order
from filiation.methods.answers.reading.readability import told
from filiation.model.examination import Combined, Support
from filiation.model.finding import Finding
from filiation.model.kinds import ANSWERS
from filiation.model.plan import AGREEMENT
from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.columns import read_said
from filiation.readers.answers.fitting import fitting

__all__ = ["COLUMNS", "NORMALISER", "QUESTION", "READER"]

NORMALISER: Final = "normaliser"  # the option that names a rule for reading answers
COLUMNS: Final = "columns"  # the option that says, line by line, which column holds what


def _remarks(pair: Pair, findings: Sequence[Finding], combined: Combined) -> tuple[str, ...]:
    """Who chose the items, whose data it is, and what that leaves of p."""
    recordings = (pair.source, pair.subject, *pair.controls)
    said = (
        *remarks(recordings, combined, pair.plan.level),
        remark(findings, combined),
        *moved(pair, findings),
        *near(findings),
    )
    return tuple(one for one in said if one)


def _readings(pair: Pair, support: Support) -> tuple[str, ...]:
    """How the answers of both parties, and of the controls, could be read, and by which rules."""
    same = match(pair.source, pair.subject, pair.controls)
    answers = code_answers((same.source, same.subject, *in_order(same.controls)))
    if not answers.items:
        return *missing_told(same, pair.families), *answers.notes
    return *told(answers.readings), *missing_told(same, pair.families), *answers.notes


def _support(pair: Pair, shown: Shown) -> Support:
    """By the level and the data; where nothing was found, whether that is the answers' doing."""
    return because_of_answers(pair, support(pair, shown))


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="What {subject} answers derives from {source}: from its weights, from its "
    "outputs, or from an origin that both share and the controls do not.",
    independence="{subject} and {source} have no more of an origin in common than either has "
    "with the controls.",
    level=0.01,  # controls number dozens: they cannot support a smaller one
    combination=AGREEMENT,
    in_place=False,
    notes=_readings,
    readied=readied,
    remarks=_remarks,
    support=_support,
)


def _opened(spec: str, options: Mapping[str, str]) -> Sequence[Recording]:
    """The recordings, by the columns and the rule that were named, without questions of values."""
    said = fitting(read_said(options.get(COLUMNS, "").splitlines()), split(spec).path)
    recordings: Sequence[Recording] = open_recordings(spec, columns=said)
    if NORMALISER in options:
        recordings = read_by(recordings, options[NORMALISER])
    return [without_values(one) for one in recordings]


READER: Final = RecordingReader(
    kind=ANSWERS,
    suffix=".answers.gz",
    options=frozenset({NORMALISER, COLUMNS}),
    wanted=lambda spec: not asks_about_values(spec),
    opened=_opened,
)
