"""The verb `case documents add`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

if TYPE_CHECKING:
    from rich.progress import Progress

    from filiation.casefile.documents.account import File, Kept
    from filiation.casefile.documents.index import Taking
    from filiation.casefile.facts import Produced
    from filiation.casefile.ledger.event import Written
    from filiation.casefile.ledger.merkle import Growing
    from filiation.casefile.ledger.staging import Staged
    from filiation.readers.writings.dns import Snapshot

__all__ = ["command"]


def command(
    case: CasePath,
    path: Annotated[
        Path, typer.Argument(help="A file, a folder (a Maildir, an export), or a .zip of one.")
    ],
    name: Annotated[str, typer.Option(help="What this production is called: a-z, 0-9 and '-'.")],
    offered_by: Annotated[str, typer.Option("--from", metavar="PARTY", help="Who put it in.")],
    how: Annotated[str, typer.Option(help="How it was acquired: from where, by what means, when.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="Kept DNS records with the keys of signers, as `dig +noall +answer "
                     "SELECTOR._domainkey.DOMAIN TXT` prints them. Nothing is looked up."),
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Put documents in: mbox, eml, Maildir, .msg, exports of chats, PDF, docx, plain text.

    The files are kept as they are. The record holds of every document its SHA-256, of mail also
    the EDRM message identification hash, the path of transport as it claims it, and what its DKIM
    and ARC signatures show with the keys given. Words are indexed for `documents search`.
    """
    from filiation.casefile.documents.index import open_index
    from filiation.casefile.facts import Produced
    from filiation.casefile.ledger.event import Written
    from filiation.casefile.ledger.merkle import Growing
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError
    from filiation.proceedings.gathering import reading
    from filiation.proceedings.given import on_record

    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    state.party(offered_by)
    if any(entry.fact.production == name for entry in state.of(Produced)):
        raise UsageError(f"{name}: documents of that name exist; they never change")
    tally: Counter[str] = Counter()
    tree = Growing()
    with (
        record.staging() as staged,
        reading(quiet) as progress,
        open_index(record.id) as index,
        index.taking(name) as taking,
    ):
        snapshot, kept_keys = _keys(staged, keys)
        kept = _kept(name, tuple(_keep(staged, path)))
        lines = _lines(staged, kept, snapshot, tree, taking, tally, progress)
        digest, size = staged.put_stream(lines)
        taking.account = digest
        fact = Produced(
            production=name,
            offered_by=offered_by,
            how=how,
            documents=tree.size,
            files=sum(not file.of for file in kept.files),
            size=sum(file.size for file in kept.files if not file.of),
            root=tree.root.hex(),
            keys=kept_keys[0].sha256 if kept_keys else "",
        )
        draft = Draft(
            verb="documents add",
            fact=fact,
            arguments=on_record({"name": name, "from": offered_by, "keys": keys}),
            kept=[Written(what="account", sha256=digest, size=size), *kept_keys],
        )
        event = record.append(draft, who, key, staged=staged)
    if not quiet:
        _tell(event.sequence, fact, tally)


def _tell(sequence: int, fact: "Produced", tally: Counter[str]) -> None:
    typer.echo(
        f"event {sequence}: {fact.production} holds {_n(fact.documents, 'document')} in "
        f"{_n(fact.files, 'file')}, {fact.size:,} bytes, from {fact.offered_by}"
    )
    for what in ("format", "signatures"):
        said = [
            f"{n:,} {k.split(' ', 1)[1]}" for k, n in sorted(tally.items()) if k.startswith(what)
        ]
        if said:
            typer.echo(f"  {what}: {', '.join(said)}")
    if tally["remarks"]:
        typer.echo(f"  remarks on {_n(tally['remarks'], 'document')}; `documents show` has them")


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _kept(name: str, files: "tuple[File, ...]") -> "Kept":
    import secrets

    from filiation import __version__
    from filiation.casefile.documents.account import Kept

    return Kept(
        production=name,
        salt=secrets.token_hex(32),
        files=files,
        tool=f"filiation {__version__}",
    )


def _keep(staged: "Staged", path: Path) -> Iterator["File"]:
    """Keep every file, and what archives hold."""
    from filiation.casefile.documents.account import File
    from filiation.errors import UnreadableError
    from filiation.readers.writings.production import is_archive, produced_files, unpacked

    for name, file in produced_files(path).items():
        try:
            sha256, size = staged.put_file(file)
        except OSError as error:
            raise UnreadableError(f"{file}: cannot be read or kept: {error.strerror}") from error
        yield File(name=name, sha256=sha256, size=size)
        kept = staged.path(sha256)
        for inner, pieces in unpacked(kept, name) if is_archive(kept, name) else ():
            sha256, size = staged.put_stream(pieces)
            yield File(name=inner, sha256=sha256, size=size, of=name)


def _keys(staged: "Staged", keys: Path | None) -> "tuple[Snapshot, list[Written]]":
    from filiation.casefile.ledger.event import Written
    from filiation.errors import UsageError
    from filiation.readers.writings.dns import Snapshot, read_snapshot

    if keys is None:
        return Snapshot(), []
    if not keys.is_file():
        raise UsageError(f"{keys}: there is no such file")
    snapshot = read_snapshot(keys)
    sha256, size = staged.put_file(keys)
    return snapshot, [Written(what="keys", sha256=sha256, size=size)]


def _lines(
    staged: "Staged",
    kept: "Kept",
    snapshot: "Snapshot",
    tree: "Growing",
    taking: "Taking",
    tally: Counter[str],
    progress: "Progress",
) -> Iterator[bytes]:
    """The account, line by line; what is read goes into the tree, the index and the tally."""
    from filiation.casefile.documents.account import entry_line, header_line, salt_of
    from filiation.casefile.ledger.merkle import leaf_hash
    from filiation.errors import UnreadableError
    from filiation.readers.writings.production import documents

    archives = {file.of for file in kept.files}
    places = {f.name: staged.path(f.sha256) for f in kept.files if f.name not in archives}
    task = progress.add_task("reading documents", total=sum(file.size for file in kept.files))
    yield header_line(kept)
    for number, document in enumerate(documents(places, snapshot)):
        line = entry_line(number, document)
        tree.append(leaf_hash(salt_of(kept.salt, number) + line.rstrip(b"\n")))
        taking.take(number, document, document.sha256)
        tally[f"format {document.format}"] += 1
        tally["remarks"] += bool(document.remarks)
        if document.format in ("mail", "outlook"):
            standings = {str(signature.standing) for signature in document.signatures}
            tally.update(f"signatures {said}" for said in standings or {"unsigned"})
        progress.advance(task, len(document.raw))
        yield line
    if not tree.size:
        raise UnreadableError(f"{kept.production}: no documents were found; nothing was recorded")
