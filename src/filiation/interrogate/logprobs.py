"""Log-probabilities of recorded answers, where the server gave them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from filiation.errors import UnreadableError
from filiation.readers.documents import parse_object
from filiation.readers.recordings.transcript import (
    Lines,
    answered,
    field,
    first_choice,
    token_rows,
)

__all__ = ["TokenLogprob", "read_logprobs"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLogprob:
    """One token of an answer: natural logs, the alternatives in the order in which they came."""

    token: str
    logprob: float
    alternatives: tuple[tuple[str, float], ...] = ()


def read_logprobs(path: Path) -> dict[str, tuple[TokenLogprob, ...]]:
    """Read the log-probabilities of a transcript, by item id (`id#2` for repeats).

    Answers without log-probabilities, or under another model name than the first, are left out.
    """
    lines, dialect, model = Lines(path), "", None
    found = {}
    for entry in lines:
        where = f"{path}, line {lines.count}"
        if entry["kind"] == "header":
            dialect = field(entry, "dialect", str, where)
        answer = answered(entry, dialect, where)
        if answer is None:
            continue
        model = answer.reply.model if model is None else model
        if answer.reply.logprobs and answer.reply.model == model:
            rows = token_rows(first_choice(parse_object(answer.body, what=where)))
            found[answer.item] = tuple(_token(row, where) for row in rows)
    return found


def _token(row: object, where: str) -> TokenLogprob:
    token, logprob = _pair(row, where)
    others = row.get("top_logprobs") if isinstance(row, Mapping) else None
    return TokenLogprob(
        token=token,
        logprob=logprob,
        alternatives=tuple(_pair(o, where) for o in others or ()),
    )


def _pair(row: Any, where: str) -> tuple[str, float]:
    value = row.get("logprob") if isinstance(row, Mapping) else None
    if not isinstance(value, int | float) or not isinstance(row.get("token"), str):
        raise UnreadableError(f"{where}: a log-probability without token or number")
    return row["token"], float(value)
