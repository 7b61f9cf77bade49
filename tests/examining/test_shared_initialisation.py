"""A shared initialisation is told from a shared training by the part that is kept."""

import numpy as np
import pytest

import toys
from filiation.examining.weights.kinship.contact import find_contact
from filiation.examining.weights.kinship.initial import PartKept, only_initial, part_kept
from filiation.examining.weights.relation import relate

BIG = {"units": 96, "width": 64}


def kept(source: toys.Toy, subject: toys.Toy) -> tuple[PartKept | None, PartKept | None]:
    contact = find_contact(toys.sketch(source), toys.sketch(subject), seed=0)
    assert contact is not None
    return part_kept(contact), only_initial(contact)


@pytest.mark.parametrize("drift", [0.8, 1.0])
def test_two_trainings_from_one_initialisation(drift: float) -> None:
    """Each is the initialisation and a drift of its own: both keep 1 / (1 + drift^2)."""
    start = toys.born(1, **BIG)
    a, b = toys.tuned(start, 2, drift), toys.tuned(start, 3, drift)
    part, initial = kept(a, b)
    assert part is not None and initial == part
    expected = 1 / (1 + drift**2)
    assert part.in_subject == pytest.approx(expected, abs=0.06)
    assert part.in_source == pytest.approx(expected, abs=0.06)
    relation = relate(toys.sketch(a), toys.sketch(b), supported=True, seed=0)
    assert relation.kind == "shared-initialisation"
    assert relation.direction == "not-determined" and relation.in_common != "training"


@pytest.mark.parametrize("drift", [0.3, 1.0, 1.5])
def test_a_child_keeps_its_parent_whole_however_far_it_went(drift: float) -> None:
    parent = toys.born(1, **BIG)
    part, initial = kept(parent, toys.tuned(parent, 2, drift))
    assert initial is None and part is not None
    assert part.in_subject == pytest.approx(1.0, abs=0.06)
    assert part.in_source == pytest.approx(1 / (1 + drift**2), abs=0.06)


def test_siblings_keep_the_parent(drift: float = 0.3) -> None:
    parent = toys.born(1, **BIG)
    part, initial = kept(toys.tuned(parent, 2, drift), toys.tuned(parent, 3, drift))
    assert initial is None and part is not None and part.smaller > 0.85


def test_siblings_that_went_as_far_as_a_training_cannot_be_told_apart() -> None:
    """The limit that the page states: they are the very same arithmetic."""
    parent = toys.born(1, **BIG)
    assert kept(toys.tuned(parent, 2, 1.0), toys.tuned(parent, 3, 1.0))[1] is not None


def test_the_lesser_part_of_a_merge_is_no_initialisation() -> None:
    one, two = toys.born(1, **BIG), toys.born(2, **BIG)
    mixed = {n: (0.7 * one.arrays[n] + 0.3 * two.arrays[n]).astype(np.float32) for n in one.arrays}
    part, initial = kept(two, toys.changed(two, "mixed", mixed))
    assert initial is None and part is not None
    assert part.in_subject == pytest.approx(0.3, abs=0.06)


def test_where_a_layer_touches_nothing_it_is_not_said() -> None:
    start = toys.born(1, **BIG)
    a, b = toys.tuned(start, 2, 1.0), toys.tuned(start, 3, 1.0)
    fresh = toys.born(9, **BIG).arrays
    partly = {n: v for n, v in fresh.items() if n.startswith("layers.0.")}
    assert kept(a, toys.changed(b, "partly", partly))[1] is None


def test_in_the_token_frame_it_is_not_said() -> None:
    """Units are seen through embeddings that drifted as well: less seems kept than was."""
    start = toys.born(1, **BIG)
    a, b = toys.tuned(start, 2, 0.8), toys.rotated(toys.tuned(start, 3, 0.8), 5)
    contact = find_contact(toys.sketch(a), toys.sketch(b), seed=0)
    assert contact is not None and contact.frame == "token"
    assert only_initial(contact) is None
