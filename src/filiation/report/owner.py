"""An owner-side test as JSON and as lines of text."""

import math
from typing import Any

import rfc8785

from filiation.model.drawn import Drawn
from filiation.model.finding import Finding
from filiation.model.owner import OwnerExamination
from filiation.report.render.beside import subject_json
from filiation.report.render.json import absent_json, finding_json
from filiation.report.wording.figures import clean
from filiation.report.wording.owner import (
    owner_conclusion,
    owner_details,
    owner_finding,
    owner_headline,
    owner_limits,
    owner_question,
)

__all__ = ["owner_fields", "owner_json", "owner_lines"]


def owner_json(made: OwnerExamination) -> bytes:
    """Canonical JSON (RFC 8785) and a newline; the same files give the same bytes."""
    return rfc8785.dumps(owner_fields(made)) + b"\n"


def owner_fields(made: OwnerExamination, *, again: bool = True) -> dict[str, Any]:
    """The same as plain data; `again` says whether the lot was drawn again from the list."""
    outcome = made.outcome
    found = isinstance(outcome, Finding)
    return {
        "schema_version": made.schema_version,
        "tool": clean(made.tool),
        "test": made.test,
        "list": {"name": clean(made.list_name), "sha256": made.list_sha256},
        "commitment": None
        if made.commitment is None
        else {"sha256": made.commitment.sha256, "date": made.commitment.date},
        "drawn": None if made.drawn is None else _drawn(made.drawn),
        **_measured(made),
        "notes": [clean(note) for note in made.notes],
        "headline": owner_headline(made, again=again),
        "subject": subject_json(made.subject),
        "others": [subject_json(other) for other in made.others],
        "level": made.level,
        "seed": made.seed,
        "finding": finding_json(outcome, owner_finding(made))
        if isinstance(outcome, Finding)
        else None,
        "absent": None if isinstance(outcome, Finding) else absent_json(outcome, made),
        "met": made.met if found else None,
        "question": owner_question(made),
        "conclusion": owner_conclusion(made),
        "limits": list(owner_limits(made)),
    }


def _drawn(drawn: Drawn) -> dict[str, Any]:
    return {
        "commitment": drawn.commitment,
        "fixed": drawn.fixed,
        "attested_by": clean(drawn.attested),
        "independent": drawn.independent,
        "roots_named_by_reader": drawn.trusted,
        "valued": drawn.valued,
        "source": clean(drawn.source),
        "beacon_known": drawn.known,
        "lot": drawn.lot,
        "lots": drawn.lots,
        "level_of_all_lots": drawn.level,
        "missing": drawn.missing,
    }


def _measured(made: OwnerExamination) -> dict[str, Any]:
    counted = made.counted
    return {
        "counted": {
            "planned": counted.planned,
            "measured": counted.measured,
            "missing": counted.missing,
        },
        "beside": [
            {
                "how": one.how,
                "name": clean(one.name),
                "log10_p": _log10(one.log_p),
                "log10_p_opposite": _log10(one.opposite),
            }
            for one in made.beside
        ],
    }


def _log10(log_p: float | None) -> float | None:
    return None if log_p is None else float(f"{log_p / math.log(10.0):.6g}") + 0.0


def owner_lines(made: OwnerExamination) -> list[str]:
    """Paragraphs for a terminal."""
    return [
        owner_headline(made),
        owner_question(made),
        owner_finding(made),
        *owner_details(made),
        owner_conclusion(made),
        *owner_limits(made),
    ]
