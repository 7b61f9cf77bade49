"""Tag documents, claim privilege for them, take passages out of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.documents.matcher import Passage
from filiation.casefile.documents.redaction import read_parts, redacted
from filiation.casefile.facts import Privileged, Produced, Redacted, Tagged
from filiation.casefile.laws.documents import production, redactions
from filiation.casefile.laws.numbers import canonical, cited, named, numbers
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, own_signer, read_file
from filiation.proceedings.productions import account_of, indexed

__all__ = ["Claimed", "Redaction", "Standing", "claim_privilege", "find", "passages_of", "redact",
           "tag"]  # fmt: skip

LONGEST: Final = 1 << 20  # bytes of a file of passages


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim of privilege, or its end, on record.

    Attributes:
        event: Its number.
        same: Other documents with the same bytes or mail, for each that was named and has some.
    """

    event: int
    same: tuple[tuple[str, ...], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One document with passages taken out.

    Attributes:
        event: Its number.
        document: By its number where it has one, else as PRODUCTION:NUMBER.
        passages: How many are out now.
    """

    event: int
    document: str
    passages: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where passages stand in a case, before any is redacted.

    Attributes:
        document: The document in question, by its number where it has one, as all others here.
        elsewhere: Other documents that hold one of them.
        near: Documents, and words in them that come near.
        unread: Documents with parts that were not read: nothing is vouched for there.
    """

    document: str
    elsewhere: tuple[str, ...]
    near: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]


def tag(
    case: Path, name: str, documents: Sequence[str], *, off: bool = False, acting: str | None = None
) -> tuple[int, str]:
    """Put a tag on documents, or take it off; returns the event's number and who signed.

    Raises:
        UsageError: The law of tags refuses it.
    """
    record = Record(case)
    who, key = record.signer(acting)
    documents = named(record.state(), documents)
    fact = Tagged(by=who, tag=name, documents=tuple(documents), off=off)
    if off and fact.stays:
        raise UsageError(
            f"{name}: stays once it is set, and goes along with every export; a later tag or "
            "statement may say why it was wrong"
        )
    given = on_record({"tag": name, "documents": list(documents), "off": off})
    draft = Draft(verb="documents tag", fact=fact, arguments=given)
    return record.append(draft, who, key).sequence, who


def claim_privilege(
    case: Path, documents: Sequence[str], *, by: str, ground: str, waive: bool = False
) -> Claimed:
    """Claim that documents are privileged, or give the claim up.

    Raises:
        UsageError: The law of privilege refuses it.
    """
    record = Record(case)
    who, key = record.signer(own_signer(record, by))
    documents = named(record.state(), documents)
    fact = Privileged(party=by, documents=tuple(documents), ground=ground, waived=waive)
    given = on_record({"documents": list(documents), "by": by, "waive": waive})
    event = record.append(Draft(verb="documents privilege", fact=fact, arguments=given), who, key)
    same: list[tuple[str, ...]] = []
    with indexed(record, record.state()) as index:
        for name in documents:
            same.append(tuple(other for other in index.same(name) if other not in documents))
    return Claimed(event=event.sequence, same=tuple(others for others in same if others))


def find(case: Path, document: str, passages: Sequence[str], *, by: str | None = None) -> Standing:
    """Where do these passages stand, where does something come near, and what is not known?

    Args:
        case: The case's folder.
        document: As PRODUCTION:NUMBER.
        passages: Words.
        by: Who asks, where that is not whoever holds the whole case: but for the lead it is told of
            what it put in itself, and nothing of words that others may withhold from it.

    Raises:
        UsageError: There is no such document, or another put it in than who asks.
    """
    record = Record(case)
    state = record.state()
    document = canonical(state, document)
    seen = _seen_by(state, document, by)
    wanted = [Passage(words) for words in passages]
    elsewhere, near = [], []
    with indexed(record, state) as index:
        for name, text in index.texts():
            if name.partition(":")[0] not in seen:
                continue
            if name != document and any(one.stands_in(text) for one in wanted):
                elsewhere.append(name)
            near += [(name, text[start:end]) for one in wanted for start, end in one.near(text)]
    called = _called(state)
    return Standing(
        document=called(document),
        elsewhere=tuple(map(called, elsewhere)),
        near=tuple((called(name), words) for name, words in dict.fromkeys(near)),
        unread=tuple(
            called(name) for name in _unread(record, state) if name.partition(":")[0] in seen
        ),
    )


def _seen_by(state: State, document: str, by: str | None) -> frozenset[str]:
    """The productions of which somebody is told where words stand."""
    held = {one.fact.production: one.fact.offered_by for one in state.of(Produced)}
    owner = production(state, document).fact.offered_by
    if by in (None, state.opening.lead):
        return frozenset(held)
    if owner != by:
        raise UsageError(f"{document}: {owner} put it in; {by} cannot redact it")
    return frozenset(name for name, whose in held.items() if whose == by)


def _called(state: State) -> Callable[[str], str]:
    """By which name a document is cited: its number where it has one, else PRODUCTION:NUMBER."""
    given = numbers(state)

    def called(document: str) -> str:
        production, _, place = document.partition(":")
        entry = given.get(production)
        return cited(entry.fact, int(place)) if entry else document

    return called


def _unread(record: Record, state: State) -> Iterator[str]:
    for produced in state.of(Produced):
        for entry in account_of(record, produced).entries():
            if entry.unread:
                yield f"{produced.fact.production}:{entry.number}"


def redact(
    case: Path,
    documents: Sequence[str],
    passages: Sequence[str],
    *,
    ground: str,
    acting: str | None = None,
) -> tuple[Redaction, ...]:
    """Take passages out of what other parties get of documents.

    Args:
        case: The case's folder.
        documents: As PRODUCTION:NUMBER; the first has to hold all passages, the others one.
        passages: Words to take out, wherever the documents have them.
        ground: Why; all parties read it.
        acting: Who signs; the lead, if None.

    Raises:
        UsageError: There is no such document, it holds not all of the words, they are out already,
            or the ground tells what is to be redacted.
    """
    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    documents = named(state, documents)
    _tells_nothing(ground, passages)
    drafts: list[tuple[Draft, str, int]] = []
    with indexed(record, state) as index:
        for name in documents:
            text = index.rendered(name)
            held = [p for p in passages if name == documents[0] or Passage(p).stands_in(text)]
            drafts += _draft(record, state, name, text, held, ground)
    made, called = [], _called(state)
    if not drafts:
        raise UsageError(
            f"{called(documents[0])}: redacted so already, on this ground; nothing was recorded"
        )
    for draft, name, count in drafts:
        event = record.append(draft, who, key)
        made.append(Redaction(event=event.sequence, document=called(name), passages=count))
    return tuple(made)


def _tells_nothing(ground: str, passages: Sequence[str]) -> None:
    """Refuse a ground that tells what is to be redacted."""
    for words in passages:
        if Passage(words).stands_in(ground) or Passage(words).near(ground):
            raise UsageError(
                "redact: the ground holds one of the passages, and all parties read it"
            )


def passages_of(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Passages as given and from a file, one a line.

    Raises:
        UsageError: None, or the file cannot be read.
    """
    found = list(given)
    if file is not None:
        try:
            found += read_file(file, LONGEST).decode("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise UsageError(f"{file}: not UTF-8; expected one passage a line") from error
    found = [words.strip() for words in found if words.strip()]
    if not found:
        raise UsageError("redact: no passage was given; --passage WORDS or --passages FILE")
    return tuple(found)


def _draft(
    record: Record, state: State, name: str, words: str, passages: Sequence[str], ground: str
) -> Iterator[tuple[Draft, str, int]]:
    """The event of a redaction, its document, and how many passages are out then.

    None, if they are out already and on that ground.
    """
    before = redactions(state).get(name)
    held = read_parts(record.objects.get(before[-1].event.written("passages"))) if before else ()
    made = redacted(name, words, passages, held)
    if before and made.spans == held and before[-1].fact.ground == ground:
        return
    draft = Draft(
        verb="documents redact",
        fact=Redacted(document=name, passages=len(made.spans), ground=ground),
        arguments=on_record({"document": name}),
        blobs=[("redacted", made.shown(), ""), ("passages", made.withheld(), "")],
    )
    yield draft, name, len(made.spans)
