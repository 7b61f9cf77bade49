"""Controls of a line-up of texts that plainly are one family count as one, and a note says so."""

import numpy as np

from filiation.methods.answers.texts_families import families_told


def test_copies_in_a_line_up_are_one_family_and_relatives_keep_theirs() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(19, 19))
    values = (values + values.T) / 2.0
    values[8:18, 8:18] += 30.0
    names = ["source", "subject", *(f"control-{n}" for n in range(16)), "relative"]
    family, notes = families_told(
        values, np.zeros_like(values), names, {"relative": "kin", "source": "kin"}, controls=16
    )
    assert len(set(family[8:18])) == 1 and len(set(family[:18])) == 9
    assert family[18] == family[0] == "kin"
    assert notes == (
        "control-10, control-11, control-12 and 7 more resemble each other far beyond the others "
        "and count as one family of controls, though none was declared; that is no finding "
        "about them",
    )


def test_declared_families_need_no_note() -> None:
    values = np.zeros((9, 9))
    names = [f"m{n}" for n in range(9)]
    declared = dict.fromkeys(names[2:5], "one")
    family, notes = families_told(values, values, names, declared, controls=7)
    assert family[2:5] == ["one"] * 3 and len(set(family)) == 7 and notes == ()
