"""What the verbs `case claim`, `case answer` and `case submit` have in common."""

import re
from pathlib import Path
from typing import Literal

import typer

from filiation.casefile import facts
from filiation.casefile.record import Draft, Record
from filiation.cli.case._options import on_record, read_words

__all__ = ["put_on_record"]


def put_on_record(
    case: Path,
    kind: Literal["claim", "answer", "submission"],
    *,
    party: str,
    title: str,
    text: str | None,
    file: Path | None,
    alternative: facts.Alternative | None = None,
    confidential: bool = False,
    quiet: bool = False,
) -> None:
    """Keep a statement as it was made, signed by the party or, where it has no key, by the lead."""
    record = Record(case)
    raw = read_words(text, file, kind)
    who, key = record.signer(party if record.state().party(party).key else None)
    suffix = re.sub(r"[^A-Za-z0-9.]", "", file.suffix)[:10] if file is not None else ".txt"
    fact = facts.Stated(
        kind=kind,
        party=party,
        title=title,
        alternative=alternative,
        proposition=facts.ALTERNATIVES[alternative] if alternative else "",
        confidential=confidential,
    )
    given = {"by": party, "title": title, "file": file, "confidential": confidential}
    draft = Draft(
        verb={"submission": "submit"}.get(kind, kind),
        fact=fact,
        arguments=on_record({**given, "alternative": alternative}),
        blobs=[("text", raw, f"submissions/{party}/{{sequence}}-{kind}{suffix}")],
    )
    event = record.append(draft, who, key)
    if not quiet:
        by = f"signed by {who}" if who == party else f"received and signed by {who}"
        typer.echo(f"event {event.sequence}: {kind} of {party}, {by}: {event.writes[0].shown}")
        if alternative:
            typer.echo(f"alternative proposition: {fact.proposition}")
