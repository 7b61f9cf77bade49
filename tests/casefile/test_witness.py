"""Heads that a party kept show years later whether the log only grew, or the lead signed two."""

import os
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, answer, claim
from casefile.test_heads import forget
from filiation.casefile.exchange.export import plan_export, write_export
from filiation.casefile.exchange.witness import next_line, read_witness
from filiation.casefile.heads import COUNTERSIGNED, HEAD, read_head
from filiation.casefile.ledger.merkle import leaf_hash
from filiation.casefile.record import Record
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.numerics.rng import stream
from filiation.proceedings.verifying import verify_case
from filiation.proceedings.witnessing import compare_witnesses, keep_head


@pytest.fixture
def kept(record: Record, tmp_path: Path) -> Path:
    """Three heads of a case, of 6, 7 and 9 events."""
    file = tmp_path / "acme.witness"
    keep_head(record.folder, file)
    for more in (1, 2):
        for _ in range(more):
            record.append(answer(), "lead", LEAD)
        keep_head(record.folder, file)
    return file


def another_history(record: Record, tmp_path: Path, length: int) -> Record:
    """The lead goes back to six events and signs others, on a computer of its own."""
    other = Record(shutil.copytree(record.folder, tmp_path / "other"))
    for _ in range(length):
        other.append(answer(alternative="shared-data", proposition="Shared."), "lead", LEAD)
    forget(other)
    return other


def test_a_witness_file_shows_by_itself_that_its_heads_are_one_history(
    record: Record, kept: Path
) -> None:
    found = read_witness(kept)
    assert [head.size for head in found.heads] == [6, 7, 9]
    assert (found.case, found.lead) == (record.id, "lead")

    again = keep_head(record.folder, kept)
    assert (again.new, again.heads, again.size) == (False, 3, 9)
    checked = verify_case(record.folder, witnesses=[kept])
    assert checked.problems == ()
    assert checked.compared[-1] == "the 3 heads in acme.witness"


def test_what_the_lead_has_not_signed_for_is_told(record: Record, tmp_path: Path) -> None:
    record.append(claim(title="second"), "acme", ACME)
    made = keep_head(record.folder, tmp_path / "w")
    assert (made.size, made.later) == (6, 1)


def test_a_fork_of_the_lead_shows_years_later(record: Record, tmp_path: Path) -> None:
    other = another_history(record, tmp_path, 2)
    record.append(answer(), "lead", LEAD)
    mine, theirs = tmp_path / "acme.witness", tmp_path / "basel.witness"
    keep_head(record.folder, mine)
    record.append(answer(), "lead", LEAD)
    keep_head(record.folder, mine)
    forget(record)
    keep_head(other.folder, theirs)
    forget(record)

    with pytest.raises(CaseError, match="lead signed for two different logs of 8 events"):
        compare_witnesses(mine, theirs)
    problems = verify_case(other.folder, witnesses=[mine]).problems
    assert [said.partition(" at ")[0] for said in problems] == [
        "acme.witness: lead signed for other first 7 events",
        "acme.witness: lead signed for other first 8 events",
    ]
    with pytest.raises(CaseError, match="lead signed for other first 7 events"):
        keep_head(other.folder, mine)
    assert len(read_witness(mine).heads) == 2


def test_an_earlier_copy_shows_against_a_witness_file(record: Record, tmp_path: Path) -> None:
    earlier = Path(shutil.copytree(record.folder, tmp_path / "earlier"))
    record.append(answer(), "lead", LEAD)
    keep_head(record.folder, tmp_path / "w")
    forget(record)

    (said,) = verify_case(earlier, witnesses=[tmp_path / "w"]).problems
    assert "lead signed for 7 events" in said and "the log has 6; it was truncated" in said


def test_files_that_never_met_say_that_nothing_was_compared(
    record: Record, tmp_path: Path, kept: Path
) -> None:
    record.append(answer(), "lead", LEAD)
    keep_head(record.folder, tmp_path / "late")
    _, _, met = compare_witnesses(kept, tmp_path / "late")
    assert not met
    _, _, met = compare_witnesses(kept, kept)
    assert met


def test_an_export_is_witnessed_and_held_against_what_was_seen(
    record: Record, tmp_path: Path
) -> None:
    """Basel has exports alone; the second one continues the first, or that shows."""
    other = another_history(record, tmp_path, 3)
    for name, case in (("one", record), ("forked", other)):
        write_export(case, plan_export(case, "basel", LEAD), tmp_path / name)
    forget(record)
    record.append(answer(), "lead", LEAD)
    write_export(record, plan_export(record, "basel", LEAD), tmp_path / "two")
    forget(record)
    file = tmp_path / "basel.witness"

    assert verify_case(tmp_path / "one").compared == ()
    keep_head(tmp_path / "one", file)
    keep_head(tmp_path / "two", file)
    assert verify_case(tmp_path / "two", witnesses=[file]).compared == (
        "the 7 events of it that this computer saw before", "the 2 heads in basel.witness",
    )  # fmt: skip
    with pytest.raises(CaseError, match="event 6 is not the one that this computer saw"):
        verify_case(tmp_path / "forked")
    assert verify_case(tmp_path / "one").compared == (  # earlier, and a part of what was seen
        "the 6 events of it that this computer saw before",
    )
    forget(record)
    with pytest.raises(CaseError, match="lead signed for other first 7 events"):
        verify_case(tmp_path / "forked", witnesses=[file])
    with pytest.raises(CaseError, match="head kept elsewhere names 9; the log was truncated"):
        verify_case(tmp_path / "two", head=f"9:{'0' * 64}")


def test_an_export_that_a_party_signed_is_refused(record: Record, tmp_path: Path) -> None:
    """Acme cuts the log and makes an export of what is left, with its own key."""
    write_export(record, plan_export(record, "basel", ACME), tmp_path / "sub")
    with pytest.raises(CaseError, match="not signed by lead, the lead"):
        verify_case(tmp_path / "sub")


def test_every_flipped_bit_of_a_witness_file_is_found(kept: Path) -> None:
    """But for the name of the lead, which its key stands for."""
    whole, genuine = kept.read_bytes(), read_witness(kept).key
    rng = stream(0, "flips", "witness")
    for place in rng.choice(len(whole), size=200, replace=False):
        raw = bytearray(whole)
        raw[place] ^= 1 << int(rng.integers(7))
        kept.write_bytes(raw)
        try:
            found = read_witness(kept)
        except FiliationError:
            continue
        assert (found.lead, found.key) != ("lead", genuine), (place, raw[place])


def test_heads_of_others_and_of_other_cases_do_not_enter(
    record: Record, tmp_path: Path, kept: Path
) -> None:
    lines = kept.read_bytes().splitlines(keepends=True)
    record.append(claim(title="second"), "acme", ACME)
    leaves = [leaf_hash(raw) for _, raw in record.rows()]
    acmes = (record.folder / HEAD).read_bytes()
    acmes_line = next_line(acmes, leaves, read_witness(kept).heads[-1])
    for altered, said in (
        ([*lines, acmes_line], "not a head that the lead signed"),
        ([lines[0], lines[2], lines[1]], "does not continue"),
        ([lines[0], *lines[2:1:-1], lines[1]], "does not continue"),
        ([lines[0]], "holds no head"),
        ([lines[0].replace(record.id.encode(), b"0" * 32), *lines[1:]], "the head of another case"),
        ([b"{}\n"], "not a witness file"),
        ([], "not a witness file"),
        ([lines[0].replace(b'"schema_version":1', b'"schema_version":2'), *lines[1:]], "schema 2"),
    ):  # fmt: skip
        kept.write_bytes(b"".join(altered))
        with pytest.raises(CaseError, match=said):
            read_witness(kept)
    other = tmp_path / "nowhere"
    with pytest.raises(CaseError, match="cannot be read"):
        read_witness(other)


def test_an_altered_case_is_not_witnessed(record: Record, tmp_path: Path) -> None:
    (record.folder / COUNTERSIGNED).unlink()
    with pytest.raises(CaseError, match=r"countersigned\.json"):
        keep_head(record.folder, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_witness_file_of_another_case_says_nothing(record: Record, tmp_path: Path) -> None:
    from casefile.records import OPENED

    other = Record.create(tmp_path / "second", OPENED, Ed25519PrivateKey.generate(), {})
    keep_head(other.folder, tmp_path / "w")
    with pytest.raises(CaseError, match="it says nothing of it"):
        verify_case(record.folder, witnesses=[tmp_path / "w"])
    with pytest.raises(UsageError, match="expected SIZE:ROOT"):
        verify_case(record.folder, head="x")


def test_a_pipe_in_place_of_a_witness_file_or_a_head_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read in (read_witness, read_head):
        with pytest.raises(CaseError, match="a pipe, expected a file; it was not read"):
            read(tmp_path / "pipe")
