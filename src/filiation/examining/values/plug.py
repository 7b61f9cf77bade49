"""What Filiation asks of answers about values, and what it says beside every conclusion."""

from typing import Final

from filiation.examining.answers.about_values import asks_about_values
from filiation.examining.answers.recorded import RecordingReader
from filiation.examining.answers.same_questions import readied
from filiation.examining.question import Pair, Question
from filiation.examining.words import kind_beside
from filiation.methods.values.table import choices, itself
from filiation.model.examination import Support
from filiation.model.kinds import VALUES
from filiation.readers.answers import open_recordings

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    """The ceiling of both parties: how far each agrees with itself under paraphrase."""
    found = []
    for name, recording in zip(pair.names, (pair.source, pair.subject), strict=True):
        votes = choices(recording)
        own = itself(votes)
        if own is None:
            continue
        found.append(
            f"{name}: a side could be read in {votes.read:,} of {votes.asked:,} answers to "
            f"trade-offs; asked in other words it agrees with itself in {100.0 * own:.0f} % of "
            "cases (test-retest: the ceiling of what agreement with it can come to)"
        )
    return tuple(found)


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
)


READER: Final = RecordingReader(
    kind=VALUES,
    suffix=".values.gz",
    options=frozenset(),
    wanted=asks_about_values,
    opened=lambda spec, options: open_recordings(spec),
)
