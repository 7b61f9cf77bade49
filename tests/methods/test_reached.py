"""What a plan says of relatives found before is what a command has printed."""

import re
from pathlib import Path

import pytest

from filiation.methods import METHODS
from filiation.methods.reached import PAGE, figures, found_before

ROOT = Path(__file__).parents[2]
PRINTED = (ROOT / PAGE).read_text("utf-8")
STEMS = {method.id.partition("/")[0] for method in METHODS}


@pytest.mark.parametrize("row", figures()["wording"], ids=lambda row: str(row["controls"]))
def test_wording_as_printed(row: dict[str, float]) -> None:
    (line,) = re.findall(rf"^ *{row['controls']} controls: .*$", PRINTED, re.MULTILINE)
    found = re.search(r"relatives found \S+ (\S+) ", line)
    assert found is not None and float(found[1]) == row["found"]


@pytest.mark.parametrize("row", figures()["together-answers"], ids=lambda row: str(row["controls"]))
def test_together_as_printed(row: dict[str, float]) -> None:
    (line,) = re.findall(rf"^ *{row['controls']}  \d+ relatives .*$", PRINTED, re.MULTILINE)
    assert float(line.split()[-1]) == row["found"]


def test_every_study_is_of_a_method_or_of_all_together() -> None:
    assert set(figures()) <= STEMS | {"together-answers"}


def test_the_largest_study_that_fits_is_told_and_none_where_none_fits() -> None:
    told = found_before("wording/1;words=200", controls=13, items=1_000)
    assert told is not None and (told.controls, told.items) == (10, 200)
    assert found_before("wording/1", controls=13, items=199) is None
    assert found_before("wording/1", controls=4, items=999) is None
    assert found_before("structure/1", controls=999, items=999) is None
