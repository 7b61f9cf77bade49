"""What the first pictures of a report show, each in one or two sentences."""

from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report.wording.figures import joined
from filiation.report.wording.findings import controls_sentence, rank_sentence, strip_sentence
from filiation.report.wording.lineup import axis_is_z, rank
from filiation.report.wording.methods import titled

__all__ = [
    "DISTANCE",
    "DRAWS",
    "DRAWS_BRIEF",
    "EVERYBODY",
    "HOW_RARE",
    "HOW_RARE_TOGETHER",
    "LEVEL",
    "LEVEL_BRIEF",
    "MEASURED",
    "RARER",
    "RARER_BRIEF",
    "RELIED_ON",
    "RELIED_ON_BRIEF",
    "first_lineup_sentence",
    "first_place_sentence",
    "first_strip_sentence",
    "lineup_title",
]

# In drawings, in words that need no table of terms; the brief ones for a narrow page.
HOW_RARE: Final = ("how rare", "by chance")
HOW_RARE_TOGETHER: Final = "agreement with the source: how rare by chance, all tests together"
LEVEL: Final = "level required"
LEVEL_BRIEF: Final = "level"
RELIED_ON: Final = "relied on to here"
RELIED_ON_BRIEF: Final = "limit"
DRAWS: Final = "most it can show"
DRAWS_BRIEF: Final = "most"
RARER: Final = "rarer still"
RARER_BRIEF: Final = "rarer"
MEASURED: Final = "measured"
DISTANCE: Final = "distance"
EVERYBODY: Final = "everybody"


def first_lineup_sentence(conclusion: Conclusion) -> str:
    """The line-up of combined p-values, and how it is read."""
    return joined(
        (
            "How rare agreement this close with the source would be if the models were unrelated: "
            "the subject (square) beside the controls (circles), the further right, the rarer. "
            "Dashed: the level that the plan had fixed.",
            rank_sentence(conclusion),
        )
    )


def lineup_title(conclusion: Conclusion) -> str:
    """The line-up of all tests together, for who does not see the drawing."""
    return (
        "Line-up: how rare agreement as close as that of the subject, and of each control, with "
        f"the source would be by chance, all tests together. {controls_sentence(conclusion)}"
    )


def first_place_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """The line-up of one finding, and how it is read."""
    title = titled(conclusion, finding)
    found = rank(finding)
    place = f" The subject stands at place {found.place:,} of {found.of:,}." if found else ""
    axis = ", allowing for what was to be expected of each" if axis_is_z(finding) else ""
    return (
        f"{title}: how close the subject (square) and every control (circle) stand to the source"
        f"{axis}, the closest first.{place}"
    )


def first_strip_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """The strip of layers, with the method it is of."""
    title = titled(conclusion, finding)
    return f"{title}, layer by layer. {strip_sentence(finding, conclusion)}"
