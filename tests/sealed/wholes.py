"""A session of sets with two controls that its tribunal kept whole."""

from pathlib import Path

from filiation.proceedings.blind.exhibiting import keep_session
from sealed.parties import Parties
from sealed.test_blind_sets import brought, written

__all__ = ["kept_whole"]


def kept_whole(folder: Path) -> tuple[Parties, Path]:
    """Its parties, and the file."""
    parties = brought(folder)
    parties.compare(*(f"o{n}={written(folder / f'o{n}', 55 + 40 * n, 95 + 40 * n)}"
                      for n in (1, 2)))  # fmt: skip
    kept = folder / "whole.session"
    keep_session(parties.folder("tribunal"), kept, whole=True)
    return parties, kept
