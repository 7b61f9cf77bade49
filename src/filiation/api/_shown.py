"""How values are shown to a person at a prompt, and handed to a table."""

import math
from typing import Final

from filiation.report.wording import clean

__all__ = ["log10", "quoted", "short"]

LN10: Final = math.log(10.0)
LONGEST: Final = 40  # characters of a name on one line


def log10(log_p: float | None) -> float | None:
    """Natural log to log10 with the digits of the JSON report; None stays None."""
    return None if log_p is None else float(f"{log_p / LN10:.12g}") + 0.0  # never -0.0


def quoted(name: str) -> str:
    """A name of foreign origin between quotes, on one line."""
    shown = clean(name)
    return repr(shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…")


def short(digest: str) -> str:
    """The start of a digest."""
    return f"{clean(digest)[:12]}.."
