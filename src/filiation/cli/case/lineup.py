"""The verbs `case lineup draw`, `opinion` and `unmask`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, judged, on_record

if TYPE_CHECKING:
    from filiation.casefile.record import Record

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Show the suspect among foils, under code names, before anyone knows who is who.",
)


@app.command("draw")
def draw(
    case: CasePath,
    foils: Annotated[int, typer.Option(help="How many controls stand beside the suspect.")],
    name: Annotated[str, typer.Option(help="What this line-up is called.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Draw a line-up: foils by description, code names by lot, each compared with the source.

    Who is who is committed to in the log and kept outside the case, in the folder `masks` of
    FILIATION_HOME of whoever draws. That is not to be the examiner.
    """
    import secrets
    import string

    from filiation.casefile.facts import Drawn
    from filiation.casefile.record import Draft, Record
    from filiation.casefile.state import mask_commitment
    from filiation.errors import UsageError
    from filiation.examine.lineup import choose_foils, comparisons_bytes, describe
    from filiation.model.kinds import WEIGHTS
    from filiation.proceedings.exhibits import open_plan

    record = Record(case)
    who, key = record.signer(acting)
    planned = open_plan(record, record.state())
    members = [planned.subject, *choose_foils(planned.subject, planned.controls, foils)]
    if len(members) > len(string.ascii_uppercase):
        raise UsageError(f"line-up: {len(members)} members, expected at most 26")
    secrets.SystemRandom().shuffle(members)
    coded = dict(zip(string.ascii_uppercase, members, strict=False))
    names = tuple((code, member.name) for code, member in coded.items())
    salt = secrets.token_hex(16)
    raw = comparisons_bytes(planned.plan, planned.source, coded)
    sketch = planned.subject.content(WEIGHTS)
    fact = Drawn(
        lineup=name,
        source=planned.source.name,
        codes=tuple(coded),
        commitment=mask_commitment(names, salt),
        description="" if sketch is None else str(describe(sketch)),
        plan=planned.fact.digest,
    )
    _mask(record, fact.commitment).write_text(json.dumps({"names": names, "salt": salt}))
    event = record.append(
        Draft(
            verb="lineup draw",
            fact=fact,
            arguments=on_record({"foils": foils, "name": name}),
            reads={"plan": planned.fact.digest},
            blobs=[("comparisons", raw, "")],
        ),
        who,
        key,
    )
    if not quiet:
        typer.echo(f"event {event.sequence}: line-up {name}, {len(coded)} members against "
                   f"{fact.source}: {fact.description}")  # fmt: skip
        for row in json.loads(raw)["members"]:
            log10_p = row["log10_p"]
            said = "nothing applied" if log10_p is None else f"log10 p {log10_p:.2f}"
            typer.echo(f"  {row['code']}  {said}")


@app.command("opinion")
def opinion(
    case: CasePath,
    words: Annotated[str, typer.Argument(help="What the examiner sees, and why.")],
    stands_out: Annotated[
        list[str] | None, typer.Option(help="A code name that stands out; repeatable; none: none.")
    ] = None,
    name: Annotated[str, typer.Option(help="Which line-up.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Record the examiner's opinion; the first one before the names are shown."""
    from filiation.casefile.facts import Opined, Unmasked
    from filiation.casefile.record import Draft, Record

    judged(words, "opinion")
    record = Record(case)
    who, key = record.signer(acting)
    fact = Opined(lineup=name, stand_out=tuple(stands_out or ()), words=words)
    event = record.append(
        Draft(verb="lineup opinion", fact=fact, arguments=on_record({"name": name})), who, key
    )
    shown = any(entry.fact.lineup == name for entry in record.state().of(Unmasked))
    if not quiet:
        typer.echo(
            f"event {event.sequence}: opinion of {who}, {'after' if shown else 'before'} the names "
            f"were shown: {', '.join(fact.stand_out) or 'no one'} stands out"
        )


@app.command("unmask")
def unmask(
    case: CasePath,
    name: Annotated[str, typer.Option(help="Which line-up.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Show who is who; only after an opinion, by whoever drew the line-up."""
    from filiation.casefile.facts import Drawn, Unmasked
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError

    record = Record(case)
    who, key = record.signer(acting)
    drawn = [e.fact for e in record.state().of(Drawn) if e.fact.lineup == name]
    if not drawn:
        raise UsageError(f"line-up {name!r}: none of that name was drawn")
    path = _mask(record, drawn[0].commitment)
    try:
        said = json.loads(path.read_text())
        names = tuple((str(code), str(member)) for code, member in said["names"])
        fact = Unmasked(lineup=name, names=names, salt=str(said["salt"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({error}); only who drew the line-up can unmask it"
        ) from error
    event = record.append(
        Draft(verb="lineup unmask", fact=fact, arguments=on_record({"name": name})), who, key
    )
    if not quiet:
        typer.echo(f"event {event.sequence}: line-up {name} is unmasked")
        for code, member in fact.names:
            typer.echo(f"  {code}  {member}")


def _mask(record: "Record", commitment: str) -> Path:
    from filiation.casefile.ledger.keys import home

    folder = home() / "masks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{record.id}-{commitment[:16]}.json"
