"""Groups of a log tested in this process, in others, and over Ray: the same to the byte."""

import importlib.util
from pathlib import Path

import pytest

from filiation.errors import CaseError
from filiation.examining.logs.bench import _opened
from filiation.proceedings.campaigns import examine_log
from filiation.report.campaigns import campaigns_json
from logcases import small_log

EXECUTORS = ["local:2", "ray"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_log(tmp_path_factory.mktemp("log") / "made.requests")


@pytest.mark.parametrize("executor", EXECUTORS)
def test_where_groups_are_tested_changes_no_byte(log: Path, executor: str) -> None:
    if executor == "ray" and importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed")
    here = examine_log(log)
    assert len(here.groups) > 1 and any(group.claims for group in here.groups)
    assert campaigns_json(examine_log(log, executor=executor)) == campaigns_json(here)


def test_a_worker_asks_no_other_log_than_the_one_that_was_searched(log: Path) -> None:
    with pytest.raises(CaseError, match="it was changed"):
        _opened(str(log), "0" * 64, 1, 99)
