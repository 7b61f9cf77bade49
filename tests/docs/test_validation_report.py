"""The committed validation report was judged by the criteria there are, or it is stale."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.errors import UnreadableError
from filiation.model.validation import Validation
from filiation.populations.criteria import DEFAULT, read_criteria
from filiation.readers.populations.validation import read_validation
from filiation.report.validation import as_html, as_json, as_markdown, summary
from filiation.report.wording import forbidden

PUBLISHED = Path(__file__).parents[2] / "docs" / "validation"
AGAIN = "the criteria changed; run `make release-report`"


@pytest.fixture(scope="module")
def report() -> Validation:
    return read_validation(PUBLISHED / "report.json")


def test_it_was_judged_by_the_criteria_there_are(report: Validation) -> None:
    criteria, digest = read_criteria(DEFAULT)
    assert report.criteria_digest == digest == hashlib.sha256(DEFAULT.read_bytes()).hexdigest(), (
        AGAIN
    )
    assert [verdict.criterion for verdict in report.verdicts] == list(criteria), AGAIN


def test_nothing_was_left_unjudged_without_a_reason(report: Validation) -> None:
    idle = [v.criterion.id for v in report.verdicts if v.passed is None and not v.criterion.idle]
    assert idle == [], f"nothing to judge, and no reason: {', '.join(idle)}"


def test_page_and_figures_are_of_one_study(report: Validation) -> None:
    assert (PUBLISHED / "validation.md").read_text() == as_markdown(report), AGAIN
    assert (PUBLISHED / "report.json").read_bytes() == as_json(report)
    assert (PUBLISHED / "report.json").stat().st_size <= 3 << 19


def test_it_claims_no_more_than_was_shown(report: Validation) -> None:
    for line in as_markdown(report).splitlines():
        assert not forbidden(line), line


def test_names_from_a_foreign_file_do_no_harm(report: Validation) -> None:
    hostile = "<script>alert(1)</script> | \x1b[31m\u202e"
    (first, *rest) = report.detections
    spoken = replace(
        report, population=hostile, detections=(replace(first, operation=hostile), *rest)
    )
    page = as_html(spoken).decode()
    assert "<script" not in page and "\x1b" not in page and "\u202e" not in page
    for shown in (as_markdown(spoken), summary(spoken)):
        assert "\x1b" not in shown and "\u202e" not in shown
    assert "&lt;script>alert(1)&lt;/script> \\|" in as_markdown(spoken)


def test_failures_are_those_of_the_verdicts(report: Validation) -> None:
    failed = [v.criterion.id for v in report.verdicts if v.passed is False]
    assert list(report.failed) == failed
    assert len(report.digest) == 64 and report.date and report.seed >= 0


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_validation(path)
    path.write_text('{"population": 3}')
    with pytest.raises(UnreadableError, match="not a validation report"):
        read_validation(path)
