"""Reduced rows on their way into a file: in the order they came, then in the order of time.

Rows wait in a nameless file of the system, mapped, whose pages are given back as soon as they were
looked at. Once all rows are there they are put in order and written some at a time; what is held in
memory meanwhile is some tens of bytes for each. Within a minute
rows stand in the order of a hash of their own content: the order in which they came would tell
seconds. The same rows give the same file, in whatever order they came and from how many files.
"""

import mmap
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError, UsageError
from filiation.model.log import MOST_MODELS, NEVER, NOT_STATED, SIGNATURES, LogFacts
from filiation.readers.logs.kept import LogWriter
from filiation.readers.logs.reducing import FLAGS, HASHED, ROW, Reduced

__all__ = ["Spool"]

BLOCK: Final = 1 << 18
ODD: Final = np.uint64(0x9E37_79B9_7F4A_7C15)
SPREAD: Final = np.uint64(0xBF58_476D_1CE4_E5B9)
TWICE: Final = "the id of a request a second time"
OTHER: Final = "the id of a request a second time, with other content"
SEVERAL: Final = "an account with more than one "
BACK: Final = "a time before that of an earlier row"
NAMELESS: Final = "no id of the request"

U64 = NDArray[np.uint64]


@final
class Spool:
    """Collects reduced rows, and writes them as a reduced log."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._models: dict[str, int] = {"": 0}
        self._latest = 0
        self.rows = 0
        self.read = 0
        self.aside: Counter[str] = Counter()
        self.back = 0  # rows whose time lies before that of an earlier one

    def close(self) -> None:
        """Let go of the rows."""
        self._file.close()

    def add(self, reduced: Reduced) -> None:
        """Take the rows of a batch.

        Raises:
            UnreadableError: More names of models than a log may have.
            UsageError: The disk is full.
        """
        rows = reduced.rows
        numbers = [0, *(self._models.setdefault(x, len(self._models)) for x in reduced.models)]
        if len(self._models) > MOST_MODELS + 1:
            raise UnreadableError(
                f"more than {MOST_MODELS:,} names of models, expected those of one provider; the "
                "column for model holds something else (--column model=NAME)"
            )
        rows["model"] = np.array(numbers, dtype=np.uint16)[rows["model"]]
        try:
            rows.tofile(self._file)
        except OSError as error:
            raise UsageError(
                f"{tempfile.gettempdir()}: cannot be written: {error.strerror}; TMPDIR names "
                "another folder for rows that wait"
            ) from error
        self._count_clock(rows["minute"])
        self.rows += len(rows)
        self.read += reduced.read
        self.aside += reduced.aside

    def write(self, path: Path, facts: LogFacts) -> LogFacts:
        """Write the log, whole or not at all; the facts as they were written.

        Raises:
            UsageError: There is such a file, or it cannot be written.
        """
        self._file.flush()
        held = _Held(self._file, self.rows)
        models = sorted(self._models)
        place = {name: number for number, name in enumerate(models)}
        number = np.array([place[name] for name in self._models], dtype=np.uint16)
        order, again = _in_order(held, _marks(held, number))
        self.aside += again
        names, account = _accounts(held, order)
        accounts, odd = _of_accounts(held, order, account, len(names))
        stated, flags = _stated(held, order)
        odd[BACK] = self.back
        odd[NAMELESS] = len(order) - stated["request"]
        facts = replace(
            facts,
            read=self.read,
            models=tuple(models),
            aside=_counted(self.aside),
            times=_counted(Counter({how: flags[how] for how in FLAGS[:3]})),
            stated=_counted(stated),
            odd=_counted(odd + Counter({what: flags[what] for what in FLAGS[3:]})),
        )
        with LogWriter(path, facts, rows=len(order), accounts=len(names)) as writer:
            writer.put("accounts.name", names)
            for called, values in accounts.items():
                writer.put(f"accounts.{called}", values)
            for start, rows in held.blocks(order):
                writer.put("account", account[start : start + BLOCK], start)
                writer.put("model", number[rows["model"]], start)
                for called in ("minute", "parameters", "tokens_in", "tokens_out"):
                    writer.put(called, rows[called], start)
                for one, signed in enumerate(rows["signatures"].T):
                    writer.put("signatures", signed, start, signature=one)
            writer.commit()
        return facts

    def _count_clock(self, minutes: NDArray[np.int64]) -> None:
        if len(minutes):
            latest = np.maximum.accumulate(np.concatenate([[self._latest], minutes]))
            self.back += int((minutes < latest[:-1]).sum())
            self._latest = int(latest[-1])


def _counted(found: Counter[str]) -> dict[str, int]:
    return {name: found[name] for name in sorted(found) if found[name]}


def _mixed(value: U64, more: U64) -> U64:
    """One number for two, for which equal pairs give equal ones (splitmix64's last steps)."""
    value = (value ^ more) + ODD
    value = (value ^ (value >> np.uint64(30))) * SPREAD
    return value ^ (value >> np.uint64(31))


@final
class _Held:
    """The rows that wait, read a block at a time and let go of."""

    def __init__(self, file: IO[bytes], rows: int) -> None:
        self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._rows = np.frombuffer(self._mapped, dtype=ROW)
        self.count = rows

    def blocks(self, order: NDArray[np.int64] | None = None) -> Iterator[tuple[int, NDArray[Any]]]:
        """Copies of rows, as they came or in an order, each time with the place of the first."""
        for start in range(0, self.count if order is None else len(order), BLOCK):
            block = slice(start, start + BLOCK)
            yield start, self._rows[block].copy() if order is None else self._rows[order[block]]
            if hasattr(mmap, "MADV_DONTNEED"):
                self._mapped.madvise(mmap.MADV_DONTNEED)

    def column(self, name: str) -> NDArray[Any]:
        """One field of every row."""
        found = np.empty((self.count, *ROW[name].shape), dtype=ROW[name].base)
        for start, rows in self.blocks():
            found[start : start + BLOCK] = rows[name]
        return found


def _marks(held: _Held, number: NDArray[np.uint16]) -> U64:
    """A number for each row's content: rows that differ anywhere have different ones."""
    found = np.zeros(held.count, dtype=np.uint64)
    for start, rows in held.blocks():
        rows["request"] = rows["flags"] = 0
        rows["model"] = number[rows["model"]]  # in the order of names, not in that of coming
        wide = np.zeros((len(rows), -(-ROW.itemsize // 8) * 8), dtype=np.uint8)
        wide[:, : ROW.itemsize] = rows.view(np.uint8).reshape(len(rows), ROW.itemsize)
        mark = np.zeros(len(rows), dtype=np.uint64)
        for column in wide.view(np.uint64).T:
            mark = _mixed(mark, column)
        found[start : start + BLOCK] = mark
    return found


def _in_order(held: _Held, marks: U64) -> tuple[NDArray[np.int64], Counter[str]]:
    """Places of rows in the order of time, without those whose request was there before."""
    minute = held.column("minute")
    request = held.column("request")
    named = np.flatnonzero(request)
    again: Counter[str] = Counter()
    order = named[np.lexsort((marks[named], minute[named], request[named]))]
    same = request[order[1:]] == request[order[:-1]]
    dropped = order[1:][same]
    starts = np.maximum.accumulate(np.where(np.concatenate([[True], ~same])[: len(order)],
                                            np.arange(len(order)), 0))  # fmt: skip
    other = int((marks[order] != marks[order[starts]]).sum())
    again[OTHER], again[TWICE] = other, len(dropped) - other
    kept = np.ones(held.count, dtype=bool)
    kept[dropped] = False
    del request, named, order, same, starts
    places = np.flatnonzero(kept)
    return places[np.lexsort((marks[places], minute[places]))], again


def _accounts(held: _Held, order: NDArray[np.int64]) -> tuple[U64, NDArray[np.uint32]]:
    """The hashed names of accounts, in order, and which of them each row is of."""
    both = held.column("account")
    first, second = both[order, 0], both[order, 1]
    del both
    place = np.lexsort((second, first))
    first, second = first[place], second[place]
    new = np.ones(len(place), dtype=bool)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    names = np.stack([first[new], second[new]], axis=1)
    account = np.zeros(len(place), dtype=np.uint32)
    account[place] = (np.cumsum(new) - 1).astype(np.uint32)
    return names, account


def _stated(held: _Held, order: NDArray[np.int64]) -> tuple[Counter[str], Counter[str]]:
    """In how many of the kept rows each field is stated, and each flag is set."""
    stated: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    signed = {"system": SIGNATURES.index("system"), "prompt": SIGNATURES.index("whole")}
    for _, rows in held.blocks(order):
        for called in ("model", "parameters", "request", *HASHED):
            stated[called] += int(np.count_nonzero(rows[called]))
        for called, place in signed.items():
            stated[called] += int(np.count_nonzero(rows["signatures"][:, place]))
        for called in ("tokens_in", "tokens_out"):
            stated[called] += int(np.count_nonzero(rows[called] != NOT_STATED))
        for place, called in enumerate(FLAGS):
            flags[called] += int(np.count_nonzero(rows["flags"] & np.uint16(1 << place)))
    return stated, flags


def _of_accounts(
    held: _Held, order: NDArray[np.int64], account: NDArray[np.uint32], count: int
) -> tuple[dict[str, NDArray[Any]], Counter[str]]:
    """What is known of each account: what it shows most often, and when it was last said to end."""
    found: dict[str, NDArray[Any]] = {}
    odd: Counter[str] = Counter()
    for called in HASHED:
        values = held.column(called)[order]
        found[called], several = _most_often(account, values, count)
        odd[SEVERAL + called] = several
    ended = np.full(count, NEVER, dtype=np.int64)
    np.maximum.at(ended, account, held.column("ended")[order])
    found["ended"] = ended
    return found, odd


def _most_often(account: NDArray[np.uint32], values: U64, count: int) -> tuple[U64, int]:
    """The value that stands most often beside each account (the smaller of two), 0 for none."""
    found = np.zeros(count, dtype=np.uint64)
    there = np.flatnonzero(values)
    if not len(there):
        return found, 0
    account, values = account[there], values[there]
    place = np.lexsort((values, account))
    account, values = account[place], values[place]
    new = np.ones(len(place), dtype=bool)
    new[1:] = (account[1:] != account[:-1]) | (values[1:] != values[:-1])
    starts = np.flatnonzero(new)
    times = np.diff(np.append(starts, len(place)))
    of, value = account[starts], values[starts]
    best = np.lexsort((value, -times, of))
    heads = np.ones(len(best), dtype=bool)
    heads[1:] = of[best][1:] != of[best][:-1]
    found[of[best][heads]] = value[best][heads]
    several = int((np.bincount(of, minlength=count) > 1).sum())
    return found, several
