"""What a report says of a method and of a kind of material, in the words of whoever supplied them.

An examination keeps these words, so that its report can be written, and read, where the method or
the kind itself is not installed.
"""

from dataclasses import dataclass
from typing import Literal, final

__all__ = ["MethodWords"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MethodWords:
    """One method in plain words.

    Attributes:
        title: What it is called, with its frame after a comma, if it has one.
        question: What it asks.
        explanation: How it works, for a reader without training in statistics.
        defeats: What would defeat it.
        null: What its null says: that the two are unrelated, or that they are the same; `none` of a
            method that only counts, and then never ends in a finding.
        aside: Why a finding of it does not count, after a semicolon; empty if all do.
        frame_explanation: What the frame does; empty without one.
        frame_defeats: What would defeat the frame; empty without one.
        parameters: Each parameter of the id whose meaning is known, with its meaning.
        error_rate: Where its measured error rate is published; empty if none was measured yet.
    """

    title: str
    question: str
    explanation: str
    defeats: str
    null: Literal["unrelated", "equality", "none"] = "unrelated"
    aside: str = ""
    frame_explanation: str = ""
    frame_defeats: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    error_rate: str = ""
