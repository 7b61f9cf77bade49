"""Plans of twins, exchanges of a log, and twins that were drawn and served to nobody.

plan      {"snapshot": SHA-256, "settings": {"temperature": 0.7, ..}, "twins": 19, "prompts": 1000,
           "others"?: 200, "measure"?: "likelihoods" or "answers", "references"?: [SHA-256, ..],
           "uniform"?: 0.01}
exchange  {"id": "x1", "prompt": "..", "answer": "..", "to"?: "group" or "others", "seeds": [..]}
twins     {"twins": {"list": SHA-256 of the list, "snapshot": .., "settings": {..}}}, then
          {"id": "x1", "twin": 1, "text": ".."}
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final, get_args

import rfc8785

from filiation.errors import AlteredError, UnreadableError
from filiation.model.served import (
    MOST_PROMPTS,
    MOST_TWINS,
    Exchange,
    Sampling,
    To,
    TwinsPlan,
)
from filiation.readers.bytes.parsing import read_object
from filiation.readers.owner.entries import entries, text

__all__ = [
    *("Twins", "answers_digest", "check_exchange", "plan_fields", "plan_from", "read_exchanges"),
    *("read_plan", "read_twins"),
]

LONGEST: Final = 1 << 16  # bytes of a plan
LONGEST_TWIN: Final = 1 << 20  # characters
NEEDED: Final = {"snapshot", "settings", "twins", "prompts"}
OPTIONAL: Final[Mapping[str, tuple[type, ...]]] = {
    "others": (int,), "measure": (str,), "references": (list,), "uniform": (int, float),
}  # fmt: skip
HEAD: Final = "twins"
LIKE_A_REPEAT: Final = re.compile(r"#\d+$")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Twins as they were handed over.

    Attributes:
        sampling: What they say they were drawn from.
        texts: By exchange and number, from 1.
    """

    sampling: Sampling
    texts: Mapping[tuple[str, int], str]


def read_plan(path: Path) -> TwinsPlan:
    """Read what is to be fixed before prompts are drawn.

    Raises:
        UnreadableError: Not such a file.
        UsageError: Greedy decoding, or a number that is none.
    """
    return plan_from(read_object(path, limit=LONGEST), str(path))


def plan_fields(plan: TwinsPlan) -> dict[str, Any]:
    """As JSON."""
    return {
        "snapshot": plan.sampling.snapshot,
        "settings": dict(plan.sampling.settings),
        "twins": plan.twins,
        "prompts": plan.prompts,
        "others": plan.others,
        "measure": plan.measure,
        "references": list(plan.references),
        "uniform": plan.uniform,
    }


def plan_from(found: object, what: str) -> TwinsPlan:
    """The same from its fields.

    Raises:
        UnreadableError: A field is missing, unknown or of another kind.
    """
    if not isinstance(found, dict) or not NEEDED <= set(found) <= NEEDED | set(OPTIONAL):
        raise UnreadableError(
            f"{what}: no plan of twins; expected {', '.join(sorted(NEEDED))}, and at most "
            f"{', '.join(OPTIONAL)}"
        )
    more = {name: found[name] for name in OPTIONAL if name in found}
    for name, value in more.items():
        if type(value) not in OPTIONAL[name]:
            raise UnreadableError(f"{what}: {name!r} is {value!a:.40}, expected another kind")
    if "references" in more:
        more["references"] = tuple(map(str, more["references"]))
    if type(found["twins"]) is not int or type(found["prompts"]) is not int:
        raise UnreadableError(f"{what}: 'twins' or 'prompts' is no whole number")
    return TwinsPlan(
        sampling=_sampling(found, what), twins=found["twins"], prompts=found["prompts"], **more
    )


def check_exchange(entry: Mapping[str, Any], where: str) -> None:
    """Refuse what is no exchange of a log.

    Raises:
        UnreadableError: No prompt, no answer, an impossible id, or nobody it was served to.
    """
    name = text(entry, "id", where)
    text(entry, "prompt", where), _answer(entry, where)
    if LIKE_A_REPEAT.search(name):
        raise UnreadableError(
            f"{where}: the id {name!a:.60} ends like the number of a twin (#2), expected another "
            "ending"
        )
    if entry.get("to", "group") not in get_args(To):
        raise UnreadableError(
            f"{where}: served to {entry.get('to')!a:.60}, expected {' or '.join(get_args(To))}"
        )


def _answer(entry: Mapping[str, Any], where: str) -> str:
    """What was served; it may be empty, as its twins may."""
    if entry.get("answer") == "":
        return ""
    return text(entry, "answer", where)


def read_exchanges(path: Path, twins: Twins) -> tuple[Exchange, ...]:
    """Read the exchanges that the lot fell on, each with its twins; others are passed over.

    Raises:
        UnreadableError: Damaged, an id or a prompt twice, or twins of what is not in the list or
            too many.
    """
    planned = max((place for _, place in twins.texts), default=1)
    found: dict[str, Exchange] = {}
    prompts: dict[tuple[str, str], str] = {}
    for where, entry in entries(path):
        if "answer" not in entry:
            continue
        check_exchange(entry, where)
        name = text(entry, "id", where)
        if name in found:
            raise UnreadableError(f"{where}: {name!a:.60} twice, expected once; which is meant?")
        one = _exchange(entry, name, where, twins, planned)
        first = prompts.setdefault((one.to, one.prompt), name)
        if first != name or len(found) >= 2 * MOST_PROMPTS:
            raise UnreadableError(
                f"{where}: the prompt of {name!a:.60} is that of {first!a:.60}, expected each once "
                f"of the group and once of others, and at most {2 * MOST_PROMPTS:,} exchanges"
            )
        if len(one.twins) != len(next(iter(found.values()), one).twins):
            raise UnreadableError(
                f"{where}: {len(one.twins)} seeds, expected as many as before: one number of twins"
            )
        found[name] = one
    strange = next(
        (key for key in twins.texts if key[0] not in found or key[1] > len(found[key[0]].twins)),
        None,
    )
    if strange is not None or not found:
        raise UnreadableError(
            f"{path}: twin {strange[1]} of {strange[0]!a:.60} is not planned; a twin too many "
            "could be chosen" if strange else f"{path}: no exchange in it, expected some"
        )  # fmt: skip
    return tuple(found.values())


def _exchange(
    entry: Mapping[str, Any], name: str, where: str, twins: Twins, planned: int
) -> Exchange:
    """One exchange with the twins that its seeds, or else the file of twins, plan."""
    seeds = entry.get("seeds")
    count = len(seeds) if isinstance(seeds, list) else planned
    if count > MOST_TWINS:
        raise UnreadableError(f"{where}: {count:,} seeds, expected at most {MOST_TWINS:,} twins")
    return Exchange(
        id=name,
        prompt=text(entry, "prompt", where),
        answer=_answer(entry, where),
        to=entry.get("to", "group"),
        twins=tuple(twins.texts.get((name, place)) for place in range(1, count + 1)),
    )


def read_twins(path: Path, listed: str) -> Twins:
    """Read twins, and what they say they were drawn from.

    Args:
        path: The file.
        listed: SHA-256 (hex) of the file of the list.

    Raises:
        UnreadableError: Damaged, a twin twice, or no head.
        AlteredError: Twins of another list.
        UsageError: Greedy decoding.
    """
    sampling: Sampling | None = None
    found: dict[tuple[str, int], str] = {}
    for where, entry in entries(path):
        if HEAD in entry and sampling is None and not found:
            sampling = _head(entry[HEAD], where, listed)
            continue
        place = entry.get("twin")
        if type(place) is not int or not 1 <= place <= MOST_TWINS:
            raise UnreadableError(
                f"{where}: twin {place!a:.40}, expected a number from 1 to {MOST_TWINS:,}"
            )
        name = text(entry, "id", where), place
        said = entry.get("text")
        if name in found or not isinstance(said, str) or len(said) > LONGEST_TWIN:
            raise UnreadableError(
                f"{where}: twin {place} of {name[0]!a:.60} twice, without a text, or with one of "
                f"more than {LONGEST_TWIN:,} characters; expected once"
            )
        found[name] = said
    if sampling is None:
        raise UnreadableError(
            f"{path}: does not say what the twins were drawn from; expected a first line "
            f'{{"twins": {{"list": "{listed}", "snapshot": SHA-256, "settings": {{..}}}}}}'
        )
    return Twins(sampling=sampling, texts=found)


def _head(head: object, where: str, listed: str) -> Sampling:
    if not isinstance(head, dict) or not isinstance(head.get("list"), str):
        raise UnreadableError(f"{where}: no object with 'list', 'snapshot' and 'settings'")
    if head["list"] != listed:
        raise AlteredError(f"{where}: the list", recorded=head["list"], found=listed, another=True)
    return _sampling(head, where)


def _sampling(found: Mapping[str, Any], what: str) -> Sampling:
    snapshot, settings = found.get("snapshot"), found.get("settings")
    if not isinstance(snapshot, str) or not isinstance(settings, dict):
        raise UnreadableError(f"{what}: 'snapshot' or 'settings' is missing, expected both")
    return Sampling(snapshot=snapshot, settings=tuple(sorted(settings.items())))


def answers_digest(exchanges: Sequence[Exchange]) -> str:
    """SHA-256 (hex) over every prompt with its answer and its twins, by their names."""
    rows = sorted(
        rfc8785.dumps({"example": name, "prompt": one.prompt, "text": text})
        for one in exchanges
        for name, text in zip(one.names, one.said, strict=True)
        if text is not None
    )
    return hashlib.sha256(b"\n".join(rows)).hexdigest()
