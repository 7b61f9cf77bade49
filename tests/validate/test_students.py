"""Students of the casebook's parent against same-data strangers, on their recorded answers."""

import math

import pytest

from filiation.methods.outputs.shared_errors import SharedErrors
from filiation.methods.outputs.wording import Wording
from filiation.model.finding import Finding

pytestmark = [pytest.mark.validate, pytest.mark.filterwarnings("ignore")]  # transformers' own


@pytest.fixture(scope="module")
def heard() -> dict[str, dict[str, object]]:
    pytest.importorskip("transformers")
    from validate_outputs import students

    return students.recordings()  # type: ignore[return-value]


@pytest.mark.parametrize("stranger", ["stranger-2", "stranger-3", "stranger-4", "stranger-5"])
def test_a_stranger_of_the_same_data_is_not_accused(heard, stranger: str) -> None:  # type: ignore[no-untyped-def]
    from validate_outputs import students

    for method, battery in ((SharedErrors(), "short"), (Wording(), "long")):
        found = students.finding(method, heard[battery], "parent", stranger)
        assert isinstance(found, Finding)
        assert found.log_p > math.log(0.01)
