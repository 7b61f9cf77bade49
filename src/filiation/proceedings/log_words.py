"""Telling the words behind signatures of a log: by its party, under its key, on record."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filiation.casefile.facts import Inquired, Worded
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import UnreadableError, UsageError
from filiation.files import opened
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.given import on_record
from filiation.proceedings.inquiries import inquiry_of
from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey, read_key
from filiation.readers.logs.prompts import asked
from filiation.readers.logs.signing import Signer
from filiation.readers.logs.template import SLOT, read_prompt, read_system

__all__ = ["tell_words"]

LONGEST: Final = 1 << 20  # bytes of a line
MOST: Final = 10_000_000  # lines that are looked at
SHOWN: Final = 4_000  # characters of a template
WORDED: Final = ("template", "opening", "closing", "system")


def tell_words(
    case: Path, log: str, prompts: Path, key: Path, *, acting: str | None = None
) -> Entry[Worded]:
    """Put the words behind the signatures that groups share on record, as the log's party.

    Args:
        case: The case.
        log: The exhibit.
        prompts: JSON lines with `prompt` (and `system`), such as the log itself; of these only
            templates are told whose signatures an answer shows.
        key: Under which the log was reduced.
        acting: The party that put the log in.

    Raises:
        UsageError: Another key, no answer yet, or no prompt with such a signature.
        UnreadableError: Not JSON lines.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    wanted = _shared(record, state, log)
    secret = read_key(key)
    digest = state.exhibits[log].event.written(MATERIAL)
    found = open_log(record.objects.path(digest), log)
    if found.facts.key != secret.id:
        raise UsageError(
            f"{key}: the key {secret.id}, {log} was reduced under {found.facts.key}; under another "
            "key every hash is another"
        )
    words = _told(prompts, secret, wanted)
    if not words:
        raise UsageError(f"{prompts}: no prompt in it has a signature that a group of {log} shares")
    fact = Worded(exhibit=log, by=signer[0], words=tuple(sorted(words.items())))
    arguments = on_record({"log": log, "templates": len(words)})
    event = record.append(Draft(verb="words", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)


def _shared(record: Record, state: State, log: str) -> set[tuple[str, str]]:
    """The signatures that the last answer about a log shows, with what each is of."""
    answers = [one for one in state.of(Inquired) if one.fact.exhibit == log]
    if not answers:
        raise UsageError(f"{log}: nothing was found of it yet; there is no signature to tell of")
    made = inquiry_of(record, answers[-1]).campaigns
    groups = made.groups if made is not None else ()
    return {(one.of, one.hashed) for group in groups for one in group.shared if one.of in WORDED}


def _told(prompts: Path, key: LogKey, wanted: set[tuple[str, str]]) -> dict[str, str]:
    """Signature to words, of those that are wanted and found."""
    signer, left, found = Signer(key), set(wanted), dict[str, str]()
    for said in _lines(prompts):
        prompt, system = asked(said.get("prompt", said.get("messages")), said.get("system"))
        reading = read_prompt(prompt or "")
        texts = {name: getattr(reading, name) for name in WORDED if name != "system"}
        texts["system"] = read_system(system or "")
        for name, text in texts.items():
            hashed = f"{signer.text(name, text):016x}"
            if (name, hashed) in left:
                left.remove((name, hashed))
                found[hashed] = _shown(text)
        if not left:
            break
    return found


def _shown(text: str) -> str:
    """A template with its slots as an ellipsis, on one line."""
    told = " ".join("".join(c if c.isprintable() else " " for c in text.replace(SLOT, "…")).split())
    return told if len(told) <= SHOWN else f"{told[: SHOWN - 1]}…"


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with opened(path, follow=True) as file:
        for number in range(1, MOST + 1):
            raw = file.readline(LONGEST + 1)
            if not raw:
                return
            if len(raw) > LONGEST:
                raise UnreadableError(f"{path}, line {number}: longer than {LONGEST:,} bytes")
            try:
                said = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise UnreadableError(
                    f"{path}, line {number}: not JSON; expected JSON lines"
                ) from error
            if isinstance(said, dict):
                yield said
