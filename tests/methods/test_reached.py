"""What a plan says of relatives found before is what a command has printed."""

import math
import re
from pathlib import Path

import pytest

from filiation.methods import METHODS
from filiation.methods.reached import PAGE, figures, found_before

LEAST = math.log(0.001)
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


@pytest.mark.parametrize("row", figures()["shared-errors"], ids=lambda row: str(row["items"]))
def test_shared_errors_as_printed(row: dict[str, float]) -> None:
    command = "$ python tools/validate_outputs few\n"
    head, _, *lines = PRINTED.partition(command)[2].partition("```")[0].splitlines()
    assert f"controls of {row['controls']} makers" in head
    (line,) = (line for line in lines if line.startswith(f"{row['items']:>10,} "))
    assert float(line.split()[2]) == row["found"]


def test_every_study_is_of_a_method_or_of_all_together() -> None:
    assert set(figures()) <= STEMS | {"together-answers"}


def test_the_largest_study_that_fits_is_told_and_none_where_none_fits() -> None:
    told = found_before("wording/1;words=200", LEAST, controls=13, items=1_000)
    assert told is not None and (told.controls, told.items) == (10, 200)
    assert found_before("wording/1", LEAST, controls=13, items=199) is None
    assert found_before("wording/1", LEAST, controls=4, items=999) is None
    assert found_before("structure/1", LEAST, controls=999, items=999) is None


def test_nothing_was_found_at_one_in_a_hundred_where_the_least_p_is_above_it() -> None:
    """2.7% of relatives were found with five channels; one channel alone could find none."""
    assert found_before("together-answers", math.log(1 / 21), controls=5, items=300) is None
    assert found_before("together-answers", LEAST, controls=5, items=300) is not None
