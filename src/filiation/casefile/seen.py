"""Which head of a case did this computer see last? Kept outside the case, for each case by its id.

Whoever can write to the folder of a case can put an earlier copy of all of it back, and nothing in
the folder shows that. What is kept here does, on every computer that had seen more. It lies in
`seen/` of FILIATION_HOME (default: the user's state folder).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError

__all__ = ["Seen", "another", "last_seen", "remember", "seen_at"]

LARGEST: Final = 1 << 26


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A log as this computer saw it (UTC): its root (hex) at every size from 1."""

    roots: tuple[str, ...]
    when: str

    @property
    def size(self) -> int:
        """How many events."""
        return len(self.roots)


def seen_at(case: str) -> Path:
    """Where the last head of a case is kept. An id from an opponent is no path."""
    return _folder() / f"{hashlib.sha256(case.encode()).hexdigest()[:32]}.json"


def last_seen(case: str) -> Seen | None:
    """What this computer saw last of a case; None if it never saw it.

    Raises:
        CaseError: Something else is kept in its place.
    """
    path = seen_at(case)
    try:
        found = json.loads(path.read_bytes()[:LARGEST])
        roots = tuple(str(root) for root in found["roots"])
        return Seen(roots=roots, when=str(found["when"]))
    except OSError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"{path}: no head that was kept of this case: {error}; altered") from error


def another(
    seen: Seen | None, case: str, roots: Sequence[str], *, earlier: bool = False
) -> Iterator[str]:
    """What is wrong with a log, of which `roots` are the roots at every size, by what was seen.

    What was seen is to be read before the log is: it only grows. An export may be `earlier`: it is
    a copy for somebody, and no case that anybody goes on with.
    """
    if seen is None:
        return
    kept = f"{seen_at(case)} keeps that; remove it only if you know why"
    pairs = zip(roots, seen.roots, strict=False)
    parted = next((n for n, (here, there) in enumerate(pairs) if here != there), None)
    if parted is not None:
        yield (
            f"event {parted} is not the one that this computer saw on {seen.when[:10]}; the log "
            f"was rewritten, or two copies of this case went different ways ({kept})"
        )
    elif seen.size > len(roots) and not earlier:
        yield (
            f"this computer saw {seen.size} events of this case on {seen.when[:10]}, here are "
            f"{len(roots)}; events were cut off, or this is an earlier copy ({kept})"
        )


def remember(case: str, roots: Sequence[str], when: str) -> None:
    """Keep a log that continues the one that is kept; where nothing can be kept, nothing is."""
    path = seen_at(case)
    with suppress(OSError):
        before = last_seen(case)
        if before is not None and before.size >= len(roots):
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123
            json.dump({"roots": list(roots), "when": when}, file)
        Path(partial).replace(path)


def _folder() -> Path:
    given, state = os.environ.get("FILIATION_HOME"), os.environ.get("XDG_STATE_HOME")
    if given:
        return Path(given) / "seen"
    return (Path(state) if state else Path.home() / ".local" / "state") / "filiation" / "seen"
