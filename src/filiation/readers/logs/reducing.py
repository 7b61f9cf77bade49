"""Rows of a log as numbers: what is kept of each is hashed here, and its text goes no further."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.log import NEVER, NOT_STATED, SIGNATURES
from filiation.readers.logs.columns import Layout
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.parameters import sampling
from filiation.readers.logs.presets import Preset
from filiation.readers.logs.prompts import asked
from filiation.readers.logs.signing import Signer
from filiation.readers.logs.sources import Batch
from filiation.readers.logs.template import Reading, read_prompt, read_system
from filiation.readers.logs.times import EPOCH, NAIVE, ZONED, Clock
from filiation.readers.logs.unfolding import TOTAL

__all__ = ["FLAGS", "HASHED", "ROW", "Reduced", "Reducer"]

ROW: Final = np.dtype(
    [
        ("account", "<u8", (2,)),
        ("minute", "<i8"),
        ("parameters", "<u8"),
        ("signatures", "<u8", (len(SIGNATURES),)),
        ("request", "<u8"),
        ("payment", "<u8"),
        ("network", "<u8"),
        ("client", "<u8"),
        ("ended", "<i8"),
        ("tokens_in", "<u4"),
        ("tokens_out", "<u4"),
        ("model", "<u2"),
        ("flags", "<u2"),  # see FLAGS
    ]
)
# What is noted of a row, by bit: how its time was written, and what is odd about it.
FLAGS: Final = (
    *(ZONED, NAIVE, EPOCH),
    "an empty prompt",
    "the total of a minute, not a request",
    "a number of tokens that cannot be read",
    "the end of an account that is no time",
)
_EMPTY, _TOTAL, _TOKENS, _END = (1 << place for place in range(3, len(FLAGS)))
_WRITTEN: Final = {how: 1 << place for place, how in enumerate(FLAGS[:3])}
NO_ACCOUNT: Final = "no account"
BAD_ACCOUNT: Final = "an account that is no text or number"
LONGEST_NAME: Final = 4096
LONGEST_MODEL: Final = 200
MOST_ROWS: Final = 1 << 14  # that are made at once
REMEMBERED: Final = 1 << 14  # accounts, and system prompts, whose signature is kept at hand
SHORT: Final = 1 << 12  # characters of one that is remembered
TUNED: Final = re.compile(r"\bft:([^:/\s]+):.*")  # what follows names the customer
HASHED: Final = ("payment", "network", "client")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """What is kept of a batch.

    Attributes:
        rows: One of `ROW` for each row that was kept.
        models: Names of models; a row's number counts from 1 into these.
        read: Rows that were read.
        aside: Why rows were set aside, and how many.
    """

    rows: NDArray[Any]
    models: tuple[str, ...]
    read: int
    aside: Counter[str] = field(default_factory=Counter)


@final
class Reducer:
    """Reduces batches of one file; what it gives depends on the batch alone."""

    def __init__(self, key: LogKey, layout: Layout, preset: Preset | None, clock: Clock) -> None:
        self._signer = Signer(key)
        self._layout, self._preset, self._clock = layout, preset, clock
        self._accounts: dict[str, tuple[int, int]] = {}
        self._systems: dict[str, int] = {}

    def reduce(self, batch: Batch) -> Iterator[Reduced]:
        """What is kept of some rows, in their order; in parts, where a document is many rows."""
        making = _Making()
        for parsed in batch.parsed():
            for row in (parsed,) if self._preset is None else self._preset.rows(parsed):
                making.read += 1
                if isinstance(row, str):
                    making.aside[row] += 1
                else:
                    self._add(making, row)
                if len(making.rows) >= MOST_ROWS:
                    yield self._made(making)
                    making = _Making()
        yield self._made(making)

    def _made(self, making: "_Making") -> Reduced:
        rows = np.array(making.rows, dtype=ROW)
        shingles = self._signer.shingles(making.words)
        first = SIGNATURES.index("shingle-1")
        rows["signatures"][:, first : first + shingles.shape[1]] = shingles
        return Reduced(
            rows=rows,
            models=tuple(making.models),
            read=making.read,
            aside=making.aside,
        )

    def _add(self, making: "_Making", row: Mapping[str, Any]) -> None:
        value = self._layout.value
        when = self._clock.read(value(row, "time"))
        if isinstance(when, str):
            making.aside[when] += 1
            return
        name = _identity(value(row, "account"))
        if not name:
            making.aside[NO_ACCOUNT if name is None else BAD_ACCOUNT] += 1
            return
        minute, how = when
        making.flags = _WRITTEN[how] | (_TOTAL if TOTAL in row else 0)
        reading, signed = self._prompt(making, row)
        making.rows.append(
            (
                self._account(name),
                minute,
                self._signer.value("parameters", sampling(value(row, "parameters"))),
                signed,
                self._hashed(row, "request"),
                *(self._hashed(row, one) for one in HASHED),
                self._ended(making, value(row, "ended")),
                _tokens(making, value(row, "tokens_in")),
                _tokens(making, value(row, "tokens_out")),
                _model(making, value(row, "model")),
                making.flags,
            )
        )
        making.words.append(reading.words)

    def _prompt(self, making: "_Making", row: Mapping[str, Any]) -> tuple[Reading, list[int]]:
        value = self._layout.value
        prompt, system = asked(value(row, "prompt"), value(row, "system"))
        signed = [0] * len(SIGNATURES)
        if system:
            signed[0] = self._system(system)
        if prompt is None:
            return Reading(), signed
        reading = read_prompt(prompt)
        if not reading.whole:
            making.flags |= _EMPTY
        for place, called in ((1, "template"), (2, "opening"), (3, "closing"), (-1, "whole")):
            signed[place] = self._signer.text(called, getattr(reading, called))
        return reading, signed

    def _system(self, system: str) -> int:
        found = self._systems.get(system)
        if found is None:
            found = self._signer.text("system", read_system(system))
            _remember(self._systems, system, found)
        return found

    def _account(self, name: str) -> tuple[int, int]:
        found = self._accounts.get(name)
        if found is None:
            found = self._signer.name(name)
            _remember(self._accounts, name, found)
        return found

    def _hashed(self, row: Mapping[str, Any], called: str) -> int:
        return self._signer.text(called, _identity(self._layout.value(row, called)) or "")

    def _ended(self, making: "_Making", value: Any) -> int:
        if value in (None, "", False):
            return NEVER
        when = self._clock.read(value)
        if isinstance(when, str):
            making.flags |= _END
            return NEVER
        return when[0]


@final
class _Making:
    """What is being collected of a batch."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.words: list[tuple[str, ...]] = []
        self.models: dict[str, int] = {}
        self.read = 0
        self.flags = 0  # of the row that is being added
        self.aside: Counter[str] = Counter()


def _remember(known: dict[str, Any], text: str, found: Any) -> None:
    if len(known) >= REMEMBERED:
        known.clear()
    if len(text) <= SHORT:
        known[text] = found


def _identity(value: Any) -> str | None:
    """A name as text; None if there is none, empty if it is nothing that names."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value.strip()[:LONGEST_NAME] or None
    if value is None:
        return None
    return str(value) if type(value) is int else ""


def _tokens(making: _Making, value: Any) -> int:
    if value is None or value == "":
        return NOT_STATED
    number = _number(value)
    if number is None:
        making.flags |= _TOKENS
        return NOT_STATED
    return number


def _number(value: Any) -> int | None:
    read: Callable[[Any], Any] = float if isinstance(value, str) else lambda one: one
    try:
        found = read(value)
        whole = int(found) if type(found) in (int, float) and found == int(found) else -1
    except (ValueError, OverflowError):
        return None
    return whole if 0 <= whole < NOT_STATED else None


def _model(making: _Making, value: Any) -> int:
    """The number of a model's name; of a tuned one, that of its base."""
    name = value.strip()[:LONGEST_MODEL] if isinstance(value, str) else ""
    if not name:
        return 0
    name = TUNED.sub(r"ft:\1", "".join(x for x in name if x.isprintable()))
    return making.models.setdefault(name, len(making.models) + 1)
