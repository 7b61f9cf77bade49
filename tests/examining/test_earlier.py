"""An older version that was asked something else takes away only what needs it."""

from dataclasses import replace

from examining.test_asked_again import STRANGERS, pair
from filiation.examining.answers.earlier import readied
from filiation.methods.answers.movement import Movement


def test_an_older_version_that_was_asked_otherwise_is_compared_by_nobody() -> None:
    items = tuple(replace(item, prompt=f"Else {item.id}?") for item in STRANGERS[1].items)
    asked = pair(STRANGERS)
    plan = replace(asked.plan, methods=(*asked.plan.methods, Movement().id))
    older = replace(STRANGERS[1], name="older", items=items)
    found = readied(replace(asked, plan=plan, earlier=older))

    assert found.unreadable == ""
    (absent,) = found.absent
    assert absent.method == Movement().id
    assert absent.reason.startswith("the older version cannot be compared: 300 of 300 items")
