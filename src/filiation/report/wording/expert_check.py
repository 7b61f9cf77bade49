"""How anybody checks the report and the record in a few minutes, in words."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.report.wording.expert_terms import place
from filiation.report.wording.figures import clean, quoted

__all__ = ["NEEDED", "NOT_SHOWN", "STEPS", "STEP_HEADS", "installed_words", "stamps_words",
           "without_words"]  # fmt: skip

NEEDED: Final = (
    "This needs the folder of the case, or the export that a party was given, and the program. No "
    "network is needed, and no trust in whoever made this report: the program says what it finds."
)
STEP_HEADS: Final = ("what to type, with the name of the folder", "what it shows", "time")
STEPS: Final = (
    (
        "filiation case verify FOLDER --report FILE",
        "That FILE, such as this PDF as it came by mail, is byte for byte the report on record, "
        "and of which event. Any other file is named as one that is not.",
        "seconds",
    ),
    (
        "filiation case verify FOLDER",
        "That every event is signed, none was altered, left out or put in between, and every file "
        "is the one recorded. It says by name what is not.",
        "seconds",
    ),
    (
        "filiation case verify FOLDER --head SIZE:ROOT",
        "That the record still begins with what stood on the first page under \u201cLog\u201d: "
        "its number of events, a colon, its root.",
        "seconds",
    ),
    (
        "filiation case replay FOLDER",
        "That every number follows from what the record keeps: all are computed again, this "
        "report is written again, and both are compared letter by letter.",
        "minutes",
    ),
)
NOT_SHOWN: Final = (
    "These checks do not show that a file is what a party released or used; that the assumptions "
    "under the findings hold; or that whoever leads the record kept no second one. Against the "
    "last, keep the number of events and the root from the first page, and compare them later."
)


def installed_words(tool: str) -> str:
    """Which program, and that another version may compute other digits."""
    return (
        f"The examination was made with {clean(tool)}. The same version gives the same bytes; its "
        f"source is open. Other programs that were used stand in {place('tools')}."
    )


def without_words(event: Event) -> str:
    """A check that needs nothing of ours."""
    return (
        "Without the program: the PDF of this report carries one more file, the report "
        "as data (report.json). Its SHA-256, by any tool that computes one, is the number on the "
        f"first page under \u201cReport as data\u201d. The record writes it down in the event "
        f"after event {event.sequence}."
    )


def stamps_words(stamps: Sequence[Entry[facts.Stamped]]) -> str:
    """Who outside has seen the record; or what follows from nobody having."""
    if not stamps:
        return (
            "No time-stamp authority has seen this record. Its times are those of its writers' "
            "computers, and that it is as old as it says rests on their word."
        )
    last = stamps[-1].fact
    return (
        f"A time-stamp authority ({quoted(last.authority, 60)}) has seen the first {last.size:,} "
        f"events at {clean(last.time)}: they cannot be younger."
    )
