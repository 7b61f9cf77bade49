"""Why a finding has no likelihood ratio, though a population was planned."""

from typing import Final

__all__ = ["DISGUISED", "NONE", "OTHERWISE", "SEEN_ELSEWHERE"]

NONE: Final = "no population of known pairs was given"
DISGUISED: Final = (
    "parts of the two models are alike in a way that strangers are not, which this method does not "
    "see; a ratio that speaks for independence would mislead"
)
SEEN_ELSEWHERE: Final = (
    "other methods find shared weights at the plan's level, which this one does not see; a ratio "
    "that speaks for independence would mislead"
)

UNKNOWN: Final = "no known pair of the population is so, and a ratio would mislead"
OTHERWISE: Final = {
    "order-could-be-chosen": f"the order that met the level could have been chosen; {UNKNOWN}",
    "silent-in-source": f"what met the level does nothing in the source; {UNKNOWN}",
    "random-stream": f"one stream of random numbers explains what met the level; {UNKNOWN}",
    "same-data": f"training texts in common explain what met the level; {UNKNOWN}",
    "answers-missing": f"answers are missing where they would have mattered; {UNKNOWN}",
    "answers-unread": f"one party's answers could not be read; {UNKNOWN}",
    "part-only": f"only a part that is often published by itself met the level; {UNKNOWN}",
}
