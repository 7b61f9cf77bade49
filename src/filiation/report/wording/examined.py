"""What is said where an examination's folder was made."""

import shlex
from collections.abc import Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import ANSWERS
from filiation.model.origin import Origin
from filiation.report.wording.figures import clean
from filiation.report.wording.origin import origin_words

__all__ = ["folder_lines", "gate_line", "lay_lines", "read_lines"]

NAMED: Final = 3  # models that one line names


def read_lines(exhibits: Sequence[Exhibit]) -> tuple[str, ...]:
    """How recorded answers were read, each remark once, with whose answers it is about."""
    said: dict[str, list[str]] = {}
    for exhibit in exhibits:
        material = exhibit.material(ANSWERS)
        for note in () if material is None else material.notes:
            said.setdefault(note, []).append(exhibit.name)
    return tuple(f"Read: {clean(note)} ({_names(who)})" for note, who in said.items())


def lay_lines(origins: Sequence[Origin]) -> tuple[str, ...]:
    """Where models lay that were read on another machine."""
    return tuple(f"R{origin_words(one)[1:]}." for one in origins)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(clean(name) for name in names[:NAMED]) + more


def folder_lines(folder: str, translations: Sequence[str] = (), *, full: bool) -> tuple[str, ...]:
    """Where the reports are, with the names of translated ones, and the command that checks all."""
    quoted = shlex.quote(clean(folder))
    return (
        f"\nReports: {quoted}/report.html (for people), {quoted}/report.json (for programs).",
        *(f"An unreviewed translation: {quoted}/{clean(name)}" for name in translations),
        f"Check it again, without the models: filiation verify {quoted}",
        *(() if full else ("The whole report in this terminal: add --full",)),
    )


def gate_line(gate: str, failing: Sequence[Conclusion], code: int) -> str:
    """That a gate failed, and for which conclusions."""
    said = ", ".join(_toward(conclusion) for conclusion in failing)
    never = [clean(c.kind.label) for c in failing if c.kind.no_evidence]
    because = f"; {', '.join(never)} never support independence" if never else ""
    return (
        f"filiation: --fail-if {gate}: {said}"
        f"{because if gate == 'not-independence' else ''}; exit {code}"
    )


def _toward(conclusion: Conclusion) -> str:
    """What it supports, in the words of its report."""
    toward: str = conclusion.support.toward
    if toward == "derivation" and conclusion.kind.no_evidence:
        toward = "a common origin (derivation)"
    return f"{clean(conclusion.kind.label)} support {toward}{' of the two' * (toward == 'neither')}"
