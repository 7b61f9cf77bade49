"""How a base and its adapters are named together: BASE+ADAPTER, BASE+FIRST+SECOND.

A path that is there is one model, whatever letters its name has.
"""

from pathlib import Path
from typing import Final

__all__ = ["JOIN", "could_be_joined", "joined", "name_of"]

JOIN: Final = "+"
MOST: Final = 64  # joints that are looked at


def joined(path: Path) -> tuple[Path, ...]:
    """The base and then the adapters; the path alone if it is there, or names nothing so."""
    return (path,) if _there(str(path)) else _parted(str(path)) or (path,)


def name_of(path: Path) -> str:
    """What the model of a path is called: as its folder, or as its file without the ending."""
    parts = [part.resolve() for part in joined(path)]
    return JOIN.join(part.name if part.is_dir() else part.stem for part in parts)


def could_be_joined(path: Path) -> bool:
    """Whether a path that is there could also be read as a base and adapters that are there."""
    return _there(str(path)) and bool(_parted(str(path)))


def _parted(text: str) -> tuple[Path, ...]:
    """The parts, each as long as it can be, so that all are there; none if there is no such way."""
    joints = [at for at, letter in enumerate(text) if letter == JOIN]
    if not joints or len(joints) > MOST:
        return ()
    ends = [*joints, len(text)]
    ways: dict[int, tuple[str, ...]] = {len(text) + 1: ()}  # by where the rest begins
    for begin in reversed([0, *(at + 1 for at in joints)]):
        for end in reversed(ends):
            whole = begin == 0 and end == len(text)
            if end > begin and end + 1 in ways and not whole and _there(text[begin:end]):
                ways[begin] = (text[begin:end], *ways[end + 1])
                break
    return tuple(Path(part) for part in ways.get(0, ()))


def _there(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a name, or a null byte in it
        return False
