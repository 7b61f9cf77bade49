"""Last digits may differ when a record is computed again; a word, a count or more may not."""

import json
from typing import Any

import pytest

from filiation.casefile.again import Agreement, agreement

RECORD: dict[str, Any] = {
    "support": "derivation",
    "units": 224,
    "level": 0.01,
    "combined": {"log_p": -12.25},
    "layers": [{"observed": 0.125 + n / 1000, "z": 2.5, "log_p": -3.5} for n in range(100)],
    "controls": [{"subject_log_p": -1.5, "standing": "independent"}],
    "absent": None,
}


def held(change: Any) -> Agreement:
    again = json.loads(json.dumps(RECORD))
    change(again)
    return agreement(json.dumps(RECORD).encode(), json.dumps(again).encode())


def test_the_same_is_the_same() -> None:
    found = held(lambda again: None)
    assert (found.holds, found.moved, found.most) == (True, 0, 0.0)
    assert found.figures == 303


def last_digits(again: Any) -> None:
    again["layers"][3]["observed"] += 4.7e-6
    again["layers"][7]["z"] -= 0.00095
    again["combined"]["log_p"] += 1e-5
    again["controls"][0]["subject_log_p"] -= 4e-6


def test_last_digits_are_counted() -> None:
    found = held(last_digits)
    assert (found.holds, found.moved) == (True, 4)
    assert found.most == pytest.approx(0.00095)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda a: a.update(support="neither"), "support: recorded \"derivation\", computed"),
        (lambda a: a.update(units=225), "units: recorded 224, computed 225"),
        (lambda a: a.update(level=0.0102), "level: recorded 0.01"),
        (lambda a: a.update(absent=0), "absent: recorded null, computed 0"),
        (lambda a: a.update(units=True), "units: recorded 224, computed true"),
        (lambda a: a["layers"][2].update(z=2.52), r"layers[2].z: recorded 2.5, computed 2.52"),
        (lambda a: a["layers"][2].update(observed=0.1275), r"layers[2].observed: recorded"),
        (lambda a: a["combined"].update(log_p=None), "combined.log_p: recorded -12.25, computed"),
        (lambda a: a["combined"].update(log_p=-12.27), "combined.log_p: recorded -12.25"),
        (lambda a: a["layers"].pop(), "layers: recorded [{"),
        (lambda a: a.update(more=1), "all of it: recorded {"),
        (lambda a: a["controls"][0].update(standing="relative"), "controls[0].standing: "),
    ],
)  # fmt: skip
def test_anything_else_is_named(change: Any, where: str) -> None:
    found = held(change)
    assert not found.holds
    assert found.unlike.startswith(where) and len(found.unlike) < 250


def test_too_many_last_digits_are_no_rounding() -> None:
    """An opponent who moves every figure a little, each within what one may differ by."""

    def every(again: Any) -> None:
        for layer in again["layers"]:
            layer.update(observed=layer["observed"] + 1e-6, z=layer["z"] + 1e-5)

    found = held(every)
    assert found.unlike == "200 of 303 figures differ, more than last digits explain"
