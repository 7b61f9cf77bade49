"""The file of a reduced log, `NAME.requests`: one safetensors file, mapped, written whole.

Header metadata: `filiation.requests` is the schema, `facts` is `LogFacts` as JSON. Tensors are the
columns of `ReducedLog`, wide ones first so that each begins at a multiple of its size; `signatures`
stands as [K, n]. The name of the log is not in it: the same log gives the same bytes.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError, UsageError
from filiation.model.log import SIGNATURES, Accounts, LogFacts, ReducedLog, facts_line
from filiation.readers.bytes.mapped import MappedFile
from filiation.readers.bytes.safetensors import metadata_of, open_file, own_kind

__all__ = ["SUFFIX", "LogWriter", "is_kept", "open_log", "write_log"]

SUFFIX: Final = ".requests"
KIND: Final = "requests"
KEY: Final = f"filiation.{KIND}"
SCHEMA: Final = "1"
WORDS: Final = {"u8": "U64", "i8": "I64", "u4": "U32", "u2": "U16"}
BLOCK: Final = 1 << 20
SHORT: Final = 1 << 26  # bytes of a file whose pages may stay
LONGEST: Final = 4096  # characters of one fact
MOST_COUNTS: Final = 256  # reasons, or fields
DAMAGE: Final = (ValueError, KeyError, TypeError, RecursionError, AttributeError)


def is_kept(path: Path) -> bool:
    """Whether a file is a reduced log, by what its header says."""
    return own_kind(path) == KIND


def open_log(path: Path, name: str | None = None) -> ReducedLog:
    """Open a reduced log; its columns stay in the file until they are looked at.

    Args:
        path: The file.
        name: What reports call it; by default what stands before `.requests`.

    Raises:
        UsageError: There is no such file.
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    if path.exists() and not is_kept(path):
        raise UnreadableError(
            f"{path}: no reduced log, expected a file that `filiation log reduce` wrote; a log as "
            "it was exported must be reduced first"
        )
    mapped = open_file(path)
    said = metadata_of(path)
    if said.get(KEY) != SCHEMA:
        raise UnreadableError(
            f"{path}: schema {said.get(KEY)!a:.20} of a reduced log, expected {SCHEMA!r}; it was "
            "made by another version, or is something else"
        )
    called = name if name is not None else path.name.removesuffix(SUFFIX)
    try:
        return _log(called, _facts(said["facts"]), mapped)
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error}") from error
    except DAMAGE as error:
        raise UnreadableError(
            f"{path}: {type(error).__name__} {error}, expected a reduced log; the file was changed"
        ) from error


def _facts(line: str) -> LogFacts:
    said = json.loads(line)
    if {*said} != {one.name for one in fields(LogFacts)}:
        raise ValueError("other facts than a log has")
    if said["signatures"] != [*SIGNATURES]:
        raise ValueError(f"{said['signatures']!a:.60} where the names of signatures stand")
    for name in ("aside", "times", "stated", "odd", "columns"):
        if len(said[name]) > MOST_COUNTS:
            raise ValueError(f"{len(said[name])} entries of {name}")
    counts = {
        name: {_text(key): _count(value) for key, value in said[name].items()}
        for name in ("aside", "times", "stated", "odd")
    }
    return LogFacts(
        key=_text(said["key"]),
        read=_count(said["read"]),
        models=tuple(_text(one) for one in said["models"]),
        signatures=tuple(_text(one) for one in said["signatures"]),
        zone=_text(said["zone"]),
        columns={_text(key): _text(value) for key, value in said["columns"].items()},
        files=tuple((_text(digest), _count(size)) for digest, size in said["files"]),
        **counts,
    )


def _text(found: object) -> str:
    if not isinstance(found, str) or not found.isprintable() or len(found) > LONGEST:
        raise ValueError(f"{found!a:.40} where words stand")
    return found


def _count(found: object) -> int:
    if type(found) is not int or not 0 <= found < 1 << 62:
        raise ValueError(f"{found!a:.40} where a count stands")
    return found


def _columns(mapped: MappedFile) -> dict[str, NDArray[Any]]:
    dtypes = {word: np.dtype(f"<{name}") for name, word in WORDS.items()}
    found = {}
    for entry in mapped.entries:
        info = entry.info
        if info.dtype not in dtypes:
            raise ValueError(f"a column of {info.dtype}")
        raw = mapped.view(entry.start, entry.start + info.nbytes)
        found[info.name] = np.frombuffer(raw, dtype=dtypes[info.dtype]).reshape(info.shape)
    return found


def _log(name: str, facts: LogFacts, mapped: MappedFile) -> ReducedLog:
    columns = _columns(mapped)
    mark = "accounts."
    ours = {key.removeprefix(mark): columns.pop(key) for key in [*columns] if key.startswith(mark)}
    columns["signatures"] = columns["signatures"].T
    return ReducedLog(
        name=name, facts=facts, accounts=Accounts(**ours), let_go=_letting_go(mapped), **columns
    )


def _letting_go(mapped: MappedFile) -> Callable[[], None]:
    """Gives the pages of all columns back; the columns of a short log stay."""
    end = max((one.start + one.info.nbytes for one in mapped.entries), default=0)
    return partial(mapped.drop, 0, end) if end > SHORT else lambda: None


def write_log(log: ReducedLog, path: Path) -> None:
    """Write a reduced log, whole or not at all.

    Raises:
        UsageError: There is such a file already, or it cannot be written.
    """
    with LogWriter(path, log.facts, rows=len(log), accounts=len(log.accounts)) as writer:
        for called, column in log.columns():
            parts = column if called == "signatures" else (column,)
            for place, part in enumerate(parts):
                for start in range(0, len(part), BLOCK):
                    writer.put(called, part[start : start + BLOCK], start, signature=place)
        writer.commit()


@final
class LogWriter:
    """Writes the columns of a reduced log piece by piece; without `commit` nothing is left."""

    def __init__(self, target: Path, facts: LogFacts, *, rows: int, accounts: int) -> None:
        """Lay the file out; nothing is written yet.

        Raises:
            UsageError: There is such a file already.
        """
        if target.exists() or target.is_symlink():
            raise UsageError(f"{target}: exists already; nothing is written over it")
        self._target, self._rows = target, rows
        self._places: dict[str, tuple[np.dtype[Any], int]] = {}
        shapes = _shapes(rows, len(facts.signatures), accounts)
        header: dict[str, object] = {
            "__metadata__": {KEY: SCHEMA, "facts": facts_line(facts)},
        }
        end = 0
        for called, (word, shape) in shapes.items():
            dtype = np.dtype(f"<{word}")
            size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
            self._places[called] = (dtype, end)
            offsets = [end, end + size]
            header[called] = {"dtype": WORDS[word], "shape": shape, "data_offsets": offsets}
            end += size
        raw = json.dumps(header, separators=(",", ":")).encode()
        raw += b" " * (-len(raw) % 8)
        self._header = len(raw).to_bytes(8, "little") + raw
        self._size = len(self._header) + end

    def __enter__(self) -> Self:
        try:
            self._file, name = tempfile.mkstemp(
                dir=self._target.parent, prefix=f".{self._target.name}.", suffix=".partial"
            )
        except OSError as error:
            raise self._unwritable(error) from error
        self._partial = Path(name)
        self._write(self._header, 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._discard()

    def put(self, called: str, values: NDArray[Any], start: int = 0, *, signature: int = 0) -> None:
        """Write some values of a column, from a row (or account) on.

        Args:
            called: The column, by its name in the file.
            values: Its values, of its type.
            start: The first row.
            signature: Of `signatures`, which one.
        """
        dtype, begin = self._places[called]
        wide = dtype.itemsize * (2 if called == "accounts.name" else 1)
        place = len(self._header) + begin + dtype.itemsize * signature * self._rows + wide * start
        self._write(np.ascontiguousarray(values, dtype=dtype).tobytes(), place)

    def commit(self) -> None:
        """Flush, and give the file its name.

        Raises:
            UsageError: It cannot be written, or there is such a file by now.
        """
        try:
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
            if self._target.exists():
                raise UsageError(f"{self._target}: exists by now; nothing is written over it")
            self._partial.chmod(0o644)
            self._partial.replace(self._target)
        except OSError as error:
            raise self._unwritable(error) from error
        os.close(self._file)
        self._file = -1

    def _write(self, raw: bytes, offset: int) -> None:
        done = 0
        try:
            while done < len(raw):
                done += os.pwrite(self._file, raw[done:], offset + done)
        except OSError as error:
            self._discard()
            raise self._unwritable(error) from error

    def _discard(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._partial.unlink(missing_ok=True)
            self._file = -1

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(f"{self._target}: cannot be written: {error.strerror}; nothing was kept")


def _shapes(rows: int, signatures: int, accounts: int) -> Mapping[str, tuple[str, tuple[int, ...]]]:
    found = dict(ReducedLog.layout(rows, signatures))
    found["signatures"] = ("u8", (signatures, rows))
    for called in ("payment", "network", "client"):
        found[f"accounts.{called}"] = ("u8", (accounts,))
    found |= {"accounts.name": ("u8", (accounts, 2)), "accounts.ended": ("i8", (accounts,))}
    return dict(sorted(found.items(), key=lambda one: (-int(one[1][0][1:]), one[0])))
