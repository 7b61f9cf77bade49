"""Put documents in: every file is kept as it is, every document gets its line in an account."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from filiation import __version__
from filiation.casefile.documents.account import File, Kept, entry_line, header_line, salt_of
from filiation.casefile.documents.index import open_index
from filiation.casefile.documents.taking import Taking
from filiation.casefile.facts import Produced
from filiation.casefile.laws.parties import hands_over
from filiation.casefile.ledger.event import Event, Written
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Draft, Record
from filiation.errors import UnreadableError, UsageError
from filiation.files import Handed, handed_over, opened
from filiation.model.document import Document
from filiation.proceedings.given import on_record, own_signer
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.production import documents, is_archive, unpacked
from filiation.readers.writings.whatsapp import AMBIGUOUS

__all__ = ["Added", "Production", "add"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """What somebody puts in.

    Attributes:
        path: A file, a folder, or a .zip of one.
        name: What the production is called.
        offered_by: The party that puts it in.
        how: How it was acquired.
        keys: Kept DNS records with the keys of signers.
        keys_how: Who took those records, when, and from which server.
        present: Who stood by, where the lead records what was handed over.
        dates: Order of day, month and year in chats that do not show it: `dmy`, `mdy`, `ymd`.
        follow: The path itself may be a link, and files may have further names elsewhere.
    """

    path: Path
    name: str
    offered_by: str
    how: str
    keys: Path | None = None
    keys_how: str = ""
    present: Sequence[str] = ()
    dates: str = ""
    follow: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A production that is on record.

    Attributes:
        event: The event.
        fact: What it states.
        formats: Documents of each format.
        signatures: Mails by what their signatures show.
        remarks: Documents with remarks.
        undated: Documents whose day and month cannot be told apart, so that they have no time.
        set_aside: Archives that are kept and could not be unpacked, and why.
    """

    event: Event
    fact: Produced
    formats: Mapping[str, int]
    signatures: Mapping[str, int]
    remarks: int
    undated: int
    set_aside: tuple[str, ...]


@final
@dataclass(slots=True, kw_only=True)
class _Tally:
    """What is counted while the documents go by."""

    tree: Growing = field(default_factory=Growing)
    formats: Counter[str] = field(default_factory=Counter)
    signatures: Counter[str] = field(default_factory=Counter)
    remarks: int = 0
    undated: int = 0
    set_aside: list[str] = field(default_factory=list)

    def count(self, document: Document, leaf: bytes) -> None:
        self.tree.append(leaf)
        self.formats[document.format] += 1
        self.remarks += bool(document.remarks)
        self.undated += any(said.startswith(AMBIGUOUS) for said in document.remarks)
        self.signatures.update(document.verdicts)


def add(
    case: Path,
    given: Production,
    *,
    acting: str | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Added:
    """Keep the files of a production, verify and index its documents, and put it on record.

    Args:
        case: The case's folder.
        given: What is put in, by whom.
        acting: Who signs; if None, the party itself if it has a key, otherwise the lead.
        step: Told what is being done.
        progress: Told (bytes, of all).

    Raises:
        UsageError: The name is taken, the party unknown, or there is no such file.
        UnreadableError: Something was not handed over (a link that leads out of the folder, a pipe,
            a device), the only file cannot be read, or there are no documents.
    """
    handed = handed_over(given.path, follow=given.follow)
    record = Record(case)
    who, key = record.signer(acting or own_signer(record, given.offered_by, given.present))
    _check(record, given, who)
    tally = _Tally()
    with (
        record.staging() as staged,
        open_index(record.id) as index,
        index.taking(given.name) as taking,
    ):
        snapshot, keys = _keys(staged, given.keys)
        kept = _kept(given.name, tuple(_keep(staged, handed, tally.set_aside)))
        step("reading documents")
        account = _account(
            staged, _lines(staged, kept, snapshot, given.dates, taking, tally, progress)
        )
        taking.account = account.sha256
        fact = _fact(given, kept, tally, keys)
        event = record.append(_draft(given, fact, [account, *keys]), who, key, staged=staged)
    return _added(event, fact, tally)


def _check(record: Record, given: Production, who: str) -> None:
    state = record.state()
    hands_over(given.offered_by, who, state, given.present)
    if given.dates not in ("", "dmy", "mdy", "ymd"):
        raise UsageError(f"--dates {given.dates}: expected dmy, mdy or ymd")
    if any(entry.fact.production == given.name for entry in state.of(Produced)):
        raise UsageError(f"{given.name}: documents of that name exist; they never change")


def _kept(name: str, files: tuple[File, ...]) -> Kept:
    return Kept(
        production=name,
        salt=secrets.token_hex(32),
        files=files,
        tool=f"filiation {__version__}",
    )


def _keep(staged: Staged, handed: Handed, set_aside: list[str]) -> Iterator[File]:
    """Keep every file, and what archives hold; an archive among others may be a bad one."""
    for name in handed.files:
        sha256, size = staged.put_file(handed.opened(name))
        yield File(name=name, sha256=sha256, size=size)
        kept = staged.path(sha256)
        if not is_archive(kept, name):
            continue
        before = staged.digests()
        try:
            yield from tuple(_inner(staged, kept, name))
        except UnreadableError as error:
            if len(handed.files) == 1:
                raise
            staged.drop(staged.digests() - before)
            set_aside.append(str(error))


def _inner(staged: Staged, kept: Path, name: str) -> Iterator[File]:
    for inner, pieces in unpacked(kept, name):
        sha256, size = staged.put_stream(pieces)
        yield File(name=inner, sha256=sha256, size=size, of=name)


def _keys(staged: Staged, keys: Path | None) -> tuple[Snapshot, list[Written]]:
    if keys is None:
        return Snapshot(), []
    snapshot = read_snapshot(keys)
    sha256, size = staged.put_file(opened(keys))
    return snapshot, [Written(what="keys", sha256=sha256, size=size)]


def _account(staged: Staged, lines: Iterator[bytes]) -> Written:
    sha256, size = staged.put_stream(lines)
    return Written(what="account", sha256=sha256, size=size)


def _lines(
    staged: Staged,
    kept: Kept,
    snapshot: Snapshot,
    dates: str,
    taking: Taking,
    tally: _Tally,
    progress: Progress,
) -> Iterator[bytes]:
    """The account, line by line; what is read goes into the tree, the index and the tally."""
    further = added_up(sum(file.size for file in kept.files), progress)
    yield header_line(kept)
    for number, document in enumerate(documents(_places(staged, kept), snapshot, dates)):
        line = entry_line(number, document)
        tally.count(document, leaf_hash(salt_of(kept.salt, number) + line.rstrip(b"\n")))
        taking.take(number, document, document.sha256)
        further(len(document.raw))
        yield line
    if not tally.tree.size:
        raise UnreadableError(f"{kept.production}: no documents were found; nothing was recorded")


def _places(staged: Staged, kept: Kept) -> dict[str, Path]:
    """Where the files lie; of an archive, what it holds."""
    archives = {file.of for file in kept.files}
    return {f.name: staged.path(f.sha256) for f in kept.files if f.name not in archives}


def _fact(given: Production, kept: Kept, tally: _Tally, keys: list[Written]) -> Produced:
    return Produced(
        production=given.name,
        offered_by=given.offered_by,
        how=given.how,
        documents=tally.tree.size,
        files=sum(not file.of for file in kept.files),
        size=sum(file.size for file in kept.files if not file.of),
        root=tally.tree.root.hex(),
        keys=keys[0].sha256 if keys else "",
        keys_how=given.keys_how,
        dates=given.dates,
        verdicts=tuple(sorted(tally.signatures.items())),
        stood_by=tuple(given.present),
    )


def _draft(given: Production, fact: Produced, kept: list[Written]) -> Draft:
    arguments = {"name": given.name, "from": given.offered_by, "keys": given.keys,
                 "present": given.present}  # fmt: skip
    return Draft(verb="documents add", fact=fact, arguments=on_record(arguments), kept=kept)


def _added(event: Event, fact: Produced, tally: _Tally) -> Added:
    return Added(
        event=event,
        fact=fact,
        formats=dict(sorted(tally.formats.items())),
        signatures=dict(sorted(tally.signatures.items())),
        remarks=tally.remarks,
        undated=tally.undated,
        set_aside=tuple(tally.set_aside),
    )
