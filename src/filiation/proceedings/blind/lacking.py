"""What a side announced and did not hand over, as the tribunal signs it when it ends a session."""

from pathlib import Path
from typing import Final

from filiation.errors import UsageError
from filiation.model.blind import SIDES
from filiation.proceedings.blind.basis import STAGES
from filiation.proceedings.blind.folder import opened_room
from filiation.report.wording.blind_course import lacks_line

__all__ = ["lacks_of"]

NEEDED: Final = ("material", "raise", "opening")  # of sets a blinded list is in `send`, for both


def lacks_of(folder: Path, role: str) -> str:
    """The words in which a tribunal says it, with the message that announced each file.

    Args:
        folder: The tribunal's.
        role: The side that did not hand it over.

    Raises:
        UsageError: No tribunal's folder, no side, or nothing is lacking that was announced.
    """
    room = opened_room(folder)
    if room.own.role != "tribunal":
        raise UsageError(f"--lacks: {folder} is the {room.own.role}'s; the tribunal gets both")
    if role not in SIDES:
        raise UsageError(f"--lacks {role[:40]!r}: expected claimant or respondent")
    side, found = role, list[str]()
    for stage, step in STAGES[room.session.terms.material].items():
        said = [
            one.message for one in room.session.messages
            if (one.message.step, one.message.sender) == (step, side)
        ]  # fmt: skip
        there = (room.received / f"{side}.{stage}").exists()
        due = stage != "material" or room.session.says("reveal", side) is not None
        if said and due and not there and stage in NEEDED:
            (message,) = said
            found.append(lacks_line(side, stage, message, str(next(iter(message.body.values())))))
    if not found:
        raise UsageError(
            f"--lacks {side}: nothing that the {side} announced and that is due is lacking here"
        )
    return " ".join(found)
