"""Making something of a case for a party: a sub-case, or what other programs read."""

from pathlib import Path
from typing import Literal, TypeAlias

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import ExportMade
from filiation.casefile.exchange.bom import cyclonedx
from filiation.casefile.exchange.export import plan_export, write_export
from filiation.casefile.exchange.uco import case_uco
from filiation.casefile.facts import Examined, Exported
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.given import on_record
from filiation.report.wording.readme import readme

__all__ = ["export"]

Form: TypeAlias = Literal["sub-case", "case-uco", "cyclonedx"]


def export(
    case: Path, *, party: str, out: Path, form: Form = "sub-case", acting: str | None = None
) -> ExportMade:
    """Make an export for a party, and put on record that it was made.

    Raises:
        UsageError: No such party, or the place is taken or cannot be written.
    """
    record = Record(case)
    signer = record.signer(acting)
    if out.exists():
        raise UsageError(f"{out}: exists; an export is never written over something")
    told = readme(record.state().opening.title, record.id, signer[0], party)
    made = plan_export(record, party, signer[1], readme=told.encode())
    fact = Exported(party=party, form=form, size=made.size, root=made.root, whole=made.whole)
    arguments = on_record({"for": party, "format": form, "out": out})
    event = record.append(Draft(verb="export", fact=fact, arguments=arguments), *signer)
    if form == "sub-case":
        write_export(record, made, out)
    else:
        _write(out, _converted(record, form, party))
    objects = made.objects if form == "sub-case" else 0
    return ExportMade(entry=Entry(event=event, fact=fact), out=out, objects=objects)


def _converted(record: Record, form: Form, party: str) -> bytes:
    state = record.state()
    if form == "case-uco":
        return case_uco(state, party)
    if not state.of(Examined):
        return cyclonedx(state, None)
    event = state.examination().event
    raw = record.objects.get(event.written("examination"))
    return cyclonedx(state, examination_from_bytes(raw, f"event {event.sequence}"))


def _write(out: Path, raw: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(raw)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
