"""Findings of one method in several frames: what is said once, and of which frames."""

from collections.abc import Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import as_sentence, clause
from filiation.report.wording.methods import Worded, method_text, titled
from filiation.report.wording.part_names import called

__all__ = [
    "DRAWN_ABOVE",
    "as_above",
    "assumption_words",
    "chosen_sentence",
    "frame_name",
    "in_full",
    "section_title",
    "told_apart",
]

DRAWN_ABOVE: Final = "Its picture is among the first of this report."


def section_title(worded: Worded, findings: Sequence[Finding]) -> str:
    """The method's title; of several frames, what their titles have in common."""
    if len(findings) == 1:
        return titled(worded, findings[0])
    stem = method_text(worded, findings[0].method).title.partition(", ")[0]
    part = findings[0].component
    return f"{stem} ({called(part).name})" if part else stem


def frame_name(worded: Worded, finding: Finding) -> str:
    """What tells a finding from others of its method: its frame, or else its parameters."""
    title = method_text(worded, finding.method).title
    frame = title.partition(", ")[2].removesuffix(" frame")
    return frame or finding.method.partition(";")[2] or title


def chosen_sentence(worded: Worded, chosen: Finding, findings: Sequence[Finding]) -> str:
    """Which of several frames is told at length, and that it was picked; empty for one."""
    if len(findings) == 1:
        return ""
    return (
        f"Told at length: {frame_name(worded, chosen)}, the frame with the smallest p of "
        f"{len(findings):,}, chosen after the event; all {how_many(len(findings), 'frame')} are in "
        "the table."
    )


def assumption_words(findings: Sequence[Finding], conclusion: Conclusion) -> str:
    """What an opposing expert should attack first, once for all frames that share it."""
    said = told_apart(conclusion, findings, [clause(f.null.because) for f in findings])
    return f"Assumption: {' '.join(said)}"


def as_above(number: int, place: int) -> str:
    """Where the same words stand."""
    return f"as in {number}.{place}."


def in_full(said: Sequence[str]) -> tuple[str, ...]:
    """What `told_apart` gave, as sentences."""
    return tuple(as_sentence(words) for words in said)


def told_apart(worded: Worded, findings: Sequence[Finding], said: Sequence[str]) -> tuple[str, ...]:
    """What is said of each frame: once if it is the same of all, else with the frames' names."""
    groups: dict[str, list[str]] = {}
    for finding, words in zip(findings, said, strict=True):
        if words:
            groups.setdefault(words, []).append(frame_name(worded, finding))
    if len(groups) == 1 and len(findings) == len(next(iter(groups.values()))):
        return tuple(groups)
    return tuple(f"{_label(frames)}. {as_sentence(words)}" for words, frames in groups.items())


def _label(frames: Sequence[str]) -> str:
    """The frames' names as they open a paragraph; what has the form of a parameter stays."""
    names = ", ".join(frames)
    if not names.replace(", ", "").replace("-", "").isalpha():
        return names
    return f"{names[0].upper()}{names[1:]} {'frame' if len(frames) == 1 else 'frames'}"
