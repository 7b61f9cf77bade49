"""Outcomes of unfinished work, one line each: what is in the journal is not computed again."""

import json
import os
from pathlib import Path
from typing import Generic, TypeVar, final

from pydantic import TypeAdapter, ValidationError

from filiation.errors import UnreadableError

__all__ = ["Journal"]

T = TypeVar("T")


@final
class Journal(Generic[T]):
    """A file that grows by one flushed line per task. A line that was cut off is not there."""

    def __init__(self, path: Path, key: str, adapter: TypeAdapter[T]) -> None:
        """Open the journal of the work `key`; one of other work is begun anew.

        Raises:
            UnreadableError: The file is not a journal, or was changed.
        """
        self._path, self._key, self._adapter = path, key, adapter
        self.kept = self._read()
        lines = [self._line(index, outcome) for index, outcome in sorted(self.kept.items())]
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text("".join([json.dumps({"work": key}) + "\n", *lines]))
        partial.replace(path)
        self._file = path.open("a", encoding="utf-8")

    def add(self, index: int, outcome: T) -> None:
        """Keep one outcome, flushed to disk."""
        self._file.write(self._line(index, outcome))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self, *, finished: bool) -> None:
        """Close it; finished work needs none."""
        self._file.close()
        if finished:
            self._path.unlink()

    def _line(self, index: int, outcome: T) -> str:
        row = {"task": index, "outcome": self._adapter.dump_python(outcome, mode="json")}
        return json.dumps(row, separators=(",", ":")) + "\n"

    def _read(self) -> dict[int, T]:
        if not self._path.is_file():
            return {}
        first, *lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
        found = {}
        try:
            if json.loads(first or "{}").get("work") != self._key:
                return {}
            for line in lines:
                if line.endswith("\n"):
                    row = json.loads(line)
                    found[int(row["task"])] = self._adapter.validate_python(row["outcome"])
        except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
            raise UnreadableError(
                f"{self._path}: not a journal ({type(error).__name__}); it was changed; remove it "
                "to begin anew"
            ) from error
        return found
