"""The verb `case export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

if TYPE_CHECKING:
    from filiation.casefile.record import Record

__all__ = ["command"]


def command(
    case: CasePath,
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help="Who is to have it.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The directory or file to make.")],
    form: Annotated[
        Literal["sub-case", "case-uco", "cyclonedx"],
        typer.Option("--format", help="A sub-case, CASE/UCO JSON-LD, or a CycloneDX 1.7 ML-BOM."),
    ] = "sub-case",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Make a sub-case for a party: what it may see, whole, and the rest as hashes.

    Confidential statements of others are left out. Every event, seen or not, comes with a proof
    that the signed head commits to it (RFC 6962), so nothing can be slipped in or dropped
    unseen; `filiation case verify` checks an export offline. The other formats are for other
    programs: the actions and exhibits (CASE/UCO), or the exhibits and their pedigree (CycloneDX).
    """
    from filiation.casefile.exchange.export import plan_export, write_export
    from filiation.casefile.facts import Exported
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError

    record = Record(case)
    who, key = record.signer(acting)
    if out.exists():
        raise UsageError(f"{out}: exists; an export is never written over something")
    made = plan_export(record, party, key)
    fact = Exported(party=party, form=form, size=made.size, root=made.root, whole=made.whole)
    given = on_record({"for": party, "format": form, "out": out})
    event = record.append(Draft(verb="export", fact=fact, arguments=given), who, key)
    if form == "sub-case":
        write_export(record, made, out)
    else:
        _write(out, _converted(record, form, party))
    if quiet:
        return
    if form == "sub-case":
        typer.echo(
            f"event {event.sequence}: {out} holds {made.whole} of {made.size} events whole, "
            f"{made.size - made.whole} as hashes, {made.objects} objects"
        )
    else:
        typer.echo(f"event {event.sequence}: {out}, {form} for {party}")


def _converted(record: "Record", form: str, party: str) -> bytes:
    from filiation.casefile.codec import examination_from_bytes
    from filiation.casefile.exchange.bom import cyclonedx
    from filiation.casefile.exchange.uco import case_uco
    from filiation.casefile.facts import Examined

    state = record.state()
    if form == "case-uco":
        return case_uco(state, party)
    if not state.of(Examined):
        return cyclonedx(state, None)
    event = state.examination().event
    raw = record.objects.get(event.written("examination"))
    return cyclonedx(state, examination_from_bytes(raw, f"event {event.sequence}"))


def _write(out: Path, raw: bytes) -> None:
    from filiation.errors import UsageError

    try:
        with out.open("xb") as file:
            file.write(raw)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
