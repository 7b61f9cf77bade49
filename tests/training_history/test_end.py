"""The last checkpoint is the exhibit itself, whatever its party says of it in a sketch."""

from dataclasses import replace

from filiation.model.training import HistoryExamined, TrainingHistory, TrainingPoint
from filiation.proceedings.histories import HeldHistory, HistoryAsked, examine_held
from training_history.walks import taken, wandering


def examined(written: bool) -> HistoryExamined:
    """A stranger's true way whose last sketch bears the digests of a copy of the source."""
    way, source = taken(wandering()), taken(wandering(seed=7)[-1:])[0]
    copy = replace(source, name="exhibit")
    if written:
        way[-1] = replace(
            way[-1], tensors=copy.tensors, tensor_digests=copy.tensor_digests,
            subject_digest=copy.subject_digest,
        )  # fmt: skip
    names = [TrainingPoint(name=f"{n}", file="", digest="", subject=one.subject_digest, step=n)
             for n, one in enumerate(way)]  # fmt: skip
    held = HeldHistory(
        history=TrainingHistory(points=tuple(names)), digest="", points=tuple(way), recipe=None,
        stamps=(b"",) * len(way),
    )  # fmt: skip
    return examine_held(held, source, copy, HistoryAsked())


def test_a_sketch_that_bears_the_digests_of_the_exhibit_does_not_stand_for_it() -> None:
    found = {one.claim: one for one in examined(written=True).claims}
    assert found["end"].why == "same-digest"
    assert (found["contact"].outcome, found["contact"].place) == ("fails", 8)
    assert found["steps"].outcome == "fails" and found["steps"].place == 8


def test_without_them_it_is_another_model() -> None:
    assert {one.claim: one.why for one in examined(written=False).claims}["end"] == "another-model"
