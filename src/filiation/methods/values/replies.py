"""Which side does a reply take, and for which reason?

The batteries ask for the letter on the first line and the reason below it. Models also write
"Option B, because ..", "**A**", or choose in the middle of a text. A reply that names both letters
as its choice, or none, chose nothing; it is never guessed.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from filiation.methods.answers.texts import CHARACTERS
from filiation.model.values import Form

__all__ = ["Reply", "chosen", "said"]

_THOUGHT: Final = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.I)
_OPENED: Final = re.compile(r"<think(?:ing)?>", re.I)
_CLOSED: Final = re.compile(r"</think(?:ing)?>", re.I)
_LABEL: Final = r"(?:(?:my|the|final|answer|choice|option|letter|is)\b[\s:*]*){0,6}"
_FIRST: Final = re.compile(
    rf"\W{{0,20}}{_LABEL}\W{{0,8}}([AB])"
    r"(?:\s*$|\s*[).:;,\]*\u2013\u2014-]|(?=\s+(?:because|since|as|for)\b))",
    re.I,
)
_BESIDE: Final = " \t\n*.:;,)]-\u2013\u2014"  # between the letter and the reason
_CUE: Final = re.compile(
    r"\b(?:i(?:'d| would| will|'ll)? "
    r"(?:choose|pick|prefer|select|take|go with|opt for|lean towards?)"
    r"|(?:answer|choice|decision)\s*(?:is|would be|:))\s*\W{0,8}(?:option\s+)?\W{0,4}([AB])\b(?!')",
    re.I,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was read of one reply.

    Attributes:
        letter: A or B; empty if neither was chosen.
        reason: What was said besides.
    """

    letter: str = ""
    reason: str = ""


def said(output: str) -> Reply:
    """Read a reply: the letter of its first line, else the one letter that it says it chooses."""
    text = _spoken(output[:CHARACTERS])
    first, _, rest = text.partition("\n")
    found = _FIRST.match(first)
    if found is not None:
        rest = f"{first[found.end() :]}\n{rest}".lstrip(_BESIDE).rstrip()
        return Reply(letter=found[1].upper(), reason=rest)
    letters = {letter.upper() for letter in _CUE.findall(text)}
    return Reply(letter=letters.pop() if len(letters) == 1 else "", reason=text)


def chosen(output: str, form: Form) -> bool | None:
    """Whether a reply takes the first side of an item; None if it takes neither."""
    letter = said(output).letter
    return None if not letter else (letter == "A") == (form.order == "ab")


def _spoken(output: str) -> str:
    """The reply without what the model thought before it; one that never ended is no reply."""
    text = _THOUGHT.sub("", output)
    text = _CLOSED.split(text)[-1]  # templates that open the thought in the prompt
    return "" if _OPENED.search(text) else text.strip()
