"""A library on disk: one SQLite file for what is looked up, one blob per sketch.

library.db               names, digests, coarse signatures
blobs/sha256/<digest>    the sketches, each named by its SHA-256

A blob is written whole before the row that names it, so a killed `add` leaves at most a blob that
nobody names; `remove` deletes the row first.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.methods.weights.coarse import BLOCKS, COARSE, WIDTH, coarse_signature
from filiation.model.library import LibraryModel
from filiation.model.sketch import Sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["Library"]

SCHEMA: Final = 1
NAME: Final = 200  # characters of a model's name
TABLES: Final = """
CREATE TABLE model (
    name TEXT PRIMARY KEY,
    sketch TEXT NOT NULL,
    subject TEXT NOT NULL,
    method TEXT NOT NULL,
    layers INTEGER NOT NULL,
    units INTEGER NOT NULL,
    coarse TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE INDEX model_by_subject ON model (subject);
"""


@final
class Library:
    """An open library; a context manager. Two processes may use it at once."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open a library, or make an empty one if `create` and there is none.

        Raises:
            UsageError: There is no library, or it cannot be written.
            UnreadableError: The file is not a library of this version.
        """
        self._folder, path = folder, folder / "library.db"
        if not path.is_file():
            if not create:
                raise UsageError(f"{folder}: no library.db; not a library, or not yet made")
            _make(folder)
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            self._db.execute("SELECT count(signature) FROM model").fetchone()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise UnreadableError(f"{path}: {error}; not a library, or damaged") from error
        if version != SCHEMA:
            self._db.close()
            raise UnreadableError(
                f"{path}: library schema {version}, expected {SCHEMA}; it was made by another "
                "version of this program"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def __len__(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM model").fetchone()
        return int(count)

    def add(self, name: str, path: Path) -> LibraryModel:
        """Keep a copy of a sketch file under a name.

        The same model twice would count twice in every search, so a second name for it is refused.

        Raises:
            UsageError: The name is taken, or the model is there under another name.
            UnreadableError: Not a sketch.
        """
        if not 0 < len(name) <= NAME or any(ord(c) < 32 for c in name):
            raise UsageError(f"{name!r}: expected a name of 1 to {NAME} printable characters")
        sketch = read_sketch(path)
        with self._writing():
            self._refuse_repeats(name, sketch)
            self._keep(path, sketch.digest)
            entry = _library_model(name, sketch)
            row = (*_fields(entry), COARSE, coarse_signature(sketch).tobytes())
            self._db.execute("INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return entry

    def remove(self, name: str) -> LibraryModel:
        """Forget a model; its blob goes too.

        Raises:
            UsageError: There is no such model.
        """
        with self._writing():
            entry = self.named(name)
            self._db.execute("DELETE FROM model WHERE name = ?", (name,))
        with suppress(FileNotFoundError):
            self._blob(entry.sketch).unlink()
        return entry

    def entries(self) -> list[LibraryModel]:
        """All models in the order of their names."""
        rows = self._db.execute(
            "SELECT name, sketch, subject, method, layers, units FROM model ORDER BY name"
        )
        return [_read(row) for row in rows]

    def named(self, name: str) -> LibraryModel:
        """The model of that name.

        Raises:
            UsageError: There is no such model.
        """
        row = self._db.execute(
            "SELECT name, sketch, subject, method, layers, units FROM model WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            raise UsageError(f"{name}: no such model in {self._folder}")
        return _read(row)

    def signatures(self, method: str) -> tuple[list[str], NDArray[np.int8]]:
        """Names and coarse signatures, int8 [models, 4, 128], of all sketches of one method.

        Raises:
            UnreadableError: A signature is of another version or size.
        """
        rows = self._db.execute(
            "SELECT name, coarse, signature FROM model WHERE method = ? ORDER BY name", (method,)
        ).fetchall()
        for name, coarse, raw in rows:
            if coarse != COARSE or len(raw) != BLOCKS * WIDTH:
                raise UnreadableError(
                    f"{name}: its signature is {len(raw)} bytes of {coarse!r}, expected "
                    f"{BLOCKS * WIDTH} of {COARSE!r}; remove and add it again"
                )
        joined = np.frombuffer(b"".join(raw for _, _, raw in rows), dtype=np.int8)
        return [str(name) for name, _, _ in rows], joined.reshape(len(rows), BLOCKS, WIDTH)

    def sketch(self, name: str) -> Sketch:
        """The sketch of one model, its digest checked.

        Raises:
            UnreadableError: The blob is missing.
            AlteredError: The blob is not what was added.
        """
        entry = self.named(name)
        path = self._blob(entry.sketch)
        if not path.is_file():
            raise UnreadableError(
                f"{name}: its sketch is missing from {self._folder}; add it again"
            )
        found = read_sketch(path)
        if found.digest != entry.sketch:
            raise AlteredError(name, recorded=entry.sketch, found=found.digest)
        return replace(found, name=name)

    def export(self, name: str, target: Path) -> None:
        """Write a copy of a model's sketch; an existing file is never overwritten.

        Raises:
            UsageError: The target exists or cannot be written.
        """
        digest = self.sketch(name).digest
        if target.exists():
            raise UsageError(f"{target}: exists; choose another name")
        try:
            _copy(self._blob(digest), target)
        except OSError as error:
            raise UsageError(f"{target}: cannot be written: {error.strerror}") from error

    def _blob(self, digest: str) -> Path:
        return self._folder / "blobs" / "sha256" / digest

    def _keep(self, path: Path, digest: str) -> None:
        blob = self._blob(digest)
        if not blob.is_file():
            try:
                _copy(path, blob)
            except OSError as error:
                raise UsageError(f"{blob}: cannot be written: {error.strerror}") from error
        with blob.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != digest:
            blob.unlink()
            raise AlteredError(str(path), recorded=digest, found=found)

    def _refuse_repeats(self, name: str, sketch: Sketch) -> None:
        if self._db.execute("SELECT 1 FROM model WHERE name = ?", (name,)).fetchone():
            raise UsageError(f"{name}: is in the library already; remove it first, or rename")
        other = self._db.execute(
            "SELECT name FROM model WHERE subject = ?", (sketch.subject_digest,)
        ).fetchone()
        if other is not None:
            raise UsageError(
                f"{name}: is the same model as {other[0]} (equal digest); listed twice it would "
                "count twice in every search"
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise UsageError(f"{self._folder}: cannot be written: {error}") from error
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _make(folder: Path) -> None:
    """An empty library; the database gets its name when it is whole."""
    try:
        (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=folder, prefix=".library.", suffix=".partial")
        os.close(handle)
        db = sqlite3.connect(partial)
        db.executescript(f"{TABLES} PRAGMA user_version = {SCHEMA};")
        db.close()
        with suppress(FileExistsError):  # another process was first: its library is used
            os.link(partial, folder / "library.db")
        Path(partial).unlink()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error


def _copy(source: Path, target: Path) -> None:
    """Copy whole or not at all, flushed to disk before it gets its name."""
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".sketch.", suffix=".partial")
    try:
        with source.open("rb") as read, os.fdopen(handle, "wb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())
        Path(partial).chmod(0o644)
        Path(partial).replace(target)
    finally:
        Path(partial).unlink(missing_ok=True)


def _library_model(name: str, sketch: Sketch) -> LibraryModel:
    return LibraryModel(
        name=name,
        sketch=sketch.digest,
        subject=sketch.subject_digest,
        method=sketch.method.id,
        layers=len(sketch.layers),
        units=sum(layer.units for layer in sketch.layers),
    )


def _fields(entry: LibraryModel) -> Sequence[str | int]:
    return entry.name, entry.sketch, entry.subject, entry.method, entry.layers, entry.units


def _read(row: Sequence[str | int]) -> LibraryModel:
    name, sketch, subject, method, layers, units = row
    return LibraryModel(
        name=str(name),
        sketch=str(sketch),
        subject=str(subject),
        method=str(method),
        layers=int(layers),
        units=int(units),
    )
