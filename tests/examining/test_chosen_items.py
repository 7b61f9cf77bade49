"""Who chose the items: nobody after a commitment, else what p survives it is said."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from filiation.examining.answers.chosen_items import remarks
from filiation.model.examination import Combined
from filiation.model.recording import BatteryAsked, Item, Recording
from filiation.report.wording import forbidden

EARLY, LATE = "2026-11-01T10:00:00.000Z", "2026-11-01T10:00:01.000Z"


def asked(name: str, committed: str = EARLY, first: str = LATE, count: int = 100) -> Recording:
    items = tuple(Item(id=f"q{n}", prompt=f"{n}?") for n in range(count))
    battery = BatteryAsked(battery=name * 64, committed=committed, first=first)
    return Recording(name=name, items=items, outputs=("A",) * count, asked=battery)


def said(recordings: Sequence[Recording], p: float) -> str:
    combined = Combined(log_p=math.log(p), because="harmonic mean")
    return "\n".join(remarks(recordings, combined, 0.01))


def test_nobody_chose_after_a_commitment() -> None:
    note = said([asked("a"), asked("b"), asked("b")], 0.001)

    assert note.startswith("all were asked the same questions, of batteries (sha256 aaaaaaaaaaaa..")
    assert "had asked the models before is not shown" in note


@pytest.mark.parametrize(
    "other",
    [
        asked("c", committed=LATE, first=EARLY),
        asked("c", first=""),
        asked("c", committed="long ago"),
        asked("c", count=99),
        replace(asked("c"), asked=None),
    ],
    ids=["asked before", "no time", "no date", "a part", "no transcript"],
)
def test_one_recording_that_shows_nothing_is_enough(other: Recording) -> None:
    note = said([asked("a"), asked("b"), other], 0.001)

    assert "whoever chose them could have favoured one side" in note
    assert "whoever chose the items must have held back at least 1 of them for a p of" in note
    assert not forbidden(note)  # a page may not call anybody innocent


def test_where_nothing_was_compared_nothing_is_said_of_the_choice() -> None:
    none = Combined(log_p=None, because="no method could be applied")

    assert not list(remarks([replace(asked("a"), asked=None)] * 2, none, 0.01))


def test_p_of_nothing_found_is_explained_by_nobody() -> None:
    note = said([replace(asked("a"), asked=None)] * 2, 0.5)

    assert "p must be at most 0.0004 for 1 of 101, 1e-8 for 10 of 110, 1e-35 for 100 of 200" in note
    assert "held back at least" not in note
