"""Which recordings are about values, and what becomes of a recording that is both?

One file is of one kind. A recording whose questions are all about values is of that kind; of any
other the questions about values are left out, and it is said: they have a conclusion of their own.
"""

import re
from dataclasses import replace
from typing import Final

from filiation.errors import UnreadableError, UsageError
from filiation.model.recording import Recording
from filiation.model.values import BATTERIES, is_of_values, only_values
from filiation.readers.answers import open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.unpack import head

__all__ = ["asks_about_values", "without_values"]

_MENTIONED: Final = re.compile(rf"(?:{'|'.join(BATTERIES)})/\d+/\d+/\d+/\d+-(?:ab|ba|ask)".encode())


def asks_about_values(spec: str) -> bool:
    """Whether every question of every recording that `spec` names is about values.

    The first bytes are looked at first, so that nothing is read twice but what mentions such a
    question. What cannot be read is of no kind yet: whoever takes it says what is wrong.
    """
    try:
        if _MENTIONED.search(head(split(spec).path)) is None:
            return False
        return all(is_of_values(recording) for recording in open_recordings(spec))
    except (UnreadableError, UsageError):
        return False


def without_values(recording: Recording) -> Recording:
    """The recording without its questions about values; the note says how many they were."""
    kept, fallen = only_values(recording, values=False)
    if not fallen:
        return recording
    return replace(
        recording.on(kept),
        notes=(
            *recording.notes,
            f"{fallen:,} other questions about values were left out: they have a conclusion of "
            "their own, and want a recording of their own",
        ),
    )
