"""Reduced log: a provider's requests, told by keyed signatures, so that no prompt need be read.

Every later number about a log follows from this alone. Names of accounts, payment methods,
networks and clients, and every signature of a prompt, are hashes under a key of the case; times are
whole minutes; rows stand in the order of their minutes, and within a minute in an order of their
own content, which says nothing about seconds.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError

__all__ = ["NEVER", "NOT_STATED", "SIGNATURES", "Accounts", "LogFacts", "ReducedLog"]

NOT_STATED: Final = 0xFFFF_FFFF  # a number of tokens that no row states
NEVER: Final = -1  # the end of an account that was not closed
FIRST, LAST = 0, 4_102_444_800 // 60  # minutes from 1970 to 2100
MOST_MODELS: Final = (1 << 16) - 1
HEX: Final = re.compile(r"[0-9a-f]{32}")
BLOCK: Final = 1 << 20  # rows looked at together
SIGNATURES: Final = (
    *("system", "template", "opening", "closing"),
    *("shingle-1", "shingle-2", "shingle-3", "shingle-4", "whole"),
)

Column: TypeAlias = NDArray[Any]


def _keep() -> None:
    """Columns in memory stay there."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogFacts:
    """What is known of a log beside its rows. Nothing in it names an account.

    Attributes:
        key: Id of the key under which names and prompts were hashed (32 hex digits); it does not
            tell the key, and logs of one key can be compared.
        read: Rows that stood in the log, kept or set aside.
        aside: Why rows were set aside, and how many.
        models: Names of models, sorted; `models[0]` is "", for rows that name none.
        signatures: Names of the signatures of a prompt.
        zone: In which zone times without one were taken to be; empty if none was given.
        times: How the times were written ("zoned", "naive", "epoch"), and in how many rows.
        stated: In how many kept rows each field is stated.
        odd: What a reader must know of kept rows, and of how many: prompts that are empty, rows
            without an id, clocks that went back.
        columns: Which column of the log each field was taken from.
        files: SHA-256 (hex) and size in bytes of each file that was reduced.
    """

    key: str
    read: int
    aside: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ("",)
    signatures: tuple[str, ...] = SIGNATURES
    zone: str = ""
    times: Mapping[str, int] = field(default_factory=dict)
    stated: Mapping[str, int] = field(default_factory=dict)
    odd: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if not HEX.fullmatch(self.key):
            raise _broken(f"the key's id is {self.key!a:.50}", "32 hex digits")
        if not self.models or self.models[0] or [*self.models] != sorted({*self.models}):
            raise _broken("names of models are not in order", "each once, the first one empty")
        if len(self.models) > MOST_MODELS + 1:
            raise _broken(f"{len(self.models):,} names of models", f"at most {MOST_MODELS:,}")
        if len({*self.signatures}) < len(self.signatures) or not all(self.signatures):
            raise _broken("a signature has no name of its own", "each name once")
        counted = (self.aside, self.times, self.stated, self.odd)
        if self.read < 0 or any(count < 0 for counts in counted for count in counts.values()):
            raise _broken("a count of rows is below zero", "counts from 0")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accounts:
    """The accounts of a log, in the order of their hashed names.

    Attributes:
        name: Hash of each account's id, ascending, u64 [a, 2].
        payment: Hash of the way it pays, u64 [a]; 0 if not stated, as below.
        network: Hash of the network it came from most often, u64 [a].
        client: Hash of the program it used most often, u64 [a].
        ended: Minute of its ban or closing, i64 [a]; `NEVER` if there was none.
    """

    name: Column
    payment: Column
    network: Column
    client: Column
    ended: Column

    def __post_init__(self) -> None:
        count = len(self.name)
        _check("accounts.name", self.name, "u8", (count, 2))
        for called in ("payment", "network", "client"):
            _check(f"accounts.{called}", getattr(self, called), "u8", (count,))
        _check("accounts.ended", self.ended, "i8", (count,))
        first, second = self.name[:, 0], self.name[:, 1]
        rising = (first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] > second[:-1]))
        if not rising.all():
            raise _broken("hashed names of accounts are not in order", "each once, ascending")
        if count and (self.ended.min() < NEVER or self.ended.max() >= LAST):
            raise _broken("an account ends before 1970 or after 2100", "minutes since 1970, or -1")

    def __len__(self) -> int:
        return len(self.name)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class ReducedLog:
    """One provider's log. Two are equal iff their digests are; columns may lie in a mapped file.

    Attributes:
        name: What reports call the log.
        facts: What is known of it beside its rows.
        accounts: Who asked.
        account: Index into `accounts`, u32 [n].
        minute: Minutes since 1970 in UTC, i64 [n], never falling.
        model: Index into `facts.models`, u16 [n].
        tokens_in: Tokens of the prompt, u32 [n]; `NOT_STATED` if not stated, as below.
        tokens_out: Tokens of the answer, u32 [n].
        parameters: Hash of the sampling parameters, u64 [n]; 0 if not stated.
        signatures: Hashes of the prompt, u64 [n, K], by `facts.signatures`; 0 where it has none.
            Each column lies in one piece (the array is transposed), so that one of them is read
            without the others.
        let_go: Called where columns were passed over: what of them lies in a mapped file need not
            stay in memory. Reading again is allowed.
    """

    name: str
    facts: LogFacts
    accounts: Accounts
    account: Column
    minute: Column
    model: Column
    tokens_in: Column
    tokens_out: Column
    parameters: Column
    signatures: Column
    let_go: Callable[[], None] = field(default=_keep, repr=False)

    def __post_init__(self) -> None:
        rows = len(self.minute)
        for called, (word, shape) in self.layout(rows, len(self.facts.signatures)).items():
            _check(called, getattr(self, called), word, shape)
        kept_and_aside = rows + sum(self.facts.aside.values())
        if self.facts.read != kept_and_aside:
            raise _broken(
                f"{self.facts.read:,} rows were read, {kept_and_aside:,} are kept or set aside",
                "the same number",
            )
        last = FIRST
        for start in range(0, rows, BLOCK):
            last = self._check_rows(slice(start, start + BLOCK), last)
            self.let_go()

    @staticmethod
    def layout(rows: int, signatures: int) -> Mapping[str, tuple[str, tuple[int, ...]]]:
        """Type and shape of every column."""
        return {
            "account": ("u4", (rows,)),
            "minute": ("i8", (rows,)),
            "model": ("u2", (rows,)),
            "tokens_in": ("u4", (rows,)),
            "tokens_out": ("u4", (rows,)),
            "parameters": ("u8", (rows,)),
            "signatures": ("u8", (rows, signatures)),
        }

    def __len__(self) -> int:
        return len(self.minute)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReducedLog) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def signature(self, name: str) -> Column:
        """One signature of every row, u64 [n]."""
        return self.signatures[:, self.facts.signatures.index(name)]

    def columns(self) -> Iterator[tuple[str, Column]]:
        """Every column by its name in a file, those of accounts as `accounts.name`.

        Each signature is a row of `signatures`, [K, n].
        """
        for called in self.layout(0, 0):
            column = getattr(self, called)
            yield called, column.T if called == "signatures" else column
        for called in ("name", "payment", "network", "client", "ended"):
            yield f"accounts.{called}", getattr(self.accounts, called)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the facts and every column, without the name."""
        whole = hashlib.sha256(facts_line(self.facts).encode())
        for called, column in self.columns():
            little = np.dtype(column.dtype).newbyteorder("<")
            whole.update(json.dumps([called, little.str, list(column.shape)]).encode())
            for part in column if called == "signatures" else (column,):
                for start in range(0, len(part), BLOCK):
                    block = np.ascontiguousarray(part[start : start + BLOCK], dtype=little)
                    whole.update(block.data if block.size else b"")
                    self.let_go()
        return whole.hexdigest()

    def _check_rows(self, block: slice, last: int) -> int:
        minute, account, model = self.minute[block], self.account[block], self.model[block]
        if minute[0] < last or (minute[1:] < minute[:-1]).any() or minute[-1] >= LAST:
            raise _broken("minutes are not in order", "never falling, from 1970 to 2100")
        if account.max() >= len(self.accounts):
            raise _broken(f"a row of account {account.max()}", f"below {len(self.accounts)}")
        if model.max() >= len(self.facts.models):
            raise _broken(f"a row of model {model.max()}", f"below {len(self.facts.models)}")
        return int(minute[-1])


def facts_line(facts: LogFacts) -> str:
    """The facts as one line of JSON, always the same for the same facts."""
    found = {name: getattr(facts, name) for name in LogFacts.__slots__}
    for name in ("aside", "times", "stated", "odd", "columns"):
        found[name] = dict(found[name])
    return json.dumps(found, sort_keys=True, separators=(",", ":"))


def _check(called: str, column: Column, word: str, shape: tuple[int, ...]) -> None:
    if column.dtype != np.dtype(word) or column.shape != shape:
        raise _broken(
            f"{called} is {column.dtype} {list(column.shape)}",
            f"{np.dtype(word)} {list(shape)}",
        )


def _broken(found: str, expected: str) -> UnreadableError:
    return UnreadableError(f"reduced log: {found}, expected {expected}; it contradicts itself")
