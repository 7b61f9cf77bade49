"""Could this model be read, or is its form foreign to the reader?

A reader that finds nothing, or something else than was meant, makes errors that two models share
for no other reason than their form. Four signs, each against the controls: few answers can be
read; answers judged wrong contain the key; many may be the key in another form, and were left out;
hardly one is right, and the wrong ones are like nobody else's. Beyond the limits the answers are no
evidence, neither way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

__all__ = ["Reading", "contains", "foreign", "told", "unread"]

READ: Final = (
    0.5  # of the answers given: a party of which less is read, and less than of any control
)
CONTAINED: Final = 0.05  # of the keyed answers: judged wrong and yet with the key in them
UNCLEAR: Final = 0.25  # of the answers read: they may be the key, or another's, in another form
TIMES: Final = 2.0  # the largest share among the controls
FEWEST: Final = 5  # answers, likewise
RIGHT: Final = 0.25  # of the least share right among the controls
ALONE: Final = 0.9  # of a party's wrong answers that nobody else gives
TAIL: Final = 200  # characters of an answer in which a key is looked for


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one model could be read.

    Attributes:
        name: The model.
        asked: Common items.
        given: Items with an answer, empty ones and errors not counted.
        read: Items with an answer that could be read.
        keyed: Those of them that have a key.
        right: Those that agree with it.
        containing: Those that do not, and yet hold the key's words.
        alone: Wrong answers that no other model gives at the item.
        unclear: Answers that may be the key, or another's answer, in another form: left out.
    """

    name: str
    asked: int
    given: int
    read: int
    keyed: int
    right: int
    containing: int
    alone: int
    unclear: int = 0

    @property
    def share_read(self) -> float:
        """Of the answers given."""
        return self.read / max(self.given, 1)

    @property
    def share_right(self) -> float:
        """Of the keyed answers that could be read."""
        return self.right / max(self.keyed, 1)

    @property
    def share_containing(self) -> float:
        """Of the keyed answers that could be read."""
        return self.containing / max(self.keyed, 1)

    @property
    def share_unclear(self) -> float:
        """Of the answers that could be read."""
        return self.unclear / max(self.read, 1)

    @property
    def share_alone(self) -> float:
        """Of the answers judged wrong."""
        return self.alone / max(self.keyed - self.right, 1)


def contains(output: str, key: str) -> bool:
    """Whether an answer's end holds the key, as words of its own, in whatever case."""
    if len(output) <= len(key):
        return False
    tail = output[-TAIL - len(key) :]
    if len(key) > 1:  # a letter in lower case may be a word
        tail, key = tail.casefold(), key.casefold()
    if key not in tail:
        return False
    return re.search(rf"(?<![\w.,-]){re.escape(key)}(?![\w]|[.,]\d)", tail) is not None


def foreign(readings: Sequence[Reading]) -> str:
    """Why the answers of one of the first two models are no evidence; empty if they are.

    Args:
        readings: Of the source, of the subject, and of the controls.
    """
    return next((why for why in _strange(readings) if why), "")


def unread(readings: Sequence[Reading]) -> tuple[int, ...]:
    """Which of the first two models, by place, cannot be read as the controls can."""
    return tuple(place for place, why in enumerate(_strange(readings)) if why)


def _strange(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Why each of the first two models cannot be read; empty where it can."""
    controls = readings[2:]
    return tuple(_why(party, controls) for party in readings[:2]) if controls else ()


def _why(party: Reading, controls: Sequence[Reading]) -> str:
    """Why one model cannot be read beside these controls; empty if it can."""
    least_read = min(c.share_read for c in controls)
    most_containing = max(c.share_containing for c in controls)
    most_unclear = max(c.share_unclear for c in controls)
    keyed = [c for c in controls if c.keyed]
    least_right = min((c.share_right for c in keyed), default=0.0)
    if party.given and party.share_read < min(READ, least_read):
        return (
            f"{party.name}: {_share(party.share_read)} of {party.given:,} answers could be "
            f"read, expected {_share(READ)} at least, or as many as of some control "
            f"({_share(least_read)}); its form is foreign to the reader"
        )
    limit = max(CONTAINED, TIMES * most_containing)
    if party.containing >= FEWEST and party.share_containing > limit:
        return (
            f"{party.name}: {party.containing:,} of {party.keyed:,} answers were judged wrong "
            f"and contain the key, expected {_share(limit)} at most; they were not read as "
            "they were meant"
        )
    limit = max(UNCLEAR, TIMES * most_unclear)
    if party.unclear >= FEWEST and party.share_unclear > limit:
        return (
            f"{party.name}: {party.unclear:,} of {party.read:,} answers may be the key, or "
            f"another model's answer, in another form, expected {_share(limit)} at most; how "
            "they are meant cannot be told"
        )
    strange = party.share_right < RIGHT * least_right and party.share_alone >= ALONE
    if strange and party.keyed - party.right >= FEWEST:
        return (
            f"{party.name}: right on {_share(party.share_right)} where no control is below "
            f"{_share(least_right)}, and {_share(party.share_alone)} of what it got wrong is "
            "like no other model's answer; its form is foreign to the reader"
        )
    return ""


def told(readings: Sequence[Reading]) -> tuple[str, ...]:
    """How the first two models, and the others together, were read: a sentence each."""
    sentences = [_sentence(party) for party in readings[:2]]
    if controls := readings[2:]:
        words = f"{len(controls)} control{'' if len(controls) == 1 else 's'}: "
        words += f"{_between([c.share_read for c in controls])} of the answers read"
        if right := [c.share_right for c in controls if c.keyed]:
            most = max(c.containing for c in controls)
            words += f", {_between(right)} right, "
            words += (
                f"up to {most:,} judged wrong contain" if most else "none judged wrong contains"
            )
            words += " the key"
        sentences.append(words)
    return tuple(sentences)


def _sentence(party: Reading) -> str:
    words = (
        f"{party.name}: {party.given:,} answers to {party.asked:,} items, "
        f"{_share(party.share_read)} of them read"
    )
    if party.unclear:
        words += (
            f", {party.unclear:,} left out as unclear: they may be the key, or another model's "
            "answer, in another form"
        )
    if not party.keyed:
        return words
    right = f"{_share(party.share_right)} right"
    return f"{words}, {right}, {party.containing:,} judged wrong contain the key"


def _between(shares: Sequence[float]) -> str:
    """The least and the largest, or both at once."""
    least, most = _share(min(shares)), _share(max(shares))
    return least if least == most else f"{least} to {most}"


def _share(share: float) -> str:
    return f"{100 * share:.0f}%"
