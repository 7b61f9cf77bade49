"""What Filiation asks of answers about values, and what it says beside every conclusion."""

from collections.abc import Sequence
from typing import Final

from filiation.examining.answers.about_values import asks_about_values
from filiation.examining.answers.chosen_items import remarks
from filiation.examining.answers.recorded import RecordingReader
from filiation.examining.answers.same_questions import readied
from filiation.examining.question import Pair, Question
from filiation.examining.words import kind_beside
from filiation.methods.values.table import alike, choices
from filiation.model.examination import Combined, Support
from filiation.model.finding import Finding
from filiation.model.kinds import VALUES
from filiation.readers.answers import open_recordings

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    """How much of both parties could be read, and how far each agrees with itself."""
    found = []
    for name, recording in zip(pair.names, (pair.source, pair.subject), strict=True):
        votes = choices(recording)
        own = alike(votes, votes)
        if own is None:
            continue
        found.append(
            f"{name}: a side could be read in {votes.read:,} of {votes.asked:,} answers to "
            f"trade-offs; asked in other words it agrees with itself in {100.0 * own:.0f} % of "
            "cases (test-retest)"
        )
    return tuple(found)


def _remarks(pair: Pair, findings: Sequence[Finding], combined: Combined) -> tuple[str, ...]:
    """Who chose the trade-offs, and what p survives that."""
    recordings = (pair.source, pair.subject, *pair.controls)
    return tuple(remarks(recordings, combined, pair.plan.level))


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="How {subject} decides between values, reasons for it and refuses derives from "
    "{source}, or from a specification, teacher, base model or system prompt that both had and the "
    "controls had not.",
    independence="{subject} and {source} decide, reason and refuse no more alike than either does "
    "with the controls.",
    level=0.01,  # controls number dozens: they cannot support a smaller one
    in_place=False,
    notes=_notes,
    readied=readied,
    remarks=_remarks,
)


READER: Final = RecordingReader(
    kind=VALUES,
    suffix=".values.gz",
    options=frozenset(),
    wanted=asks_about_values,
    opened=lambda spec, options: open_recordings(spec),
)
