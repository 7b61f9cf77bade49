"""What is signed, field by field: read from the bytes, and from nothing that stands beside them.

Law: every value of the bytes is in one of the rows, and no row holds another.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, get_args

from filiation.casefile import facts
from filiation.report.site.view import Said
from filiation.report.wording import signed as words
from filiation.report.wording.desk import DEEDS, ELSEWHERE, words_of
from filiation.report.wording.desk_fields import LABELS

__all__ = ["as_bytes", "rows_of"]

FIRST: Final = ("actor", "verb", "sequence", "case", "for", "time")
LAST: Final = ("root",)
BEHIND: Final = ("arguments", "reads", "writes", "files", "key", "tool", "schema_version")
EMPTY: Final[tuple[object, ...]] = (None, "", [], {})
CHOSEN: Final = (
    *("kind", "alternative", "outcome", "counting", "role", "reach", "step", "profile"),
    "dates",
)  # fields of facts whose values have words of ours
EXPORT: Final = ".export+json"
KIND: Final = "kind_of_fact"
WITHIN: Final = ": "  # between the parts of one of a list


def rows_of(kind: str, payload: bytes, texts: Sequence[str] = ()) -> tuple[list[Said], list[Said]]:
    """What whoever signs reads first, and what stands behind it.

    Args:
        kind: Of what is signed.
        payload: Its JSON.
        texts: Words that may be those that an event names by their digest; shown if they are.
    """
    found: Mapping[str, Any] = json.loads(payload)
    between = [name for name in found if name not in (*FIRST, *LAST, *BEHIND, "facts")]
    first: list[Said] = []
    for name in (*FIRST, *between):
        if name in found:
            first += _top(name, found[name], _deed(kind, found) if name == "verb" else "")
    if kind.endswith(EXPORT):
        first.insert(0, Said(label=words.TOP["verb"], values=(), ours=DEEDS["export"]))
    stated = _in_order(found.get("facts", {}))
    first += [_fact(name, said) for name, said in stated if _leads(name, said)]
    for text in words_of(found, texts):
        first.append(
            Said(label=words.ELSE, values=(), ours=ELSEWHERE)
            if text is None
            else Said(label=words.SAID, values=(text,))
        )
    for name in LAST:
        first += _top(name, found[name]) if name in found else ()
    behind = [_fact(name, said) for name, said in stated if not _leads(name, said)]
    for name in BEHIND:
        behind += _top(name, found[name]) if name in found else ()
    return first, behind


def _in_order(stated: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What an event states, in the order in which its kind has its fields."""
    kinds = {kind.__name__.lower(): kind for kind in get_args(facts.Fact)}
    kind = kinds.get(str(stated.get(KIND)))
    names = [one.name for one in fields(kind)] if kind else []
    known = [(name, stated[name]) for name in names if name in stated]
    return known + [(name, said) for name, said in stated.items() if name not in names]


def _leads(name: str, said: Any) -> bool:
    """Does it say something that the deed's name does not?"""
    return name != KIND and said not in EMPTY


def as_bytes(message: bytes) -> str:
    """The bytes themselves; what no page can show is written as JSON writes it."""
    text = message.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _deed(kind: str, found: Mapping[str, Any]) -> str:
    return words.deed_of(found.get("facts", {})) if kind.endswith(".event+json") else ""


def _top(name: str, said: Any, ours: str = "") -> Iterator[Said]:
    """A field of the whole; of several named things each in a row of its own."""
    label = words.TOP.get(name, name)
    if said in EMPTY:
        yield Said(label=label, values=(), ours=LABELS[""])
    elif name == "withheld" and isinstance(said, Mapping):
        for key, value in said.items():
            yield from _top(f"withheld_{key}", value)
    elif isinstance(said, Mapping):
        for key, value in said.items():
            yield Said(label=label, name=f"{key}", values=_values(value))
    elif name == "writes":
        for one in said:
            rest = {key: value for key, value in one.items() if key != "what"}
            yield Said(label=label, name=f"{one.get('what')}", values=_each(rest))
    else:
        yield Said(label=label, values=_values(said), ours=ours)


def _fact(name: str, said: Any) -> Said:
    label = words.FACTS.get(name, name)
    if said in EMPTY and said is not False:
        return Said(label=label, values=(), ours=LABELS[""])
    if isinstance(said, bool):
        return Said(label=label, values=(), ours=words_for(said))
    ours = LABELS.get(said, said) if name in CHOSEN and isinstance(said, str) else ""
    return Said(label=label, values=_values(said), ours=ours)


def words_for(said: bool) -> str:
    """Yes or no."""
    return "yes" if said else "no"


def _each(said: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(text for value in said.values() for text in _values(value) if value not in EMPTY)


def _values(said: Any) -> tuple[str, ...]:
    """A value as it is written; of a list each by itself."""
    if isinstance(said, str):
        return (said,)
    if isinstance(said, list) and not any(isinstance(one, dict) for one in said):
        return tuple(WITHIN.join(_values(one)) for one in said)
    return (json.dumps(said, ensure_ascii=False),)
