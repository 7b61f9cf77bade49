"""On which day does a repository claim that each of its files first appeared?

A claim: whoever holds a repository can write any date into it. Nothing of the repository is run
and none of its settings is read: `git` is given its objects alone, in a repository of ours without
hooks, filters, replacements, alternates or remotes. Where that does not do, nothing is said.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from filiation.files import shown

__all__ = ["claimed_days"]

SECONDS: Final = 60
MOST: Final = 64 << 20  # bytes that git may say
BOUNDED: Final = 'ulimit -v 4194304 -f 131072; exec "$@"'  # memory in KiB, output in 512 bytes
SMALL: Final = 1 << 20  # bytes of a file of references
HEX: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
REF: Final = re.compile(r"ref: (refs/heads/[\w./+-]{1,200})\s*")
NAME: Final = re.compile(r"\x01(\d{4}-\d{2}-\d{2})")


def claimed_days(root: Path) -> tuple[dict[str, str], str]:
    """Path to the day of its first appearance, and why there is none if there is none.

    Args:
        root: The folder that holds `.git`.
    """
    place = root / ".git"
    if not place.exists() and not place.is_symlink():
        return {}, ""
    git = shutil.which("git")
    if git is None:
        return {}, "its history was not read: git is not installed"
    head = _head(place)
    why = _unfit(place) or ("" if head else "it has no commit that could be found")
    if why:
        return {}, f"its history was not read: {why}"
    with tempfile.TemporaryDirectory(prefix="filiation-") as made:
        said = _log(git, Path(made), place, head)
    if said is None:
        return {}, "its history was not read: git could not, or not within its bounds"
    return _days(said), ""


def _unfit(place: Path) -> str:
    """Why objects of a repository are not given to git; empty if they are."""
    if place.is_symlink() or not place.is_dir():
        return "its .git is a link or a file that points elsewhere"
    objects = place / "objects"
    if objects.is_symlink() or not objects.is_dir():
        return "it has no objects of its own"
    if (objects / "info" / "alternates").exists():
        return "it takes objects from elsewhere"
    if any(objects.glob("pack/*.promisor")):
        return "it is a partial copy"
    parts = [objects, objects / "pack", objects / "info"]
    if any(one.is_symlink() for part in parts if part.is_dir() for one in part.iterdir()):
        return "links stand among its objects"
    return ""


def _head(place: Path) -> str:
    """The commit that is checked out, in hex; empty if it cannot be told."""
    said = _small(place / "HEAD")
    named = REF.fullmatch(said)
    if named is None:
        return said.strip() if HEX.fullmatch(said.strip()) else ""
    ref = named.group(1)
    if ".." in ref:
        return ""
    own = _small(place / ref).strip()
    if HEX.fullmatch(own):
        return own
    for line in _small(place / "packed-refs").splitlines():
        digest, _, name = line.partition(" ")
        if name == ref and HEX.fullmatch(digest):
            return digest
    return ""


def _small(path: Path) -> str:
    """The text of a small file of ours; empty if it is none, or none of theirs."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > SMALL:
        return ""
    return path.read_bytes().decode("utf-8", "replace")


def _log(git: str, made: Path, place: Path, head: str) -> bytes | None:
    """Days and files that were added, newest first; None if git did not say."""
    ours = made / "ours"
    for folder in ("objects", "refs"):
        (ours / folder).mkdir(parents=True)
    (ours / "HEAD").write_text(f"{head}\n", "utf-8")
    form = "\tobjectFormat = sha256\n" if len(head) == 64 else ""
    version = 1 if form else 0
    config = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n"
    (ours / "config").write_text(config + (f"[extensions]\n{form}" if form else ""), "utf-8")
    shallow = [line for line in _small(place / "shallow").split() if HEX.fullmatch(line)]
    if shallow:
        (ours / "shallow").write_text("\n".join(shallow) + "\n", "utf-8")
    command = [
        *("/bin/sh", "-c", BOUNDED, "sh"),
        *(git, "--no-replace-objects", "--no-pager", "-c", f"core.hooksPath={os.devnull}"),
        *("-c", "core.quotePath=false", "-c", "protocol.allow=never", f"--git-dir={ours}"),
        *("log", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--diff-filter=A"),
        *("--name-only", "--date=short", "--format=%x01%ad", "--no-show-signature", head, "--"),
    ]
    env = {
        "PATH": os.defpath, "HOME": str(made), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_OBJECT_DIRECTORY": str((place / "objects").resolve()),
        "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }  # fmt: skip
    out = made / "said"
    try:
        with out.open("wb") as said:
            done = subprocess.run(
                command, stdout=said, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                env=env, timeout=SECONDS, check=False, cwd=made,
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode or out.stat().st_size > MOST:
        return None
    return out.read_bytes()


def _days(said: bytes) -> dict[str, str]:
    """The oldest day of each file."""
    days: dict[str, str] = {}
    day = ""
    for part in said.decode("utf-8", "replace").split("\0"):
        begins = NAME.match(part.strip("\n"))
        if begins:
            day, part = begins.group(1), part.strip("\n")[begins.end() :]
        name = part.strip("\n")
        if name and day:
            file = shown(name)
            days[file] = min(day, days.get(file, day))
    return days
