"""The folder of an examination: written by one run, and read as files of others."""

import os
from pathlib import Path

import pytest

from filiation.casefile.folder import check_folder, staging
from filiation.errors import UnreadableError, UsageError


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


@pytest.mark.parametrize(("kind", "words"), [("link", "a link"), ("pipe", "a pipe")])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str, words: str) -> None:
    """A folder comes from another party: a pipe in it, or a link to a device, would never end."""
    target = tmp_path / "examination"
    with staging(target) as made:
        made.write("plan.json", b"{}")
    (target / "plan.json").unlink()
    if kind == "pipe":
        os.mkfifo(target / "plan.json")
    else:
        (target / "plan.json").symlink_to("/dev/null")  # as /dev/zero

    with pytest.raises(UnreadableError, match=f"{words}, expected a file"):
        check_folder(target)
