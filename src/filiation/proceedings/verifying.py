"""Checking a case or an export of one offline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from filiation.casefile.check import Checked, check_record
from filiation.casefile.deeds import ReportHeld, Withheld
from filiation.casefile.exchange.export_checked import (
    ExportChecked,
    check_export,
    events_of_export,
    is_export,
)
from filiation.casefile.exchange.held import ExportHeld, held, papers_of
from filiation.casefile.exchange.manifest import manifest_bytes
from filiation.casefile.exchange.witness import Witness, read_witness, unlike
from filiation.casefile.facts import Produced
from filiation.casefile.heads_checked import compared_with, pinned_unlike
from filiation.casefile.ledger.event import time_text
from filiation.casefile.ledger.merkle import leaf_hash, roots_of
from filiation.casefile.ledger.objects import digest_file
from filiation.casefile.record import Record, now
from filiation.casefile.seen import another, last_seen, remember
from filiation.errors import CaseError, UsageError
from filiation.files import handed_together, shown
from filiation.readers.weights.adapters.spelling import joined

__all__ = ["held_report", "verify_case", "withheld_in"]


def verify_case(
    case: Path,
    *,
    head: str | None = None,
    witnesses: Sequence[Path] = (),
    exhibits: Sequence[str] = (),
) -> Checked | ExportChecked:
    """Check the whole record, or an export of one, and remember its head if it holds.

    Args:
        case: The folder.
        head: SIZE:ROOT of a head that was kept elsewhere.
        witnesses: Files of heads that were kept elsewhere.
        exhibits: NAME=PATH of files that are to be held against an exhibit.

    Raises:
        UsageError: No case, or an option that an export has no use for.
        CaseError: An export was altered; what is wrong with a case is told in `Checked`.
    """
    kept = [read_witness(path) for path in witnesses]
    if is_export(case):
        if exhibits:
            raise UsageError("--exhibit goes with a case, this is an export of one")
        return _export(case, _head(head), kept)
    record = Record(case)
    roots = roots_of([leaf_hash(raw) for _, raw in record.rows()]) if kept else []
    other = [wrong for one in kept for wrong in unlike(one, record.id, roots)]
    other += [str(problem) for spec in exhibits for problem in _compared(record, spec)]
    found = check_record(record, pinned=_head(head), found=other)
    if not found.problems:
        remember(record.id, found.roots, time_text(now()))
    return replace(found, compared=(*found.compared, *map(_witness_words, kept)))


def _export(folder: Path, pinned: tuple[int, str] | None, kept: Sequence[Witness]) -> ExportChecked:
    """An export against heads from elsewhere.

    Raises:
        CaseError: It was altered, or is of another history.
    """
    found = check_export(folder)
    seen = last_seen(found.case)
    wrong = list(another(seen, found.case, found.roots, earlier=True))
    wrong += [text for one in kept for text in unlike(one, found.case, found.roots)]
    wrong += pinned_unlike(pinned, found.roots) if pinned is not None else ()
    if wrong:
        raise CaseError(wrong[0])
    remember(found.case, found.roots, time_text(now()))
    compared = (*compared_with(pinned, seen, size=found.size), *map(_witness_words, kept))
    return replace(found, compared=compared)


def _witness_words(witness: Witness) -> str:
    heads = "1 head" if len(witness.heads) == 1 else f"{len(witness.heads)} heads"
    return f"the {heads} in {witness.name}"


def held_report(case: Path, file: Path) -> ReportHeld:
    """The report on record that a file is, byte for byte; the record itself is not checked here.

    Raises:
        UsageError: No such file.
        CaseError: It is none; the reports that there are, are named.
    """
    if not file.is_file():
        raise UsageError(f"--report {file}: no such file")
    digest, _ = digest_file(file)
    signed = events_of_export(case) if is_export(case) else Record(case).signed()
    events = [one.event for one in signed]
    reports = [event for event in events if event.verb == "report"]
    for event in reports:
        for written in event.writes:
            if written.sha256 == digest and written.shown:
                return ReportHeld(event=event, written=written)
    there = ", ".join(w.shown for event in reports for w in event.writes if w.shown) or "none"
    raise CaseError(
        f"{file.name}: its SHA-256 is {digest}: it is no report of this record, or it was altered "
        f"after it was issued; the reports on record: {there}"
    )


def withheld_in(case: Path) -> Withheld | None:
    """What an export does not hold; None of a case.

    Raises:
        UsageError: Neither is there.
        CaseError: The export was altered.
    """
    found = held(case)
    if not isinstance(found, ExportHeld):
        return None
    state = found.state()
    copied = [
        name
        for name, entry in state.exhibits.items()
        if any(w.what.startswith("file:") and not found.holds(w.sha256) for w in entry.event.writes)
    ]
    documents = {
        entry.fact.production: sum(one is None for one in papers_of(found, entry).entries())
        for entry in state.of(Produced)
    }
    return Withheld(
        events=found.withheld,
        exhibits=tuple(copied),
        documents=tuple((name, count) for name, count in documents.items() if count),
    )


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    size, _, root = "".join(text.split()).partition(":")  # as printed, in eights
    if not size.isdecimal() or len(root) != 64:
        raise UsageError(f"head {text!r}: expected SIZE:ROOT as `case log --head` prints it")
    return int(size), root


def _compared(record: Record, spec: str) -> Iterator[CaseError]:
    """What is wrong with files that are held against an exhibit."""
    name, _, where = spec.partition("=")
    entry = record.state().exhibits.get(name)
    if entry is None or not where:
        raise UsageError(f"--exhibit {spec!r}: expected NAME=PATH with an exhibit of this case")
    path = Path(where)
    found = manifest_bytes(name, handed_together(joined(path), follow=True)).digests
    recorded = entry.event.reads
    for file in sorted(recorded.keys() | found.keys()):
        if recorded.get(file) != found.get(file):
            kind = "was altered" if file in recorded and file in found else "is not in both"
            yield CaseError(
                f"exhibit {name}: {shown(file)} {kind}: not the file that was exhibited"
            )
