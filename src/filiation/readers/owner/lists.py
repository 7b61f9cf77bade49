"""Secret lists: orders, canaries, keys; and the texts whose likelihood is to be computed."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.owner import Canary, Fingerprint, OrderedExample, Phrase
from filiation.readers.owner.entries import entries, number, text

__all__ = [
    *("Text", "once", "read_canaries", "read_decoys", "read_keys", "read_order", "read_phrases"),
    "read_texts",
]

MOST_DECOYS: Final = 100_000
MOST_PHRASES: Final = 20_000  # with their decoys: each is looked for in every answer
LONGEST_PHRASE: Final = 1_000  # characters
LONGEST_TEXT: Final = 100_000  # tokens
PLANTED: Final[Mapping[str, bool]] = {
    "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False,
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One example in words, or in the token ids of the model that will read it."""

    id: str
    text: str
    tokens: tuple[int, ...] = ()


def read_order(path: Path) -> tuple[OrderedExample, ...]:
    """Read when each example was seen.

    Raises:
        UnreadableError: Damaged, an example twice, or a place that is no number.
    """
    found: dict[str, OrderedExample] = {}
    for where, entry in entries(path):
        name = _new(entry, "example", where, found)
        found[name] = OrderedExample(
            id=name,
            seen=number(entry, "seen", where),
            stratum=text(entry, "stratum", where, default=""),
            length=_length(entry, where),
            day=_day(entry, where),
            source=text(entry, "source", where, default=""),
            text=text(entry, "text", where, default=""),
        )
    return tuple(found.values())


def read_canaries(path: Path) -> tuple[Canary, ...]:
    """Read which texts were planted, in groups of one planted text and its twins.

    Raises:
        UnreadableError: Damaged, a text twice, or a group without exactly one planted text.
    """
    found: dict[str, Canary] = {}
    words: dict[object, str] = {}
    for where, entry in entries(path):
        name = _new(entry, "example", where, found)
        once(entry, name, where, words)
        planted = entry.get("planted")
        if isinstance(planted, str):
            planted = PLANTED.get(planted.strip().lower())
        if not isinstance(planted, bool):
            raise UnreadableError(f"{where}: 'planted' is no truth value, expected true or false")
        found[name] = Canary(id=name, group=text(entry, "group", where), planted=planted)
    planted_in = Counter(c.group for c in found.values() if c.planted)
    sizes = Counter(c.group for c in found.values())
    for group, size in sizes.items():
        if planted_in[group] != 1 or size < 2:
            raise UnreadableError(
                f"{path}: group {group!a:.60} has {planted_in[group]} planted of {size} texts, "
                "expected one planted and at least one unused twin"
            )
    return tuple(found.values())


def read_keys(path: Path) -> tuple[Fingerprint, ...]:
    """Read secret prompts and replies; a first line that opens a battery is passed over.

    Raises:
        UnreadableError: Damaged, an id twice, no reply, or a decoy that equals it.
    """
    found: dict[str, Fingerprint] = {}
    for where, entry in entries(path):
        if "battery" in entry and not found:
            continue
        name = _new(entry, "id", where, found)
        expected = text(entry, "key", where)
        decoys = read_decoys(entry, where)
        if expected in decoys or len(set(decoys)) < len(decoys):
            raise UnreadableError(f"{where}: a decoy twice, or equal to the key, expected others")
        found[name] = Fingerprint(
            id=name, prompt=text(entry, "prompt", where), expected=expected, decoys=decoys
        )
    if not found:
        raise UnreadableError(f"{path}: no secret prompt in it, expected one per line")
    return tuple(found.values())


def read_phrases(path: Path) -> tuple[Phrase, ...]:
    """Read unpublished phrases, each with decoys that are used nowhere.

    Raises:
        UnreadableError: Damaged, an id twice, no decoy, or a phrase that another one holds.
    """
    found: dict[str, Phrase] = {}
    count = 0
    for where, entry in entries(path):
        name = _new(entry, "id", where, found)
        group = (text(entry, "phrase", where), *read_decoys(entry, where))
        count += len(group)
        plain = [" ".join(phrase.casefold().split()) for phrase in group]
        if len(group) < 2 or any(a in b for a, b in permutations(plain, 2)):
            raise UnreadableError(
                f"{where}: {len(group) - 1} decoys, or one phrase of the group holds another; "
                "expected at least one decoy, and none that is part of another"
            )
        if count > MOST_PHRASES or max(map(len, group)) > LONGEST_PHRASE:
            raise UnreadableError(
                f"{where}: more than {MOST_PHRASES} phrases and decoys, or one of more than "
                f"{LONGEST_PHRASE} characters; split the list"
            )
        found[name] = Phrase(id=name, phrase=group[0], decoys=group[1:])
    return tuple(found.values())


def read_texts(path: Path) -> tuple[Text, ...]:
    """Read the words or token ids of every example of a list.

    Raises:
        UnreadableError: Damaged, an example twice, or one without text and tokens.
    """
    found: dict[str, Text] = {}
    for where, entry in entries(path):
        name = _new(entry, "example", where, found)
        tokens = entry.get("tokens", [])
        if not isinstance(tokens, list) or len(tokens) > LONGEST_TEXT:
            raise UnreadableError(f"{where}: 'tokens' is no list of at most {LONGEST_TEXT} ids")
        if not all(isinstance(t, int) and not isinstance(t, bool) and t >= 0 for t in tokens):
            raise UnreadableError(f"{where}: 'tokens' holds something that is no token id")
        words = text(entry, "text", where, default="")
        if not tokens and not words:
            raise UnreadableError(f"{where}: neither 'text' nor 'tokens', expected one of them")
        found[name] = Text(id=name, text=words, tokens=tuple(tokens))
    return tuple(found.values())


def once(entry: Mapping[str, Any], name: str, where: str, words: dict[object, str]) -> None:
    """Refuse a text that stands in a list twice: one lot would be counted twice.

    Raises:
        UnreadableError: The same words or tokens under another id.
    """
    said = entry.get("text") or entry.get("tokens")
    if not said:
        return
    key = " ".join(said.split()).casefold() if isinstance(said, str) else json.dumps(said)
    if key in words:
        raise UnreadableError(
            f"{where}: the text of {name!a:.60} is that of {words[key]!a:.60}, expected each text "
            "once; one lot would be counted twice"
        )
    words[key] = name


def _length(entry: Mapping[str, Any], where: str) -> float | None:
    """Tokens or characters of a text, as told or as it stands there."""
    if "length" in entry:
        return number(entry, "length", where)
    found = entry.get("tokens") or entry.get("text")
    return float(len(found)) if isinstance(found, list | str) and found else None


def _day(entry: Mapping[str, Any], where: str) -> float | None:
    """The day a text was written, as an ordinal; a moment counts as a part of its day."""
    found = text(entry, "date", where, default="")
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError as error:
        raise UnreadableError(
            f"{where}: 'date' is {found!a:.60}, expected a day such as 2026-11-29"
        ) from error
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440.0


def _new(entry: Mapping[str, Any], field: str, where: str, known: Mapping[str, object]) -> str:
    name = text(entry, field, where)
    if name in known:
        raise UnreadableError(f"{where}: {name!a:.60} twice, expected once; which is meant?")
    return name


def read_decoys(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The decoys of one prompt, each a text.

    Raises:
        UnreadableError: No list, too many, or something that is no text.
    """
    decoys = entry.get("decoys", [])
    if not isinstance(decoys, list) or len(decoys) > MOST_DECOYS:
        raise UnreadableError(f"{where}: 'decoys' is no list of at most {MOST_DECOYS} replies")
    return tuple(text({"decoy": decoy}, "decoy", where) for decoy in decoys)
