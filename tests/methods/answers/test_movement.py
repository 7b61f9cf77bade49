"""Towards whom did it move between two versions, and when is nothing said?"""

import math
from dataclasses import replace

import numpy as np
import pytest

from contract.casts import _versions, older
from filiation.methods.answers.movement import Movement
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
from filiation.numerics.pairs.movement import families_not_beyond, movement

METHOD = Movement()
CAST = _versions()


def moved(
    subject: Recording = CAST.child, old: Recording | None = None, **more: object
) -> Finding | object:
    controls = more.pop("controls", CAST.controls)
    families = more.pop("families", {})
    source = more.pop("source", CAST.source)
    return METHOD.compare_versions(
        source, (old or older(), subject), controls, families=families, seed=0
    )


def test_it_is_printed_and_never_counted_at_the_least_p_of_its_controls() -> None:
    found = moved()
    assert isinstance(found, Finding)
    assert not found.counts
    assert found.log_p == found.null.log_floor == -math.log(24)
    assert "beyond 23 of 23 controls" in found.unit


def test_who_moved_back_and_who_stood_still_is_not_said_to_have_moved() -> None:
    back = moved(older(), CAST.child)
    assert isinstance(back, Finding)
    assert back.log_p == 0.0
    still = moved(replace(older(), name="same words"))
    assert isinstance(still, Underpowered)
    assert "0 answers changed" in still.reason


def test_copies_of_one_control_do_not_lower_the_least_p() -> None:
    """Whoever names one model twenty times is not twenty witnesses."""
    one = CAST.controls[0]
    words = list(one.outputs)
    copies = []
    for n in range(20):
        words[n] = f"other{n}"
        copies.append(replace(one, name=f"copy {n}", outputs=tuple(words)))
    found = moved(controls=(*CAST.controls[:6], *copies))
    assert isinstance(found, Finding)
    assert found.null.log_floor >= -math.log(8)
    declared = moved(controls=CAST.controls, families={f"m{n}": "house" for n in range(18)})
    assert isinstance(declared, Finding)
    assert declared.null.log_floor == -math.log(7)


def test_the_older_version_and_its_relatives_are_no_controls() -> None:
    old = older()
    twin = replace(CAST.controls[0], name="twin")
    found = moved(controls=(*CAST.controls[1:], old, twin), families={"twin": "f", "older": "f"})
    assert isinstance(found, Finding)
    assert found.null.log_floor == -math.log(23)


def test_without_an_older_version_it_says_how_to_give_one() -> None:
    found = METHOD.compare(CAST.source, CAST.child, CAST.controls, seed=0)
    assert isinstance(found, Inapplicable)
    assert "--before" in found.reason


def test_fewer_than_five_controls_are_too_few() -> None:
    assert isinstance(moved(controls=CAST.controls[:4]), Underpowered)
    reach = METHOD.reach(CAST.source, CAST.child, CAST.controls[:4], families={})
    assert isinstance(reach, Underpowered)


def test_where_an_answer_is_missing_nothing_moved() -> None:
    old, new = np.array([-1, 0, 0, 0]), np.array([0, -1, 1, 1])
    others = np.array([[0, 0, -1, 1], [-1, -1, -1, 2], [3, 3, 3, 3]])
    assert movement(old, new, others)[:, :3].tolist() == [[0.0] * 3] * 3
    assert movement(old, new, others)[0, 3] == pytest.approx(math.log(4))


def test_a_family_is_passed_whole_or_not() -> None:
    p = np.array([0.001, 0.5, 0.001, 0.001])
    assert families_not_beyond(p, [7, 7, 8, 9]) == 1
    assert families_not_beyond(p, [6, 7, 8, 9]) == 1
    assert families_not_beyond(np.full(4, 0.001), [6, 7, 8, 9]) == 0


def test_no_place_gives_a_smaller_p_than_chance_would() -> None:
    """Each candidate in the source's place: at most k + 1 of n have a p of (k + 1) / n."""
    candidates = (CAST.source, *CAST.controls[:9])
    found = []
    for place, one in enumerate(candidates):
        rest = tuple(c for n, c in enumerate(candidates) if n != place)
        said = moved(CAST.stranger, source=one, controls=rest)
        assert isinstance(said, Finding)
        found.append(math.exp(said.log_p))
    for count, p in enumerate(sorted(found), start=1):
        assert p >= count / len(candidates) - 1e-9


def test_long_texts_in_which_nobody_answers_alike_are_underpowered() -> None:
    texts = [
        replace(one, outputs=tuple(f"{one.name} tells of {n} at length" for n in range(400)))
        for one in (CAST.source, older(), CAST.child, *CAST.controls)
    ]
    found = moved(texts[2], texts[1], source=texts[0], controls=tuple(texts[3:]))
    assert isinstance(found, Underpowered)
