"""A scan as tables for people and records for programs."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from filiation.model.scan import Found, Relative, Scan
from filiation.report.render.grids import Grid
from filiation.report.render.records import as_csv, as_json, rounded
from filiation.report.render.sheet import harmless
from filiation.report.wording.figures import clean
from filiation.report.wording.scanned import (
    SHELVES,
    architecture,
    declared_words,
    relation_words,
    standing,
)

__all__ = ["scan_csv", "scan_grids", "scan_json"]

LN10: Final = math.log(10.0)
UNREAD: Final = "not read"
SHORT: Final = 12  # hex digits of a digest in a table for people
COLUMNS: Final = (
    *("standing", "path", "sha256", "files", "outcome", "reason", "container", "architecture"),
    *("parameters", "unread", "relative", "shelf", "relation", "direction", "log10_p", "because"),
    *("declared_base", "declared_licence", "relative_licence", "package", "clashes"),
)


def scan_grids(found: Scan) -> Iterator[Grid]:
    """One table for each folder or archive, those with a clash first; then what was not read."""
    places: dict[str, list[Found]] = {}
    for row in found.rows:
        if row.outcome != "unread" or row.relatives:
            places.setdefault(_split(row.path)[0], []).append(row)
    for place, rows in places.items():
        yield Grid(
            title=clean(place),
            headings=("standing", "model", "sha256", "is", "nearest", "relation", "declares"),
            rows=tuple(_model(row) for row in rows),
            left=frozenset({"standing", "model", "is", "nearest", "relation", "declares"}),
        )
    unread = [row for row in found.rows if row.outcome == "unread" and not row.relatives]
    if unread:
        yield Grid(
            title=UNREAD,
            headings=("file", "sha256", "because"),
            rows=tuple((clean(row.path), _digest(row), clean(row.reason)) for row in unread),
            left=frozenset({"file", "because"}),
        )


def scan_json(found: Scan) -> str:
    """One object with every row."""
    fields: dict[str, Any] = {
        "roots": list(found.roots),
        "reference": found.reference,
        "tried": found.tried,
        "level": found.level,
        "library": found.library,
        "passed": list(found.passed),
        "rows": [_record(row) for row in found.rows],
    }
    return as_json(fields)


def scan_csv(found: Scan) -> str:
    """One line for each row, with its nearest relative; names of others are no formulas."""
    return as_csv(COLUMNS, [_harmless(_line(row)) for row in found.rows])


def _harmless(line: Mapping[str, object]) -> dict[str, object]:
    return {
        column: harmless(value) if isinstance(value, str) and len(value) > 1 else value
        for column, value in line.items()
    }


def _model(row: Found) -> tuple[str, ...]:
    near = row.relatives[0] if row.relatives else None
    return (
        standing(row),
        clean(_split(row.path)[1]),
        _digest(row),
        architecture(row),
        "-" if near is None else f"{clean(near.name)} ({SHELVES[near.shelf]})",
        "-" if near is None else relation_words(near),
        declared_words(row),
    )


def _record(row: Found) -> dict[str, Any]:
    fields = asdict(row)
    fields["standing"] = standing(row)
    fields["relatives"] = [_relative(one) for one in row.relatives]
    return fields


def _relative(one: Relative) -> dict[str, Any]:
    fields = asdict(one)
    log_p = fields.pop("log_p")
    fields["log10_p"] = None if log_p is None else rounded(log_p / LN10)
    fields["share"] = rounded(one.share)
    return fields


def _line(row: Found) -> Mapping[str, object]:
    near = row.relatives[0] if row.relatives else None
    package = row.package
    return {
        "standing": standing(row),
        "path": row.path,
        "sha256": row.files[0].sha256 if row.files else None,
        "files": len(row.files),
        "outcome": row.outcome,
        "reason": row.reason or None,
        "container": row.container or None,
        "architecture": row.family or None,
        "parameters": row.parameters or None,
        "unread": row.unread,
        "relative": near and near.name,
        "shelf": near and near.shelf,
        "relation": near and near.kind,
        "direction": near and near.direction,
        "log10_p": None if near is None or near.log_p is None else rounded(near.log_p / LN10),
        "because": near and near.because,
        "declared_base": "; ".join(row.says("base")) or None,
        "declared_licence": "; ".join(row.says("licence")) or None,
        "relative_licence": None if near is None else "; ".join(near.licences) or None,
        "package": None if package is None else f"{package.name} {package.version}".strip(),
        "clashes": "; ".join(clash.about for clash in row.clashes) or None,
    }


def _digest(row: Found) -> str:
    if not row.files:
        return "-"
    more = f" +{len(row.files) - 1}" if len(row.files) > 1 else ""
    return f"{row.files[0].sha256[:SHORT]}{more}"


def _split(path: str) -> tuple[str, str]:
    """Where it lies, and its own name."""
    folder, slash, name = path.rstrip("/").rpartition("/")
    return folder + slash, name
