"""What stands around two matched functions that are shown side by side."""

from typing import Final

from filiation.report.wording.fragments import shown_of

__all__ = ["BESIDE_LEGEND", "BESIDE_TITLE", "MARKS", "beside_intro", "left_out", "missing_text"]

BESIDE_TITLE: Final = "Matched functions side by side"
MARKS: Final = {"line": "=", "names": "~", "": ""}
BESIDE_LEGEND: Final = (
    "= the same line but for blanks; beside it what it weighs in nats, of which more is rarer. "
    "~ the same line but for its names. Lines without a mark differ or stand on one side only. "
    "The text is shown as it was read; nothing of it is run."
)


def beside_intro(shown: int, of: int) -> str:
    """How many are shown, in which order, and what being shown does not mean."""
    return (
        f"{shown_of(shown, of, 'matched functions')} Those that no filter set aside come first, "
        "the longest before others. That a function is alike does not say that it was copied, nor "
        "from whom, nor that it is protected."
    )


def left_out(lines: int) -> str:
    """Lines behind those that are shown."""
    return f"{lines:,} further lines are not shown." if lines else ""


def missing_text(why: str) -> str:
    """Why a pair stands without its lines."""
    return f"Without its lines: {why}." if why else ""
