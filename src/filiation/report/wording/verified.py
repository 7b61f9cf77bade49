"""What holds of a case or an export that was verified or derived again, and what was compared."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.casefile.check import Checked
from filiation.casefile.exchange.export_checked import ExportChecked
from filiation.report.wording.checked import last_digits
from filiation.report.wording.figures import counted

__all__ = ["derived_again", "derived_other", "holds", "nothing_again"]

SAME: Final = {True: "the same", False: "other bytes", None: "not derived"}


def holds(found: Checked | ExportChecked) -> Iterator[str]:
    """What holds of a case or an export of one that is whole."""
    return _export_holds(found) if isinstance(found, ExportChecked) else _record_holds(found)


def _record_holds(found: Checked) -> Iterator[str]:
    """What holds of a case that is whole."""
    yield f"1. {found.events} events: signatures, history, times and laws hold"
    others = f"; {found.unnamed} more that no event names, see the notes"
    added = others if found.unnamed else ", none was added"
    yield f"2. {found.files} files are as the events recorded them{added}"
    yield f"3. {found.stamps} time stamps hold" if found.stamps else "3. no time stamps"
    yield f"4. {_signed_for(found)}"
    yield f"5. {_compared(found.compared)}"


def _signed_for(found: Checked) -> str:
    """How much of the log the lead has signed for, and who could cut the rest."""
    if found.signed_for is None:
        return "opened under the first edition of the laws: any party's key signs for a log"
    lead = found.state.opening.lead
    if found.signed_for == found.events:
        return f"{lead}, the lead, has signed for all {found.events} events"
    left = found.events - found.signed_for
    return (
        f"{lead}, the lead, has signed for {found.signed_for} of {found.events} events; whoever "
        f"writes to this folder can cut the other {left} off (case countersign)"
    )


def _compared(heads: Sequence[str]) -> str:
    """What from outside the folder was compared, or that nothing was."""
    if heads:
        return f"the log continues {', '.join(heads)}"
    return (
        "nothing outside this folder was compared: an earlier copy of all of it would look the same"
    )


def _export_holds(found: ExportChecked) -> Iterator[str]:
    """What holds of an export that is whole."""
    yield (
        f"1. the head of {found.size} events is signed by {found.lead}, the lead, and commits to "
        "each of them"
    )
    yield (
        f"2. {len(found.signed)} events are whole, with valid signatures; "
        f"{len(found.withheld)} are withheld"
    )
    yield f"3. {len(found.held)} objects are as the events recorded them, none was added"
    for number, (name, shown, withheld) in enumerate(found.productions, 4):
        if withheld:
            yield (
                f"{number}. {name}: {shown} documents as they are on record, {withheld} withheld; "
                "the root on record commits to each of them"
            )
        else:
            count = counted(shown, "document")
            yield f"{number}. {name}: {count}, none withheld, as they are on record"
    yield f"{len(found.productions) + 4}. {_compared(found.compared)}"


def derived_again(sequence: int, words: str, same: bool | None, moved: int) -> str:
    """Whether what an event holds is the same when it is derived again."""
    digits = f", up to {last_digits(moved)}" if same and moved else ""
    return f"event {sequence}: {words}: {SAME[same]}{digits}"


def nothing_again() -> str:
    """A case that holds nothing yet that follows from something else it keeps."""
    return (
        "nothing to derive again: no plan was reckoned with or carried out, no line-up drawn, no "
        "documents put in, no report issued"
    )


def derived_other(sequence: int, words: str) -> str:
    """What cannot be relied on: derived again, it is not what was recorded."""
    return f"event {sequence}: {words}: not the same when derived again"
