"""Students of the casebook's parent against same-data strangers, on their recorded answers."""

import math
from collections.abc import Mapping

import pytest

from filiation.methods import Method
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.wording import Wording
from filiation.model.finding import Finding
from filiation.model.recording import Recording

pytestmark = [pytest.mark.validate, pytest.mark.filterwarnings("ignore")]  # transformers' own
STRANGERS = ("stranger-2", "stranger-3", "stranger-4", "stranger-5")
METHODS: tuple[tuple[Method, str], ...] = ((SharedErrors(), "short"), (Wording(), "long"))


@pytest.fixture(scope="module")
def heard() -> Mapping[str, Mapping[str, Recording]]:
    pytest.importorskip("transformers")
    from validate_outputs import students

    return students.recordings()


@pytest.mark.parametrize(("method", "battery"), METHODS)
def test_distilled_stands_out_and_strangers_do_not(
    heard: Mapping[str, Mapping[str, Recording]], method: Method, battery: str
) -> None:
    from validate_outputs.students import finding

    heights = {}
    for subject in (*STRANGERS, "distilled"):
        found = finding(method, heard[battery], "parent", subject)
        assert isinstance(found, Finding)
        heights[subject] = next(place.z for place in found.lineup if place.who == "subject")
        if subject in STRANGERS:
            assert found.log_p > math.log(0.01)
    assert heights["distilled"] > max(heights[stranger] for stranger in STRANGERS)
