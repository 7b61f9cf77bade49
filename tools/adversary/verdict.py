"""Which answers are wrong? A copy called independent, an innocent called derived."""

from collections.abc import Mapping
from typing import Any, Literal

from adversary.attack import Attack

__all__ = ["judged"]


def judged(attack: Attack, said: Mapping[str, Any]) -> Literal["right", "wrong", "open", "failed"]:
    """What an answer is worth.

    `open`: neither proposition is supported. A copy may be called independent only where the
    headline names the damage that was done as not excluded; two models that share a component may
    be called derived only where the headline names that component.
    """
    if "failed" in said:
        return "failed"
    if said["toward"] == "neither":
        return "open"
    if said["toward"] == ("derivation" if attack.truth == "copy" else "independence"):
        return "right"
    return "right" if _named(attack, said.get("headline", "").lower()) else "wrong"


def _named(attack: Attack, headline: str) -> bool:
    """Only what stands after the words that exclude nothing counts, for a copy."""
    if attack.truth == "copy":
        mark = "not excluded"
        if mark not in headline:
            return False
        headline = headline[headline.index(mark) :]
    return any(word in headline for word in attack.damage)
