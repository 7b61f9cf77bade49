"""Every model below a path: in folders, in the cache of a hub, in archives and in archives in them.

A link counts if it leads to a file below the path that was given; no other is followed. Archives
are unpacked one at a time into a private folder, and what was unpacked is removed before the next.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, final

from filiation.errors import FiliationError, UnreadableError
from filiation.files import opened, shown
from filiation.model.hub import repository_in
from filiation.model.scan import Package
from filiation.readers.archives.naming import is_archive
from filiation.readers.bytes.ctranslate2 import is_ctranslate2
from filiation.readers.packages.about import package_of, packages_in
from filiation.readers.packages.unpacking import HEAD, SMALLEST, unpack
from filiation.readers.weights.folder import SHARD, find_weights
from filiation.readers.weights.ranks import RANK
from filiation.readers.weights.suffixes import is_weights

__all__ = ["Place", "Walk"]

UNREAD: Final = (  # weights, in formats that no reader knows
    *(".tflite", ".mlmodel", ".ort", ".pte", ".pdiparams", ".jit", ".torchscript", ".ftz"),
    ".engine",
)
NAMED: Final = frozenset({"saved_model.pb"})
BESIDE: Final = (
    *(".json", ".md", ".markdown", ".sig", ".sigstore", ".yaml", ".yml", ".jinja", ".txt"),
    *(".model", ".xml", ".spm", ".onnx_data", ".data", ".metadata"),
)
PLAIN: Final = ("license", "licence", "unlicense", "copying", "metadata", "record", "pkg-info")
ASIDE: Final = frozenset({".git", "__pycache__", ".no_exist", "refs"})
INSIDE: Final = "!/"  # between an archive and what is in it
NESTED: Final = 2
DEEP: Final = 64
LARGE: Final = 1 << 20  # bytes from which a .bin of no known format is told of
MAGIC: Final = (b"PK\x03\x04", b"GGUF", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
NO_NAME: Final = "neither a model nor an archive by its name"
NO_FORMAT: Final = "a .bin of no format that this program knows"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A model where it lies, or a file that could not be read as one.

    Attributes:
        shown: What a report calls the place; behind `!/` it is inside an archive.
        path: The file or the folder, which may be gone when the next place is asked for.
        files: Shown name and path of each file of weights.
        container: The format, as the reader tells it.
        package: The package that it came in.
        failed: Why it is none that can be read; empty if it is.
    """

    shown: str
    path: Path
    files: tuple[tuple[str, Path], ...]
    container: str = ""
    package: Package | None = None
    failed: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """A folder that is being walked.

    Attributes:
        folder: On this disk.
        shown: What it is called, with a slash at the end; empty for what was given as a file.
        root: Links must lead to files below it.
        package: That it belongs to.
        archives: How many archives it is inside of.
        deep: How many folders below the root.
    """

    folder: Path
    shown: str
    root: Path
    package: Package | None = None
    archives: int = 0
    deep: int = 0


@final
@dataclass(slots=True)
class Walk:
    """A walk through some paths.

    Attributes:
        scratch: A private folder, for what is unpacked.
        step: Told what is looked at.
        passed: What was passed by on purpose, in sentences.
    """

    scratch: Path
    step: Callable[[str], None]
    passed: list[str] = field(default_factory=list)

    def places(self, path: Path) -> Iterator[Place]:
        """Every model below a path; the path itself may be a link."""
        real = path.resolve()
        if real.is_dir():
            name = path.as_posix().rstrip("/")
            shown_as = "" if name == "." else f"{_hub(name)}/"
            where = _Where(folder=real, shown=shown_as, root=_root(real))
            yield from self._folder(replace(where, package=package_of(real)))
        else:
            folder = path.parent.resolve()  # what was given may be a link into the hub's blobs
            where = _Where(folder=folder, shown=_above(path), root=folder)
            if not (_weights(path.name) or is_archive(path.name) or _is_hidden(path)):
                yield _failed(where, path.name, NO_NAME, _one(where, path.name))
            yield from self._files(where, [path.name])

    def _folder(self, where: _Where) -> Iterator[Place]:
        try:
            entries = sorted(os.scandir(where.folder), key=lambda entry: entry.name)
        except OSError as error:
            yield _failed(where, "", f"cannot be listed: {error.strerror}", ())
            return
        names, folders = list[str](), list[str]()
        for entry in entries:
            if entry.is_symlink():
                names += [entry.name] if self._within(where, entry) else []
            elif entry.is_dir():
                folders.append(entry.name)
            elif entry.is_file():
                names.append(entry.name)
        yield from self._files(where, names)
        if ranks := {name for name in folders if RANK.fullmatch(name)}:
            yield _of_ranks(where)
            folders = [name for name in folders if name not in ranks]
        installed = packages_in(where.folder) if any(".dist-info" in n for n in folders) else {}
        for name in folders:
            yield from self._below(where, name, installed)

    def _below(self, where: _Where, name: str, installed: Mapping[str, Package]) -> Iterator[Place]:
        if name in ASIDE or (name == "blobs" and repository_in(where.folder.name)):
            return
        if where.deep >= DEEP:
            self.passed.append(f"{where.shown}{shown(name)}: more than {DEEP} folders deep")
            return
        folder = where.folder / name
        package = package_of(folder) or installed.get(name) or where.package
        below = f"{where.shown}{shown(name)}"
        yield from self._folder(
            replace(
                where, folder=folder, shown=f"{_hub(below)}/", package=package, deep=where.deep + 1
            )
        )

    def _within(self, where: _Where, entry: os.DirEntry[str]) -> bool:
        """Whether a link leads to a file below the root; one that does not is told of."""
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            return False
        if target.is_relative_to(where.root) and target.is_file():
            return True
        if target.is_dir() or _weights(entry.name) or is_archive(entry.name):
            self.passed.append(f"{where.shown}{shown(entry.name)}: a link; not followed")
        return False

    def _files(self, where: _Where, names: Sequence[str]) -> Iterator[Place]:
        """The models among the files of one folder, then its archives."""
        weights = [name for name in names if _weights(name)]
        if weights:
            self.step(f"looking at {where.shown or where.folder}")
            yield from _unknown(where, weights)
            yield from _models(where, [name for name in weights if _known(where.folder / name)])
        for name in names:
            if is_archive(name) and not _weights(name):
                yield from self._archive(where, name)
            elif not _weights(name) and _is_hidden(where.folder / name):
                yield _alone(where, name, [name])

    def _archive(self, where: _Where, name: str) -> Iterator[Place]:
        at = f"{where.shown}{shown(name)}"
        if where.archives >= NESTED:
            self.passed.append(f"{at}: an archive in {NESTED} others; not unpacked")
            return
        self.step(f"unpacking {at}")
        into = self.scratch / f"archive-{where.archives}"
        own = ((at, where.folder / name),)
        try:
            into.mkdir(mode=0o700)
            done = unpack(where.folder / name, into, _wanted, begins_as_model)
            inner = _Where(
                folder=into, shown=f"{at}{INSIDE}", root=into, package=where.package,
                archives=where.archives + 1,
            )  # fmt: skip
            yield from self._folder(_packed(inner))
            for member, why in done.refused:
                if _weights(member) or is_archive(member):
                    yield _failed(inner, member, why, ())
            if done.failed:
                yield _failed(where, name, done.failed, own)
        except OSError as error:
            yield _failed(where, name, f"cannot be unpacked: {error.strerror}", own)
        finally:
            shutil.rmtree(into, ignore_errors=True)


def _models(where: _Where, weights: Sequence[str]) -> Iterator[Place]:
    """The folder as one model, where it is one; each file of weights beside it by itself."""
    left, found = list(weights), list[Place]()
    if not weights:
        return
    try:
        whole = find_weights(where.folder)
        files = whole.files
        if whole.container == "distributed":  # what describes the pieces, and they
            files = (*files, *sorted(where.folder.glob("*.distcp")))
        names = {file.name for file in files if is_weights(file.name)}
        if names <= set(weights) and _inside(where, files):
            left = [name for name in weights if name not in names]
            found.append(_place(where, "", where.folder, files, whole.container))
    except (FiliationError, OSError):
        pass  # each file says for itself why it is none
    while left:
        name = left[0]
        parts = [one for one in left if one == name or (_stem(one) and _stem(one) == _stem(name))]
        left = [one for one in left if one not in parts]
        found.append(_alone(where, name, parts))
    yield from found


def _of_ranks(where: _Where) -> Place:
    """The parts that the processes of Megatron left, each in its folder."""
    try:
        whole = find_weights(where.folder)
    except (FiliationError, OSError) as error:
        return _failed(where, "", _without(str(error), where.folder), ())
    if not _inside(where, whole.files):
        return _failed(where, "", "a part of it is a link that leads elsewhere; not followed", ())
    return _place(where, "", where.folder, whole.files, whole.container)


def _inside(where: _Where, files: Sequence[Path]) -> bool:
    return all(file.resolve().is_relative_to(where.root) for file in files)


def _alone(where: _Where, name: str, parts: Sequence[str]) -> Place:
    """One file as a model, or why it is none; all parts of a split model are one."""
    path = where.folder / name
    files = tuple(pair for part in parts for pair in _one(where, part))
    try:
        model = find_weights(path)
    except (FiliationError, OSError) as error:
        return _failed(where, name, _without(str(error), path), files)
    plain = name.lower().endswith(".safetensors") or _is_hidden(path)
    if model.container == "safetensors" and not plain:
        return _failed(where, name, f"{path.suffix} files are not read", files)
    return _place(where, name, path, model.files, model.container)


def _unknown(where: _Where, weights: Sequence[str]) -> Iterator[Place]:
    """Large files that may be weights, and begin as nothing that holds them."""
    for name in weights:
        path = where.folder / name
        if not _known(path) and _bytes(path) >= LARGE:
            yield _failed(where, name, NO_FORMAT, _one(where, name))


def _place(where: _Where, name: str, path: Path, files: Sequence[Path], container: str) -> Place:
    listed = tuple(
        (f"{where.shown}{shown(str(file.relative_to(where.folder)))}", file) for file in files
    )
    own = f"{where.shown}{shown(name)}" if name or len(files) > 1 else listed[0][0]
    return Place(shown=own, path=path, files=listed, container=container, package=where.package)


def _failed(where: _Where, name: str, why: str, files: tuple[tuple[str, Path], ...]) -> Place:
    return Place(
        shown=f"{where.shown}{shown(name)}", path=where.folder / name, files=files,
        package=where.package, failed=why,
    )  # fmt: skip


def _one(where: _Where, name: str) -> tuple[tuple[str, Path], ...]:
    return ((f"{where.shown}{shown(name)}", where.folder / name),)


def _packed(inside: _Where) -> _Where:
    """What was unpacked: a wheel names its package beside it, an npm package below it."""
    installed = packages_in(inside.folder)
    own = next(iter(installed.values()), None) or package_of(inside.folder)
    return replace(inside, package=own or inside.package)


def _stem(name: str) -> str | None:
    part = SHARD.fullmatch(name)
    return None if part is None else f"{part[1]}{part[4]}"


def _weights(name: str) -> bool:
    """Whether a file of this name is looked at as a model, or told of where it cannot be read."""
    return is_weights(name) or name.lower().endswith(UNREAD) or name in NAMED


def _wanted(member: str) -> bool:
    """Whether a member of an archive is unpacked: weights, archives, and what speaks of either."""
    name = member.rpartition("/")[2]
    return bool(name) and (
        _weights(name)
        or is_archive(name)
        or name.lower().endswith(BESIDE)
        or name.lower().startswith(PLAIN)
    )


def begins_as_model(head: bytes, size: int) -> bool:
    """Whether a file begins as safetensors, GGUF or torch's archives do, whatever it is called.

    Args:
        head: Its first bytes.
        size: All its bytes.
    """
    length = int.from_bytes(head[:8], "little")
    safetensors = head[8:10] in (b'{"', b"{ ") and length <= size - 8
    return safetensors or head[:4] == b"GGUF" or (head[:4] == MAGIC[0] and b"/data.pkl" in head)


def _is_hidden(path: Path) -> bool:
    """Whether a file of another name begins as a model."""
    try:
        size = path.stat().st_size
        if size < SMALLEST:
            return False
        with opened(path, follow=True) as file:
            return begins_as_model(file.read(HEAD), size)
    except (OSError, UnreadableError):
        return False


def _known(path: Path) -> bool:
    """Whether a .bin begins as something that holds weights; the suffix alone says nothing."""
    if not path.name.lower().endswith(".bin"):
        return True
    try:
        with path.open("rb") as file:
            known = file.read(8).startswith(MAGIC)
        return known or is_ctranslate2(path) or _is_hidden(path)
    except OSError:
        return True


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _hub(name: str) -> str:
    """A snapshot of the hub's cache by the name that the hub has for it."""
    head, _, last = name.rpartition("/")
    home = head.rpartition("/")
    folder = home[0].rpartition("/")[2]
    if home[2] == "snapshots" and (repository := repository_in(folder)):
        return f"{home[0].removesuffix(folder)}{repository}@{last[:12]}"
    return name


def _root(folder: Path) -> Path:
    """Below what links must lead: the folder, or the repository of the hub that it is part of."""
    inside = [place for place in folder.parents[:2] if repository_in(place.name)]
    return inside[-1] if inside and folder.parent.name == "snapshots" else folder


def _above(path: Path) -> str:
    above = path.parent.as_posix()
    return "" if above == "." else f"{above.rstrip('/')}/"


def _without(said: str, path: Path) -> str:
    """A reason without where the file lies, which the row says."""
    return said.removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
