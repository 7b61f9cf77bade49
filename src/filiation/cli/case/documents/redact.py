"""The verb `case documents redact`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case.documents._options import DocumentName

if TYPE_CHECKING:
    from filiation.casefile.documents.redaction import Redaction
    from filiation.casefile.record import Draft, Record
    from filiation.casefile.state import State

__all__ = ["command"]


def command(
    case: CasePath,
    document: DocumentName,
    ground: Annotated[str, typer.Option(help="Why. All parties read this.")],
    passage: Annotated[
        list[str] | None, typer.Option(help="Words to take out, wherever the document has them.")
    ] = None,
    passages: Annotated[
        Path | None, typer.Option(help="A file with such words, one passage a line.")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also in every other document that holds them.")
    ] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Take passages out of what other parties get of a document.

    They get the redacted words, signed by you, and the leaf that proves which document it is; not
    its bytes, and not the file it lies in. The case itself keeps everything. What was redacted
    before stays so. The passages are never put into the log.
    """
    from filiation.casefile.laws.documents import production
    from filiation.casefile.record import Record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    production(state, document)
    words = _words(passage, passages)
    with indexed(record, state) as index:
        others = sorted({name for one in words for name in index.holding(one)} - {document})
        made = [
            _draft(record, state, name, index.rendered(name), words, ground)
            for name in (document, *(others if everywhere else ()))
        ]
    for draft, redaction in made:
        event = record.append(draft, who, key)
        if not quiet:
            typer.echo(
                f"event {event.sequence}: {draft.arguments['document']}: "
                f"{len(redaction.spans)} passages redacted"
            )
    if others and not everywhere:
        typer.echo(
            f"note: the same words also stand in {', '.join(others)}; they are not redacted there "
            "(--everywhere)",
            err=True,
        )


def _draft(
    record: "Record", state: "State", name: str, words: str, passages: list[str], ground: str
) -> "tuple[Draft, Redaction]":
    from filiation.casefile.documents.redaction import read_spans, redacted
    from filiation.casefile.facts import Redacted
    from filiation.casefile.laws.documents import redactions
    from filiation.casefile.record import Draft
    from filiation.proceedings.given import on_record

    before = redactions(state).get(name)
    held = read_spans(record.objects.get(before[-1].event.written("passages"))) if before else ()
    made = redacted(name, words, passages, held)
    draft = Draft(
        verb="documents redact",
        fact=Redacted(document=name, passages=len(made.spans), ground=ground),
        arguments=on_record({"document": name}),
        blobs=[("redacted", made.shown(), ""), ("passages", made.withheld(), "")],
    )
    return draft, made


def _words(passage: list[str] | None, file: Path | None) -> list[str]:
    from filiation.errors import UsageError

    found = list(passage or ())
    if file is not None:
        try:
            found += file.read_bytes()[: 1 << 20].decode("utf-8").splitlines()
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{file}: not UTF-8; expected one passage a line") from error
    found = [words.strip() for words in found if words.strip()]
    if not found:
        raise UsageError("redact: no passage was given; --passage WORDS or --passages FILE")
    return found
