"""Numbers and text as JSON can carry them, the same bytes on every computer."""

import math
from typing import Final

from filiation.errors import CaseError

__all__ = ["LN10", "log10_of", "rounded", "text_of"]

LN10: Final = math.log(10.0)


def log10_of(log_p: float | None, where: str) -> float | None:
    """Natural log to log10. A p of zero is a bug, and must not turn into an absence."""
    if log_p is not None and not math.isfinite(log_p):
        raise CaseError(f"{where}: log p is {log_p}, expected a finite number; no p is ever zero")
    return None if log_p is None else rounded(log_p / LN10)


def rounded(value: float | None) -> float | None:
    """Twelve significant digits; None for what is absent, NaN or infinite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.12g}") + 0.0  # never -0.0


def text_of(text: str) -> str:
    """Text that UTF-8 can carry: lone surrogates, which file names may hold, are replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
