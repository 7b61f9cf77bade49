"""What counts as a wrong conclusion: a copy called independent, an innocent called derived."""

from typing import Any

import pytest

from adversary.attack import Attack
from adversary.table import ATTACKS
from adversary.verdict import judged

NAMED = {attack.name: attack for attack in ATTACKS}
COPY = NAMED["noise, disguised"]
EXACT = NAMED["units permuted"]
INNOCENT = NAMED["accuser orders units"]
TABLE = NAMED["one public table"]


def said(toward: str, headline: str = "") -> dict[str, Any]:
    return {"toward": toward, "headline": headline, "reason": "", "log10_p": 0.0}


@pytest.mark.parametrize(
    ("attack", "toward", "headline", "verdict"),
    [
        (COPY, "derivation", "", "right"),
        (COPY, "neither", "", "open"),
        (COPY, "independence", "as far as can be seen", "wrong"),
        (COPY, "independence", "noise was looked for; all was excluded", "wrong"),
        (COPY, "independence", "Not excluded: a copy under heavy noise", "right"),
        (COPY, "independence", "noise is excluded; not excluded: other widths", "wrong"),
        (COPY, "independence", "not excluded if under 80% of each one's direction", "right"),
        (EXACT, "independence", "not excluded if under 80% of each one's direction", "wrong"),
        (EXACT, "independence", "Not excluded: a copy under heavy noise", "wrong"),
        (INNOCENT, "derivation", "the embedding table", "wrong"),
        (INNOCENT, "independence", "", "right"),
        (INNOCENT, "neither", "", "open"),
        (TABLE, "derivation", "the embedding table alone derives", "right"),
        (TABLE, "derivation", "the weights derive", "wrong"),
    ],
)
def test_a_verdict(attack: Attack, toward: str, headline: str, verdict: str) -> None:
    assert judged(attack, said(toward, headline)) == verdict


def test_an_examination_that_failed_is_neither_right_nor_wrong() -> None:
    assert judged(COPY, {"failed": "ValueError: ..."}) == "failed"


def test_every_class_that_an_attack_names_is_an_alternative_of_the_plan() -> None:
    known = {"in-place", "units-permuted", "stream-rotated", "both-and-signs", "layers-changed",
             "units-added", "tokens-respelt", "alone"}  # fmt: skip
    named = {name for attack in ATTACKS for name in attack.classes}

    assert named == known
    assert all(bool(attack.classes) == (attack.truth == "copy") for attack in ATTACKS)
