"""Files: taken in only as they were handed over, and written whole or not at all.

What somebody hands over is hostile until it is read. Nothing is reached through a link that leads
out of its folder, and nothing but a file is opened: a pipe would never end, a device may do worse.
A name is bytes. It stands in a record as text from which the bytes can be had again.
"""

import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UsageError

__all__ = [
    "Found",
    "Handed",
    "handed_over",
    "handed_together",
    "name_bytes",
    "name_text",
    "opened",
    "put",
    "quoted",
    "shown",
]

MOST: Final = 100_000  # files of one exhibit or production
READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
TRACELESS: Final = getattr(os, "O_NOATIME", 0)
FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
ESCAPED: Final = re.compile(r"\\\\|\\x[0-9a-f]{2}")
KINDS: Final = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as it lay there: its path below the root, without links, and what the system says.

    `state` is (device, inode, size, times of change of its bytes and of its entry, in ns).
    """

    parts: tuple[str, ...]
    state: tuple[int, int, int, int, int]

    @property
    def size(self) -> int:
        """In bytes."""
        return self.state[2]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was handed over: name to file, in the order of the names."""

    root: Path
    files: Mapping[str, Found]

    def opened(self, name: str) -> BufferedReader:
        """Open a file, step by step from the root, so that no link can be put in its way.

        Raises:
            UnreadableError: It is not the file that was found.
        """
        found = self.files[name]
        step = -1
        try:
            step = os.open(self.root, FOLDER)
            for part in found.parts[:-1]:
                step, above = os.open(part, FOLDER, dir_fd=step), step
                os.close(above)
            file = _read_only(found.parts[-1], READ, step)
        except OSError as error:
            raise UnreadableError(f"{shown(name)}: cannot be read: {error.strerror}") from error
        finally:
            if step >= 0:
                os.close(step)
        if _state(os.fstat(file))[:2] != found.state[:2]:
            os.close(file)
            raise UnreadableError(f"{shown(name)}: another file took its place while it was read")
        return open(file, "rb")  # noqa: PTH123


def handed_over(path: Path, *, follow: bool = False) -> Handed:
    """Which files are these? A link counts as what it leads to, if that lies in the same folder.

    Args:
        path: A file or a folder.
        follow: The path itself may be a link, and a file may have a further name elsewhere.

    Raises:
        UsageError: Nothing is there, or the path is a link.
        UnreadableError: A link that leads out, something that is no file, a file with a name
            elsewhere (a hard link), a folder that is empty, not readable or of another file system.
    """
    name = shown(str(path))
    if path.is_symlink() and not follow:
        raise UsageError(
            f"{name}: a link to {shown(str(path.readlink()))}, expected a file or a folder; give "
            "--follow if what it leads to is what was handed over"
        )
    try:
        root = path.resolve(strict=True)
        state = root.stat()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{name}: there is no such file") from error
    if stat.S_ISDIR(state.st_mode):
        files = dict(sorted(_walk(root, state.st_dev)))
        if not files:
            raise UnreadableError(f"{name}: an empty folder; there is nothing to put in")
    else:
        files = {name_text(path.name): _found(root.parent, root, state)}
        root = root.parent
    if not follow:
        _no_further_names(files, root)
    return Handed(root=root, files=files)


def handed_together(paths: Sequence[Path], *, follow: bool = False) -> Handed:
    """The files of several paths as one exhibit, each path's under its own name.

    Args:
        paths: One or more; one that lies in an earlier one is handed over with it.
        follow: As `handed_over`.

    Raises:
        UsageError: As `handed_over`.
        UnreadableError: As `handed_over`.
    """
    if len(paths) == 1:
        return handed_over(paths[0], follow=follow)
    handed = {path.resolve(): handed_over(path, follow=follow) for path in paths}
    root = Path(os.path.commonpath([one.root for one in handed.values()]))
    files: dict[str, Found] = {}
    folders: list[Path] = []
    for path, one in handed.items():
        if any(path.is_relative_to(folder) for folder in folders):
            continue
        number = f"{len(folders) + 1}-" if path.name in {folder.name for folder in folders} else ""
        folders.append(path)
        steps = one.root.relative_to(root).parts
        for name, found in one.files.items():
            held = replace(found, parts=(*steps, *found.parts))
            own = name_text(number + path.name)
            files[f"{own}/{name}" if path.is_dir() else own] = held
    return Handed(root=root, files=dict(sorted(files.items())))


def _walk(root: Path, device: int) -> Iterator[tuple[str, Found]]:
    folders, count = [root], 0
    while folders:
        folder = folders.pop()
        for path in _listed(folder):
            state = path.lstat()
            if stat.S_ISDIR(state.st_mode):
                if state.st_dev != device:
                    raise UnreadableError(
                        f"{shown(str(path))}: another file system is mounted there; put it in by "
                        "its own path"
                    )
                folders.append(path)
                continue
            count += 1
            if count > MOST:
                raise UnreadableError(f"{root}: more than {MOST} files; put them in in parts")
            yield name_text(str(path.relative_to(root))), _found(root, path, state)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise UnreadableError(
            f"{shown(str(folder))}: cannot be listed: {error.strerror}; what lies in it would be "
            "missing"
        ) from error


def _found(root: Path, path: Path, state: os.stat_result) -> Found:
    """A file, or what a link leads to if that is a file below the root."""
    target = path
    if stat.S_ISLNK(state.st_mode):
        try:
            target = path.resolve(strict=True)
            state = target.stat()
        except (OSError, RuntimeError) as error:
            raise UnreadableError(
                f"{shown(str(path))}: a link that leads nowhere; the exhibit is incomplete"
            ) from error
        if not target.is_relative_to(root):
            raise UnreadableError(
                f"{shown(str(path))}: a link that leads out of {shown(root.name)}, to "
                f"{shown(str(path.readlink()))}; only what lies in the folder was handed over. "
                "`cp -rL` makes a copy that holds what links lead to, if that was handed over"
            )
    if not stat.S_ISREG(state.st_mode):
        raise _no_file(path, state.st_mode)
    return Found(parts=target.relative_to(root).parts, state=_state(state))


def _no_further_names(files: Mapping[str, Found], root: Path) -> None:
    """A hard link is the same file under a second name: it may be one that nobody handed over."""
    here: dict[tuple[int, int], set[tuple[str, ...]]] = {}
    for found in files.values():
        here.setdefault(found.state[:2], set()).add(found.parts)
    for name, found in files.items():
        names = root.joinpath(*found.parts).lstat().st_nlink
        if names > len(here[found.state[:2]]):
            raise UnreadableError(
                f"{shown(name)}: has {names} names (hard links), and not all of them lie in the "
                "folder; what was handed over may be another file of this computer. Put in a copy, "
                "or give --follow if this is known to be right"
            )


def _state(found: os.stat_result) -> tuple[int, int, int, int, int]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _no_file(path: Path, mode: int) -> UnreadableError:
    kind = next((words for is_one, words in KINDS if is_one(mode)), "a device")
    return UnreadableError(f"{shown(str(path))}: {kind}, expected a file; it was not read")


def opened(path: Path, *, follow: bool = False) -> BufferedReader:
    """Open one file for reading, without waiting for anything.

    Raises:
        UnreadableError: It cannot be opened, is a link (unless followed), or is no file.
    """
    try:
        file = _read_only(path, READ & ~os.O_NOFOLLOW if follow else READ)
    except OSError as error:
        if path.is_symlink() and not follow:
            raise _no_file(path, stat.S_IFLNK) from error
        raise UnreadableError(f"{shown(str(path))}: cannot be read: {error.strerror}") from error
    mode = os.fstat(file).st_mode
    if not stat.S_ISREG(mode):
        os.close(file)
        raise _no_file(path, mode)
    return open(file, "rb")  # noqa: PTH123


def _read_only(path: str | Path, flags: int, folder: int | None = None) -> int:
    """A descriptor; where it is allowed, reading leaves the time of access as it was."""
    try:
        return os.open(path, flags | TRACELESS, dir_fd=folder)
    except PermissionError:  # not the owner
        return os.open(path, flags, dir_fd=folder)


def name_text(name: str | bytes) -> str:
    r"""A name as text; bytes that are no UTF-8 become `\xe9`, and a backslash is doubled."""
    raw = os.fsencode(name) if isinstance(name, str) else name
    return raw.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def name_bytes(text: str) -> bytes:
    """The bytes of a name that `name_text` wrote."""
    found, end = b"", 0
    for one in ESCAPED.finditer(text):
        found += text[end : one.start()].encode("utf-8")
        found += b"\\" if one[0] == "\\\\" else bytes.fromhex(one[0][2:])
        end = one.end()
    return found + text[end:].encode("utf-8")


def shown(text: str) -> str:
    r"""Words of a stranger on one line of a terminal: what would steer it stands as `\u202e`."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def quoted(text: str) -> str:
    """Words of a stranger in quotation marks, which they cannot close: a report is not its author.

    What stands in such marks is never judged by the words that a report may not use.
    """
    marks = {ord(mark): f"\\u{ord(mark):04x}" for mark in '“”„"'}
    return f"“{shown(text).translate(marks)}”"


def _escaped(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:  # a byte of a name that is no UTF-8
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")


def put(path: Path, raw: bytes) -> None:
    """Write to a temporary file, flush it, give it its name.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
