"""A source's digest is dated by others than the party that claims it, or not at all."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, small_case
from cli.case.walk import authority, stamped
from filiation.casefile import facts
from filiation.casefile.check import check_record
from filiation.casefile.dated import Token, dated_again, dated_sources
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.record import Draft, Record
from filiation.casefile.stamp import head_message, material_message, request_stamp
from filiation.casefile.state import Entry
from filiation.errors import CaseError, UsageError
from filiation.model.plan import Dated

pytest.importorskip("rfc3161_client")

DIGEST = "ab" * 32
TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=1)


def exhibited(record: Record, *, by: str = "acme", digest: str = DIGEST) -> Record:
    fact = facts.Exhibited(
        exhibit="ours", kind="weights", digest=digest, offered_by="acme", how="disk",
        held="referenced", files=1, size=1, stood_by=() if by == "acme" else ("D. Keller",),
    )  # fmt: skip
    draft = Draft(verb="add", fact=fact, blobs=[("material", b"kept", "")])
    record.append(draft, by, ACME if by == "acme" else LEAD)
    return record


def lead_speaks(record: Record) -> None:
    fact = facts.Stopped(on=date(2026, 3, 20), because="A disk was promised.")
    record.append(Draft(verb="clock", fact=facts.Resumed(on=date(2026, 3, 10))), "lead", LEAD)
    record.append(Draft(verb="clock", fact=fact), "lead", LEAD)


def dated(record: Record, available: date = LATER, **more: Any) -> Dated:
    found = dated_sources(
        record.id, record.state(), ("ours",), available, kept=record.objects.get, **more
    )
    return found["weights"]


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    return authority(tmp_path / "authority")


def token(trusted: Path, message: bytes) -> Token:
    (trusted / "q").write_bytes(request_stamp(message))
    stamped(trusted, trusted / "q", trusted / "r")
    return Token(response=(trusted / "r").read_bytes(), roots=(trusted / "ca.pem").read_bytes())


def test_a_partys_own_event_dates_nothing(tmp_path: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"))

    with pytest.raises(UsageError, match="nothing dates it but acme's own word"):
        dated(record)


def test_an_ally_in_the_same_role_dates_nothing(tmp_path: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"), by="acme")
    key = Ed25519PrivateKey.from_private_bytes(b"ally" * 8)
    ally = facts.Joined(party="ally", name="Ally", role="claimant", key=public_id(key.public_key()))
    before = len(record.rows())
    blobs = [("key", public_pem(key.public_key()), "keys/ally.pub")]
    record.append(Draft(verb="party", fact=ally, blobs=blobs), "lead", LEAD)
    speaks = facts.Stated(kind="submission", party="ally", title="letter")
    record.append(Draft(verb="submit", fact=speaks, blobs=[("text", b"x", "")]), "ally", key)
    state = record.state()

    assert dated(record).event == before  # the lead's, who let the ally in
    state.events[before] = replace(state.events[before], actor="acme")
    with pytest.raises(UsageError, match="own word"):
        dated_sources(record.id, state, ("ours",), LATER, kept=record.objects.get)


def test_what_came_after_the_plan_dates_nothing_for_it(tmp_path: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"))
    placed = len(record.rows()) - 1
    lead_speaks(record)
    said = {"subject_available": LATER.isoformat()}
    event = replace(record.state().events[placed + 1], writes=())
    fact = facts.Planned(digest="", subject=(), source=("ours",), controls=(), seed=0, levels=())
    plan = {"questions": [{"kind": "weights", "source_dated": said}]}

    with pytest.raises(UsageError, match="own word"):
        dated_again(
            record.id, record.state(), Entry(event=event, fact=fact), plan,
            kept=record.objects.get,
        )  # fmt: skip


def test_an_event_of_another_role_dates_what_came_before(tmp_path: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"))
    placed = len(record.rows()) - 1
    lead_speaks(record)
    found = dated(record)

    assert (found.by, found.event, found.digest) == ("countersigned", placed + 1, DIGEST)
    with pytest.raises(UsageError, match="own word"):
        dated(record, before=placed + 1)  # as the plan was fixed, nothing dated it


def test_what_the_lead_recorded_is_dated_by_that(tmp_path: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"), by="lead")

    assert dated(record).event == len(record.rows()) - 1


def test_a_date_after_the_subject_was_there_is_refused(tmp_path: Path, trusted: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"))
    lead_speaks(record)

    for more in ({}, {"token": token(trusted, material_message(DIGEST))}):
        with pytest.raises(UsageError, match="no earlier could have been chosen"):
            dated(record, TODAY, **more)


def test_a_stamp_over_the_digest_dates_it(tmp_path: Path, trusted: Path) -> None:
    record = exhibited(small_case(tmp_path / "case"))
    found = dated(record, token=token(trusted, material_message(DIGEST)))

    assert found.by == "stamp"
    assert datetime.fromisoformat(found.time).date() == TODAY


@pytest.mark.parametrize(
    "message", [material_message("cd" * 32), b"anything", head_message("other", 3, DIGEST)]
)
def test_a_stamp_of_another_digest_is_refused(
    tmp_path: Path, trusted: Path, message: bytes
) -> None:
    record = exhibited(small_case(tmp_path / "case"))

    with pytest.raises(CaseError, match="not a stamp of this head or digest"):
        dated(record, token=token(trusted, message))


@pytest.mark.parametrize(("actor", "held"), [("acme", False), ("lead", True)])
def test_a_stamped_head_counts_if_a_neutral_party_brought_it(
    tmp_path: Path, trusted: Path, actor: str, held: bool
) -> None:
    """Whoever brings the root certificate could be the authority himself."""
    record = exhibited(small_case(tmp_path / "case"))
    size, root = record.head()
    found = token(trusted, head_message(record.id, size, root))
    fact = facts.Stamped(size=size, root=root, time=datetime.now(UTC).isoformat(), authority="x")
    blobs = [("token", found.response, ""), ("roots", found.roots, "")]
    draft = Draft(verb="stamp import", fact=fact, blobs=blobs)
    record.append(draft, actor, ACME if actor == "acme" else LEAD)

    if held:
        assert dated(record).by in ("stamped-head", "countersigned")
    else:
        with pytest.raises(UsageError, match="own word"):
            dated(record)


def planned(record: Record, said: dict[str, Any] | None) -> None:
    """A plan whose bytes say so, as a forger could write and sign them."""
    asked = {"kind": "weights", "level": 1e-6, "source_dated": said}
    raw = json.dumps({"seed": 0, "questions": [asked]}).encode()
    fact = facts.Planned(
        digest="ef" * 32, subject=("theirs",), source=("ours",), controls=(), seed=0,
        levels=(("weights", 1e-6),),
    )  # fmt: skip
    record.append(Draft(verb="plan", fact=fact, blobs=[("plan", raw, "")]), "lead", LEAD)


def test_verify_finds_a_date_that_the_case_does_not_show(tmp_path: Path) -> None:
    true = small_case(tmp_path / "case")
    exhibited(true)
    theirs = facts.Exhibited(
        exhibit="theirs", kind="weights", digest="cd" * 32, offered_by="basel", how="disk",
        held="referenced", files=1, size=1,
    )  # fmt: skip
    true.append(Draft(verb="add", fact=theirs, blobs=[("material", b"other", "")]), "lead", LEAD)
    shown = dated(true)
    said = {
        "digest": shown.digest, "time": shown.time, "by": shown.by, "event": shown.event,
        "subject_available": shown.subject_available.isoformat(),
    }  # fmt: skip
    early = {**said, "time": "2020-01-01T00:00:00+00:00"}
    planned(true, said)

    assert [p for p in check_record(true).problems if "date" in p] == []
    for number, forged in enumerate((early, {**said, "digest": "cd" * 32}, {**said, "event": 1})):
        other = small_case(tmp_path / f"other-{number}")
        exhibited(other, by="acme")
        other.append(Draft(verb="add", fact=theirs, blobs=[("material", b"o", "")]), "lead", LEAD)
        planned(other, forged)
        assert any("dates is" in problem for problem in check_record(other).problems)


def test_the_law_of_the_date_itself() -> None:
    good = Dated(
        digest=DIGEST, time="2026-01-01T00:00:00+00:00", by="stamp", event=1,
        subject_available=date(2026, 1, 2),
    )  # fmt: skip
    for change in (
        {"time": "2026-01-02T00:00:01+00:00"},
        {"time": "2026-01-01T23:30:00-01:00"},
        {"time": "yesterday"},
        {"time": "2026-01-01T00:00:00"},
    ):
        with pytest.raises(UsageError):
            replace(good, **change)  # type: ignore[arg-type]
