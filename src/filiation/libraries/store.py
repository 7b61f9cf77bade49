"""A library on disk: one SQLite file for what is looked up, one blob per sketch.

library.db               names, digests, coarse signatures
blobs/sha256/<digest>    the sketches, each named by its SHA-256

A blob is written whole before the row that names it, so a killed `add` leaves at most a blob that
nobody names; `remove` deletes the row first.
"""

import hashlib
import os
import re
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
from filiation.examining.weights.unread import unread_note
from filiation.libraries.roster import ALL_EQUAL
from filiation.methods.weights.coarse import BLOCKS, COARSE, WIDTH, coarse_signature
from filiation.model.library import LibraryModel
from filiation.model.sketch import Sketch
from filiation.model.survey import SetAside
from filiation.sketching.sketch_file import read_sketch

__all__ = ["Library"]

SCHEMA: Final = 1
NAME: Final = 200  # characters of a model's name
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
FIELDS: Final = ", ".join(("name", "sketch", "subject", "method", "layers", "units"))
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
        if path.is_symlink():
            raise UnreadableError(f"{path}: a link, expected the file itself; no link is followed")
        if not path.is_file():
            if not create:
                raise UsageError(f"{folder}: no library.db; not a library, or not yet made")
            _make(folder)
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        try:
            self._db.execute("PRAGMA trusted_schema = OFF")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            self._db.execute(f"SELECT {FIELDS}, coarse, signature FROM model").fetchone()
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

    def add(self, name: str, path: Path) -> LibraryModel | SetAside:
        """Keep a copy of a sketch file under a name, or say why not.

        The same model twice would count twice in every search, so it is not kept a second time.

        Raises:
            UsageError: No name that can be printed, or the library cannot be written.
            UnreadableError: Not a sketch.
        """
        if not 0 < len(name) <= NAME or any(ord(c) < 32 for c in name):
            raise UsageError(f"{name!r}: expected a name of 1 to {NAME} printable characters")
        sketch = read_sketch(path)
        with self._writing():
            if (there := self._there(name, sketch)) is not None:
                return there
            signature = coarse_signature(sketch)
            if not signature.any() and not unread_note(name, sketch):
                return SetAside(name=name, reason=ALL_EQUAL)  # no search could come upon it
            self._keep(path, sketch.digest)
            entry = _library_model(name, sketch)
            row = (*_fields(entry), COARSE, signature.tobytes())
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
        rows = self._db.execute(f"SELECT {FIELDS} FROM model ORDER BY name")
        return [_read(row) for row in rows]

    def named(self, name: str) -> LibraryModel:
        """The model of that name.

        Raises:
            UsageError: There is no such model.
        """
        row = self._db.execute(f"SELECT {FIELDS} FROM model WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise UsageError(f"{name}: no such model in {self._folder}")
        return _read(row)

    def signatures(self, method: str) -> Iterator[tuple[str, NDArray[np.int8] | None]]:
        """Name and coarse signature, int8 [7, 1024], of every sketch of one method, by name.

        None stands for a signature of another version or size: it is to be taken anew.
        """
        rows = self._db.execute(
            "SELECT name, coarse, signature FROM model WHERE method = ? ORDER BY name", (method,)
        )
        for name, coarse, raw in rows.fetchall():
            whole = coarse == COARSE and isinstance(raw, bytes) and len(raw) == BLOCKS * WIDTH
            yield (
                str(name),
                np.frombuffer(raw, dtype=np.int8).reshape(BLOCKS, WIDTH) if whole else None,
            )

    def sketch(self, name: str) -> Sketch:
        """The sketch of one model, its digest checked.

        Raises:
            UnreadableError: The blob is missing.
            AlteredError: The blob is not what was added.
        """
        entry = self.named(name)
        path = self._blob(entry.sketch)
        if path.is_symlink():
            raise UnreadableError(f"{name}: its sketch is a link; no link is followed")
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

    def _there(self, name: str, sketch: Sketch) -> SetAside | None:
        """Why this model is not kept: it is there, or its name is; None: it is new."""
        for column, wanted in (("name", name), ("subject", sketch.subject_digest)):
            row = self._db.execute(
                f"SELECT name, subject FROM model WHERE {column} = ?", (wanted,)
            ).fetchone()
            if row is not None and row[1] == sketch.subject_digest:
                return SetAside(name=name, reason=f"same tensors as {row[0]}", same_as=str(row[0]))
            if row is not None:
                return SetAside(
                    name=name,
                    reason="another model of this name is in the library; remove that one first, "
                    "or choose another name",
                )
        return None

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


def _read(row: Sequence[object]) -> LibraryModel:
    """A row of the table, which may come from anybody: a digest names a file.

    Raises:
        UnreadableError: It holds what no library of this program does.
    """
    name, sketch, subject, method, layers, units = row
    found = [text for text in (name, sketch, subject, method) if isinstance(text, str)]
    digests = [text for text in (sketch, subject) if DIGEST.fullmatch(str(text))]
    if len(found) < 4 or len(digests) < 2 or not str(name).isprintable():
        raise UnreadableError(
            f"library.db: {str(name)[:NAME]!r} names the files {str(sketch)[:80]!r} and "
            f"{str(subject)[:80]!r}, expected a name and two digests; it was changed"
        )
    if not isinstance(layers, int) or not isinstance(units, int) or min(layers, units) < 0:
        raise UnreadableError(
            f"library.db: {name}: {layers!r} layers, {units!r} units, expected numbers; it was "
            "changed"
        )
    return LibraryModel(
        name=found[0], sketch=found[1], subject=found[2], method=found[3], layers=layers,
        units=units,
    )  # fmt: skip
