"""One table for all who ask for it; what is gone keeps nothing."""

import gc
import weakref
from collections.abc import Sequence

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_once import KEPT, Once
from filiation.model.recording import Item, Recording


def recording(name: str) -> Recording:
    return Recording(name=name, items=(Item(id="q"),), outputs=("one",))


def test_the_same_recordings_in_the_same_order_are_read_once() -> None:
    one, two, three = map(recording, ("one", "two", "three"))
    table = code_answers((one, two, three))
    assert code_answers([one, two, three]) is table
    assert code_answers((one, three, two)) is not table
    assert code_answers((one, two, recording("three"))) is not table
    assert not table.codes.flags.writeable


def test_the_last_few_tables_are_kept_and_go_with_their_first_recording() -> None:
    made: list[int] = []

    def count(of: Sequence[Recording]) -> int:
        made.append(len(of))
        return len(of)

    once = Once(count)
    first, others = recording("first"), [recording(f"m{n}") for n in range(KEPT + 1)]
    for other in others:
        once.of((first, other))
    once.of((first, others[-1]))
    assert len(made) == KEPT + 1
    once.of((first, others[0]))
    assert len(made) == KEPT + 2
    gone = weakref.ref(first)
    kept = weakref.ref(others[0])
    del first, others, other
    gc.collect()
    assert gone() is None
    assert kept() is None
    assert not once._made
