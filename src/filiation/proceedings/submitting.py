"""Taking part from one's own desk: a signed submission in a file, and its receipt by the lead."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, cast

from filiation.casefile import facts
from filiation.casefile.exchange.export_checked import ExportChecked, is_export
from filiation.casefile.ledger.keys import private_key
from filiation.casefile.record import Draft, Record, now
from filiation.casefile.state import Entry
from filiation.casefile.submission import LARGEST, read_submission, submission_bytes
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file, read_words
from filiation.proceedings.naming import free
from filiation.proceedings.verifying import verify_case

__all__ = ["VERBS", "receive", "suffix_of", "write_submission"]

VERBS: Final = {"claim": "claim", "answer": "answer", "submission": "submit"}


def write_submission(
    case: Path,
    kind: Literal["claim", "answer", "submission"],
    out: Path,
    *,
    party: str,
    title: str,
    text: str | None = None,
    file: Path | None = None,
    alternative: facts.Alternative | None = None,
    confidential: bool = False,
) -> None:
    """Sign a statement into a file, after the log as the party has it: a case or an export.

    Raises:
        UsageError: No such party, it has no key, its private key is not here, no words, or the
            place is taken.
        CaseError: The export was altered.
    """
    words = read_words(text, file, kind)
    identity, keys, (size, root) = _seen(case)
    raw = submission_bytes(
        words,
        private_key(_key_of(party, keys), party),
        now(),
        case=identity,
        party=party,
        kind=kind,
        title=title,
        alternative=alternative or "",
        confidential=confidential,
        suffix=suffix_of(file),
        size=size,
        root=root,
    )
    try:
        with free(out).open("xb") as written:
            written.write(raw)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error


def _key_of(party: str, keys: Mapping[str, str]) -> str:
    """The public key with which a party joined."""
    if party not in keys:
        raise UsageError(f"{party!r}: no party of this case; it has {', '.join(keys)}")
    if not keys[party]:
        raise UsageError(
            f"{party}: joined without a key and cannot sign; the lead records what it says"
        )
    return keys[party]


def receive(
    case: Path, file: Path, *, acting: str | None = None, present: Sequence[str] = ()
) -> Entry[facts.Stated]:
    """Check a submission and put it on record, in the name of who signed it.

    Raises:
        UsageError: It is of another case, log or party, or was received already.
        CaseError: It was damaged or altered on its way.
    """
    text, said, words = read_submission(read_file(file, LARGEST), file.name)
    record = Record(case)
    signer = record.signer(acting)
    if said.kind not in VERBS or said.alternative not in ("", *facts.ALTERNATIVES):
        raise UsageError(f"{file.name}: a {said.kind[:20]!a}, expected {', '.join(VERBS)}")
    fields = {
        "kind": said.kind,
        "party": said.party,
        "title": said.title,
        "alternative": said.alternative or None,
        "proposition": facts.ALTERNATIVES.get(said.alternative, ""),
        "confidential": said.confidential,
        "submission": text,
        "stood_by": list(present),
    }
    fact = cast("facts.Stated", facts.read_fact({"kind_of_fact": "stated", **fields}, file.name))
    suffix = re.sub(r"[^A-Za-z0-9.]", "", said.suffix)[:10]
    draft = Draft(
        verb="receive",
        fact=fact,
        arguments=on_record({"file": file, "by": said.party, "title": said.title}),
        blobs=[("text", words, f"submissions/{said.party}/{{sequence}}-{said.kind}{suffix}")],
    )
    return Entry(event=record.append(draft, *signer), fact=fact)


def suffix_of(file: Path | None) -> str:
    """What the copy of a statement ends on."""
    return re.sub(r"[^A-Za-z0-9.]", "", file.suffix)[:10] if file is not None else ".txt"


def _seen(case: Path) -> tuple[str, Mapping[str, str], tuple[int, str]]:
    """Id of the case, keys of its parties, and head, as the party has them before it."""
    found = verify_case(case) if is_export(case) else None
    if isinstance(found, ExportChecked):
        return found.case, found.keys, (found.size, found.roots[-1])
    record = Record(case)
    keys = {name: entry.fact.key for name, entry in record.state().parties.items()}
    return record.id, keys, record.head()
