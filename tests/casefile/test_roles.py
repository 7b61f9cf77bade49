"""Roles are laws: each attempt of a party on what is not its own, and beside it the honest way."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, OPENED, acme_joins, basel_joins, claim
from filiation.casefile import facts
from filiation.casefile.check import check_record
from filiation.casefile.documents.part import withheld
from filiation.casefile.laws.privilege import claims
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.record import Draft, Record
from filiation.errors import UsageError

CARL = Ed25519PrivateKey.from_private_bytes(b"carl" * 8)
PLAN = "ab" * 32


def carl_joins() -> Draft:
    key = CARL.public_key()
    joined = facts.Joined(party="carl", name="Carl", role="respondent", key=public_id(key))
    return Draft(verb="party", fact=joined, blobs=[("key", public_pem(key), "keys/carl.pub")])


@pytest.fixture
def case(tmp_path: Path) -> Record:
    """The lead; acme and carl, who sign; basel, who does not."""
    record = Record.create(tmp_path / "case", OPENED, LEAD, {})
    for joins in (acme_joins(), basel_joins(), carl_joins()):
        record.append(joins, "lead", LEAD)
    return record


def lawful(record: Record) -> bool:
    """Is every event believed when the case is verified? Productions here have no accounts."""
    return not [said for said in check_record(record).problems if "account" not in said]


def states(record: Record, fact: facts.Fact, who: str = "lead") -> Event:
    key = {"lead": LEAD, "acme": ACME, "carl": CARL}[who]
    return record.append(Draft(verb="test", fact=fact), who, key)


def refused(record: Record, fact: facts.Fact, who: str, why: str) -> None:
    before = record.head()
    with pytest.raises(UsageError, match=why):
        states(record, fact, who)
    assert record.head() == before
    assert lawful(record)


def exhibit(party: str, *, present: Sequence[str] = ()) -> facts.Exhibited:
    return facts.Exhibited(
        exhibit=f"disk-of-{party}", kind="files", digest="cd" * 32, offered_by=party, how="disk",
        held="referenced", files=1, size=1, stood_by=tuple(present),
    )  # fmt: skip


def mails(party: str, name: str, *, present: Sequence[str] = ()) -> facts.Produced:
    return facts.Produced(
        production=name, offered_by=party, how="server", documents=3, files=1, size=1,
        root="ef" * 32, stood_by=tuple(present),
    )  # fmt: skip


def privilege(party: str, document: str, *, waived: bool = False) -> facts.Privileged:
    return facts.Privileged(party=party, documents=(document,), ground="counsel", waived=waived)


def ruling(party: str, document: str, *, upheld: bool, ends: int | None = None) -> facts.Ruled:
    return facts.Ruled(
        party=party, documents=(document,), upheld=upheld, because="Read in camera.",
        supersedes=ends,
    )  # fmt: skip


def decision(because: str, ends: int | None = None) -> facts.Decided:
    return facts.Decided(outcome="dismiss", because=because, supersedes=ends)


@pytest.mark.parametrize("who", ["acme", "carl"])
@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (facts.Reviewed(examination=1, same_bytes=True, agrees=True, words="x"), "cannot review"),
        (facts.Opined(lineup="first", stand_out=(), words="x"), "cannot give an opinion"),
        (facts.Examined(plan=PLAN), "cannot examine"),
        (facts.Reckoned(plan=PLAN, reaches=(), controls=1, least_rank_p=0.5), "cannot reckon"),
        (facts.Reported(examination=1), "cannot issue a report"),
        (facts.Exported(party="acme", form="sub-case", size=1, root=PLAN, whole=1),
         "cannot make an export"),
        (facts.Ruled(party="acme", documents=("mail:0",), upheld=True, because="x"),
         "cannot rule on privilege"),
        (decision("It is ours."), "cannot decide"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_party_does_nothing_that_judges(
    case: Record, who: str, fact: facts.Fact, why: str
) -> None:
    refused(case, fact, who, f"{who} .*{why}")


def test_nobody_speaks_in_the_name_of_another(case: Record) -> None:
    confession = facts.Stated(kind="answer", party="basel", title="We took it.")
    refused(case, confession, "acme", "acme cannot record what basel says; only lead")
    refused(case, replace(confession, party="carl"), "acme", "carl signs for itself")
    refused(case, replace(confession, party="carl"), "lead", "carl signs for itself; lead cannot")
    refused(case, replace(confession, party="carl", stood_by=("D. Keller",)), "lead",
            "carl signs for itself")  # fmt: skip

    states(case, replace(confession, stood_by=("D. Keller, clerk",)))
    states(case, replace(confession, party="carl"), "carl")
    assert case.state().of(facts.Stated)[0].fact.stood_by == ("D. Keller, clerk",)
    assert lawful(case)


@pytest.mark.parametrize("kind", [exhibit, mails])
def test_the_lead_records_what_is_handed_over_and_who_stood_by(case: Record, kind: object) -> None:
    def offered(party: str, present: Sequence[str] = ()) -> facts.Fact:
        if kind is exhibit:
            return exhibit(party, present=present)
        return mails(party, f"of-{party}", present=present)

    refused(case, offered("carl"), "acme", "acme cannot put in what is carl's")
    refused(case, offered("basel"), "acme", "acme cannot put in what is basel's")
    refused(case, offered("carl"), "lead", "carl signs for itself .*who stood by")
    for present, why in (
        (("lead",), "expected another"),
        (("carl",), "expected another"),
        (("D. Keller", "D. Keller"), "already named"),
        ((" ",), "a name in one line"),
        (("D.\nKeller",), "a name in one line"),
        (("k" * 81,), "a name in one line"),
        (tuple("abcdefghijk"), "at most 10"),
    ):
        refused(case, offered("carl", present), "lead", why)
    refused(case, offered("acme", ("D. Keller",)), "acme", "signs for itself; nobody needs")

    states(case, offered("acme"), "acme")
    states(case, offered("basel"))  # it has no key, and could not have signed
    states(case, offered("carl", ("acme", "D. Keller")))
    assert lawful(case)


def test_nobody_commits_or_claims_privilege_for_another(case: Record) -> None:
    states(case, mails("acme", "mail"), "acme")
    refused(case, facts.Committed(by="carl", commitment=PLAN), "lead", "carl signs for itself")
    refused(case, privilege("carl", "mail:0"), "lead", "carl signs for itself")
    refused(case, privilege("carl", "mail:0"), "acme", "carl signs for itself")
    refused(case, privilege("basel", "mail:0"), "acme", "only lead, the lead, can")
    states(case, facts.Committed(by="carl", commitment=PLAN), "carl")
    states(case, privilege("basel", "mail:0"))


def test_privilege_never_withholds_a_document_from_the_one_who_put_it_in(case: Record) -> None:
    """Carl claims what acme already holds: acme keeps it, basel does not get it."""
    states(case, mails("acme", "mail"), "acme")
    states(case, privilege("carl", "mail:1"), "carl")

    assert withheld(case.state(), "acme") == {}
    assert withheld(case.state(), "carl") == {}
    assert withheld(case.state(), "basel") == {"mail": {1}}


def test_the_lead_rules_on_a_claim_and_a_further_ruling_names_the_last(case: Record) -> None:
    states(case, mails("carl", "mail"), "carl")
    refused(case, ruling("carl", "mail:0", upheld=True), "lead", "nothing to rule on")
    states(case, privilege("carl", "mail:0"), "carl")
    refused(case, ruling("carl", "mail:0", upheld=False), "carl", "only lead, the lead, can")
    refused(case, ruling("acme", "mail:0", upheld=False), "lead", "acme claims no privilege there")
    refused(case, ruling("carl", "mail:0", upheld=False, ends=1), "lead", "none before it")
    assert withheld(case.state(), "acme") == {"mail": {0}}

    first = states(case, ruling("carl", "mail:0", upheld=False)).sequence
    assert withheld(case.state(), "acme") == {}
    refused(case, privilege("carl", "mail:0"), "carl", f"event {first} ruled on the claim")
    again = ruling("carl", "mail:0", upheld=True)
    refused(case, again, "lead", f"supersedes it by name .--supersedes {first}")
    refused(case, replace(again, supersedes=first - 1), "lead", "supersedes it by name")
    second = states(case, replace(again, supersedes=first)).sequence
    assert withheld(case.state(), "acme") == {"mail": {0}}

    (claim,) = claims(case.state())["mail:0"].values()
    assert claim.ruling is not None and claim.ruling.event.sequence == second
    states(case, privilege("carl", "mail:0", waived=True), "carl")
    assert claims(case.state()) == {}
    refused(case, replace(again, supersedes=second), "lead", "nothing to rule on")
    refused(case, privilege("carl", "mail:0"), "carl", f"event {second} ruled")


def test_no_decision_without_a_claim_and_the_second_names_the_first(case: Record) -> None:
    for outcome in ("dismiss", "escalate", "need-more"):
        fact = facts.Decided(outcome=outcome, because="x")  # type: ignore[arg-type]
        refused(case, fact, "lead", "no claim is on record")
    case.append(claim(), "acme", ACME)
    refused(case, decision("Unfounded.", ends=4), "lead", "there is none before it")
    first = states(case, decision("Unfounded.")).sequence
    refused(case, decision("New letters came."), "lead", f"--supersedes {first}")
    refused(case, decision("New letters came.", ends=4), "lead", f"--supersedes {first}")
    second = states(case, decision("New letters came.", ends=first)).sequence
    refused(case, decision("A third.", ends=first), "lead", f"--supersedes {second}")
    assert lawful(case)


def test_a_case_of_the_first_edition_keeps_its_laws(tmp_path: Path) -> None:
    """What an earlier version let through is still a case; new cases cannot ask for it."""
    record = Record.create(tmp_path / "old", replace(OPENED, laws=1), LEAD, {})
    record.append(acme_joins(), "lead", LEAD)
    states(record, exhibit("acme"))
    states(record, decision("No claim came."))
    states(record, decision("None came later."))

    assert check_record(record).problems == ()
    for laws in (0, 3):
        with pytest.raises(UsageError, match="opened by another version"):
            Record.create(tmp_path / "new", replace(OPENED, laws=laws), LEAD, {})
