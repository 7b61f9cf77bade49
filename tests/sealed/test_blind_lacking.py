"""A file that was announced and not handed over: the tribunal signs which, and of nothing else."""

from pathlib import Path

import pytest

from cli.case.test_session_question import brought
from filiation.errors import UsageError
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.lacking import lacks_of
from filiation.proceedings.blind.steps import abort, take


def test_what_was_announced_and_not_handed_over_is_signed(tmp_path: Path) -> None:
    parties = brought(tmp_path)
    folder = parties.folder("tribunal")
    with parties.at("tribunal"):
        with pytest.raises(UsageError, match="nothing that the claimant announced"):
            lacks_of(folder, "claimant")
        kept = (folder / "received/claimant.opening").read_bytes()
        (folder / "received/claimant.opening").unlink()
        with pytest.raises(UsageError, match="nothing that the respondent announced"):
            lacks_of(folder, "respondent")
        reason = lacks_of(folder, "claimant")
        room = opened_room(folder)
        said = room.session.says("open", "claimant")
        assert said is not None
        assert reason.startswith("The claimant's opening was announced and not handed over: ")
        assert reason.endswith(f"says that its SHA-256 is {said['opening']}.")
        assert "message 8 (open)" in reason and reason.count("announced") == 1
        (folder / "received/claimant.raise").unlink()
        both = lacks_of(folder, "claimant")
        assert "claimant's raise was announced" in both and both.endswith(reason)
        abort(folder, reason)
    parties.deliver()
    session = opened_room(parties.folder("claimant")).session
    assert session.aborted is not None and session.aborted.sender == "tribunal"
    assert session.aborted.body["reason"] == reason
    (tmp_path / "late").write_bytes(kept)
    with parties.at("tribunal"):  # whoever has the file can still show that it is the one
        assert take(folder, [tmp_path / "late"]).taken == ("opening, claimant",)


def test_only_a_tribunal_and_only_of_a_side(tmp_path: Path) -> None:
    parties = brought(tmp_path, steps=1)
    with pytest.raises(UsageError, match="is the claimant's; the tribunal gets both"):
        lacks_of(parties.folder("claimant"), "respondent")
    with pytest.raises(UsageError, match="expected claimant or respondent"):
        lacks_of(parties.folder("tribunal"), "tribunal")
    with pytest.raises(UsageError, match="nothing that the claimant announced"):
        lacks_of(parties.folder("tribunal"), "claimant")
