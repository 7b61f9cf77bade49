"""Which head of a case did this computer see last? Kept outside the case, for each case by its id.

Whoever can write to the folder of a case can put an earlier copy of all of it back, and nothing in
the folder shows that. What is kept here does, on every computer that had seen more. It lies in
`seen/` of FILIATION_HOME (default: the user's state folder).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.errors import CaseError

__all__ = ["Seen", "another", "last_seen", "remember", "seen_at"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A head: how many events, their root (hex), and when this computer saw it (UTC)."""

    size: int
    root: str
    when: str


def seen_at(case: str) -> Path:
    """Where the last head of a case is kept. An id from an opponent is no path."""
    return _folder() / f"{hashlib.sha256(case.encode()).hexdigest()[:32]}.json"


def last_seen(case: str) -> Seen | None:
    """The last head that this computer saw of a case; None if it never saw one.

    Raises:
        CaseError: What is kept is no head.
    """
    path = seen_at(case)
    try:
        found = json.loads(path.read_bytes()[: 1 << 12])
        return Seen(size=int(found["size"]), root=str(found["root"]), when=str(found["when"]))
    except OSError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"{path}: no head that was kept of this case: {error}; altered") from error


def another(seen: Seen | None, case: str, roots: Sequence[str]) -> str:
    """What is wrong with a log, of which `roots` are the roots at every size, by what was seen.

    Empty if nothing is. What was seen is to be read before the log is: it only grows.
    """
    if seen is None:
        return ""
    kept = f"{seen_at(case)} keeps that; remove it only if you know why"
    if seen.size > len(roots):
        return (
            f"this computer saw {seen.size} events of this case on {seen.when[:10]}, here are "
            f"{len(roots)}; events were cut off, or this is an earlier copy ({kept})"
        )
    if roots[seen.size - 1] != seen.root:
        return (
            f"the first {seen.size} events are not those that this computer saw on "
            f"{seen.when[:10]}; they were rewritten, or two copies of this case went different "
            f"ways ({kept})"
        )
    return ""


def remember(case: str, head: Seen) -> None:
    """Keep a head that continues the one that is kept; where nothing can be kept, nothing is."""
    path = seen_at(case)
    with suppress(OSError):
        before = last_seen(case)
        if before is not None and before.size >= head.size:
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123
            json.dump({"size": head.size, "root": head.root, "when": head.when}, file)
        Path(partial).replace(path)


def _folder() -> Path:
    given, state = os.environ.get("FILIATION_HOME"), os.environ.get("XDG_STATE_HOME")
    if given:
        return Path(given) / "seen"
    return (Path(state) if state else Path.home() / ".local" / "state") / "filiation" / "seen"
