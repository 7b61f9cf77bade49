"""Two examinations that write to one folder: the first is kept, the second says so."""

from pathlib import Path

import pytest

from filiation.casefile.folder import staging
from filiation.errors import UsageError


def test_what_another_run_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "examination"
    with (
        pytest.raises(UsageError, match="another run may have written it meanwhile"),
        staging(target) as slower,
    ):
        slower.write("plan.json", b"{}")
        with staging(target) as faster:
            faster.write("plan.json", b"[]")

    assert (target / "plan.json").read_bytes() == b"[]"
    assert [path.name for path in tmp_path.iterdir()] == ["examination"]
