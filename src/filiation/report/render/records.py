"""What a verb found, for programs: JSON objects, and tables as RFC 4180 has them.

Every probability stands as log10 with at most 12 significant digits; what is not known is null in
JSON and an empty field in a table.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal

from filiation.model.asked import Asked, Expected
from filiation.model.finding import Finding
from filiation.model.imported import Imported
from filiation.model.kinds import ANSWERS, WEIGHTS
from filiation.model.library import LibraryModel, LibraryTree, Search, TreeSearch
from filiation.model.log_summary import LogSummary
from filiation.model.origin import Origin
from filiation.model.owner import OwnerExamination
from filiation.model.sketch import Sketch
from filiation.model.survey import SetAside, Survey
from filiation.report.drawings.newick import newick

__all__ = [
    *(
        "as_csv",
        "as_json",
        "asked_json",
        "entries_json",
        "expected_json",
        "imported_json",
        "log_json",
        "owner_csv",
        "search_csv",
        "search_json",
        "tree_search_csv",
        "tree_search_json",
    ),
    *("origins_json", "sketch_json", "survey_csv", "survey_json"),
]

LN10 = math.log(10.0)
PAIR = ("a", "b", "method", "kind", "observed", "z", "log10_p", "n_items", "rank")
CANDIDATE = ("name", "log10_p", "log10_e", "found", "same", "unread")
TREE = ("name", "seen", "matched", "shared", "same")
OWNER = (
    *("test", "model", "who", "observed", "method", "log10_p", "level", "met", "absent"),
    *("list", "planned", "measured"),
)


def survey_json(found: Survey) -> str:
    """One object with every pair, and the stemma if there is one."""
    absent = [{"method": a.method, "kind": a.kind, "reason": a.reason} for a in found.absent]
    fields: dict[str, object] = {
        "models": list(found.models),
        "pairs": _pairs(found),
        "absent": absent,
        "notes": list(found.notes),
        "aside": [asdict(one) for one in found.aside],
    }
    if found.kind not in (WEIGHTS, ANSWERS):
        fields["kind"] = found.kind
    if found.screening is not None:
        fields["screening"] = {**asdict(found.screening), "bar": rounded(found.screening.bar)}
    if found.stemma is not None:
        fields["stemma"] = {**asdict(found.stemma), "newick": newick(found.stemma).splitlines()}
    return as_json(fields)


def survey_csv(found: Survey) -> str:
    """Every pair under every method, one a line."""
    return as_csv(PAIR, _pairs(found))


def search_json(found: Search) -> str:
    """One object with the shortlist."""
    return as_json(
        {
            "query": found.query,
            "models": found.models,
            "compared": found.compared,
            "level": found.level,
            "log10_bar": rounded(found.bar / LN10),
            "candidates": _candidates(found),
        }
    )


def search_csv(found: Search) -> str:
    """The shortlist, one model a line."""
    return as_csv(CANDIDATE, _candidates(found))


def tree_search_json(found: TreeSearch) -> str:
    """One object with the shortlist of a search for a source tree."""
    return as_json(asdict(found))


def tree_search_csv(found: TreeSearch) -> str:
    """The same, one tree a line."""
    return as_csv(TREE, [asdict(one) for one in found.candidates])


def entries_json(
    entries: Sequence[LibraryModel | LibraryTree | SetAside], trees: Sequence[LibraryTree] = ()
) -> str:
    """One object with all models of a library, and its source trees if it has some."""
    fields: dict[str, object] = {
        "schema_version": 1,
        "models": [asdict(entry) for entry in entries],
        **({"trees": [asdict(tree) for tree in trees]} if trees else {}),
    }
    return json.dumps(fields) + "\n"


def owner_csv(made: OwnerExamination) -> str:
    """The subject with what was found of it, then the models that it was ranked among."""
    outcome = made.outcome
    row: dict[str, object] = {"test": made.test, "model": made.subject.name, "who": "subject"}
    row |= {"level": made.level, "met": made.met}
    by_lot = made.drawn is not None and made.drawn.independent
    row |= {"list": "drawn" if by_lot else "declared"}
    row |= {"planned": made.counted.planned, "measured": made.counted.measured}
    if not isinstance(outcome, Finding):
        return as_csv(
            OWNER, [row | {"method": outcome.method, "met": None, "absent": outcome.reason}]
        )
    row |= {"observed": rounded(outcome.observed), "method": outcome.method}
    row |= {"log10_p": rounded(outcome.log_p / LN10)}
    others = [
        {"test": made.test, "model": p.name, "who": p.who, "observed": rounded(p.observed)}
        for p in outcome.lineup
        if p.who != "subject"
    ]
    return as_csv(OWNER, [row, *others])


def imported_json(found: Imported) -> str:
    """One object with the recordings that a log gave."""
    return as_json({"schema_version": 1, **asdict(found)})


def origins_json(origins: Sequence[Origin]) -> bytes:
    """Where models lay, in the order in which they were read."""
    return as_json({"origins": [asdict(one) for one in origins]}).encode()


def sketch_json(sketch: Sketch, origin: Origin | None = None) -> str:
    """One object that says what a sketch holds and what was skipped, and where its model lay."""
    lay = {} if origin is None else {"origin": asdict(origin)}
    return as_json(
        {
            "name": sketch.name,
            "sketch": sketch.digest,
            "subject": sketch.subject_digest,
            "method": sketch.method.id,
            "layout": sketch.family,
            **({"towers": dict(sketch.towers)} if sketch.towers else {}),
            "layers": len(sketch.layers),
            "units": sum(layer.units for layer in sketch.layers),
            "deep_layers": [sketch.layers[deep.layer].label for deep in sketch.deep],
            "tensors": len(sketch.tensors),
            "token_frame": sketch.token_absent or f"{len(sketch.anchors)} anchors",
            "skipped": [{"tensor": s.tensor, "reason": s.reason} for s in sketch.skipped],
            "set_aside": [{"tensor": s.tensor, "reason": s.reason} for s in sketch.set_aside],
            "merged": [asdict(one) for one in sketch.merged],
            **lay,
        }
    )


def expected_json(expected: Expected) -> str:
    """One object with the cost of a run that was not made."""
    return as_json(
        {
            "battery": _battery(expected),
            "questions": expected.questions,
            "tokens_in_about": expected.about_read,
            "tokens_at_most": expected.at_most.total,
            "cost_at_most": _money(expected.cost),
        }
    )


def asked_json(asked: Asked) -> str:
    """One object with what became of a run."""
    summary, bets = asked.summary, asked.bets
    fields: dict[str, object] = {
        "battery": _battery(asked.expected),
        "transcript": asked.transcript,
        "digest": summary.digest,
        "complete": summary.complete,
        "stopped": summary.stopped,
        "questions": summary.questions,
        "answered": summary.answered,
        "answered_as_another_model": summary.changed,
        "failed": summary.failed,
        "cut_short": summary.cut_short,
        "declined": summary.declined,
        "rejected": summary.rejected,
        "model": summary.model,
        "parameters_refused": list(summary.refused),
        "attempts": summary.attempts,
        "retries": summary.retries,
        "tokens_in": summary.spent.read,
        "tokens_out": summary.spent.written,
        "cost": _money(asked.cost),
    }
    if bets is not None:
        fields["against"] = {
            "errors_bet_on": bets.errors,
            "log10_e": round(bets.log_e / LN10, 6),
            "log10_p": round(bets.log_p / LN10, 6),
            "enough": bets.enough,
        }
    return as_json(fields)


def log_json(found: LogSummary) -> str:
    """One object with what a reduced log holds; minutes since 1970."""
    return as_json(asdict(found))


def rounded(value: float | None) -> float | None:
    """At most 12 significant digits."""
    return None if value is None else float(f"{value:.12g}")


def _pairs(found: Survey) -> list[dict[str, object]]:
    return [
        {
            "a": pair.a,
            "b": pair.b,
            "method": pair.method,
            "kind": pair.kind,
            "observed": rounded(pair.observed),
            "z": rounded(pair.z),
            "log10_p": rounded(pair.log_p / LN10),
            "n_items": pair.items,
            "rank": rounded(pair.rank),
        }
        for pair in found.pairs
    ]


def _candidates(found: Search) -> list[dict[str, object]]:
    return [
        {
            "name": c.name,
            "log10_p": None if c.log_p is None else rounded(c.log_p / LN10),
            "log10_e": None if c.log_p is None else rounded(c.log_e / LN10),
            "found": c.found,
            "same": c.same,
            "unread": c.unread,
        }
        for c in found.candidates
    ]


def _battery(expected: Expected) -> dict[str, object]:
    return {"id": expected.battery, "sha256": expected.digest, "items": expected.items}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def as_json(fields: Mapping[str, object]) -> str:
    """One object, with the version of its schema."""
    return json.dumps({"schema_version": 1, **fields}, indent=1, allow_nan=False) + "\n"


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A header and one line a row, ended by CR LF, quoted where RFC 4180 asks for it."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(row.get(column)) for column in columns])
    return written.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
