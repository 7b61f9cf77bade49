"""What amending a plan cannot buy, and who may fix one at all."""

import hashlib
import json
import math
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, OPENED, acme_joins
from filiation.casefile import facts
from filiation.casefile.check import check_record
from filiation.casefile.record import Draft, Record
from filiation.errors import UsageError

LEVEL = 1e-6


def kind_of(name: str) -> str:
    return "answers" if "answers" in name else "weights"


@pytest.fixture
def case(tmp_path: Path) -> Record:
    """A claimant, and two models and two recordings that it put in."""
    record = Record.create(tmp_path / "case", OPENED, LEAD, {"title": OPENED.title})
    record.append(acme_joins(), "lead", LEAD)
    for name in ("theirs", "ours", "their answers", "our answers"):
        fact = facts.Exhibited(
            exhibit=name,
            kind=kind_of(name),
            digest=hashlib.sha256(name.encode()).hexdigest(),
            offered_by="acme",
            how="download",
            held="referenced",
            files=1,
            size=1,
        )
        record.append(Draft(verb="add", fact=fact), "acme", ACME)
    return record


def plan(
    record: Record,
    *,
    seed: int = 7,
    level: float = LEVEL,
    because: str = "",
    subject: str = "theirs",
    says: dict[str, object] | None = None,
    who: tuple[str, Ed25519PrivateKey] = ("lead", LEAD),
) -> str:
    """Fix a plan; `says` is what its bytes hold, if it is not what the event says."""
    number = len(record.state().of(facts.Planned))
    kind = kind_of(subject)
    held = {"seed": seed, "level": level, **(says or {})}
    questions = [{"kind": kind, "level": held["level"]}]
    raw = json.dumps({"seed": held["seed"], "questions": questions, "number": number}).encode()
    fact = facts.Planned(
        digest=hashlib.sha256(raw).hexdigest(),
        seed=seed,
        levels=((kind, level),),
        subject=(subject,),
        source=("ours" if subject == "theirs" else "our answers",),
        controls=(),
        because=because,
    )
    record.append(Draft(verb="plan", fact=fact, blobs=[("plan", raw, "")]), *who)
    return fact.digest


def examine(record: Record, who: tuple[str, Ed25519PrivateKey] = ("lead", LEAD)) -> None:
    fact = facts.Examined(plan=record.state().plan.fact.digest)
    record.append(Draft(verb="examine", fact=fact), *who)


def test_a_party_with_a_side_neither_plans_nor_examines(case: Record) -> None:
    with pytest.raises(UsageError, match="acme is claimant and cannot fix a plan; only the lead"):
        plan(case, who=("acme", ACME))
    digest = plan(case)
    reckoned = facts.Reckoned(plan=digest, reaches=(), controls=0, least_rank_p=1.0)
    drawn = facts.Drawn(
        lineup="x", source="ours", codes=("A", "B"), commitment="", description="", plan=digest
    )
    for fact, what in (
        (facts.Examined(plan=digest), "examine"),
        (reckoned, "reckon"),
        (drawn, "draw a line-up"),
    ):
        with pytest.raises(UsageError, match=f"acme is claimant and cannot {what}"):
            case.append(Draft(verb="x", fact=fact), "acme", ACME)
    assert len(case.state().of(facts.Examined)) == 0


def test_fifty_seeds_cannot_be_tried_in_a_case(case: Record) -> None:
    plan(case)
    examine(case)
    for seed in range(50):
        if seed != 7:
            with pytest.raises(UsageError, match=f"seed is {seed}, the first plan .* fixed 7"):
                plan(case, seed=seed, level=LEVEL / 4, because="Another seed.")
    assert len(case.state().of(facts.Planned)) == 1


def test_a_plan_that_was_not_carried_out_costs_nothing(case: Record) -> None:
    plan(case)
    plan(case, because="A control was missing.")
    examine(case)
    examine(case)  # the same plan once more: the same bytes, no second look

    wanted = r"level for weights is 1e-06, expected at most 2.5e-07 after 1 plans"
    with pytest.raises(UsageError, match=wanted):
        plan(case, because="Again.")
    plan(case, level=LEVEL / 4, because="Again.")


def test_however_often_it_is_amended_the_levels_add_up_to_less_than_twice_the_first(
    case: Record,
) -> None:
    spent = []
    for look in range(12):
        left = case.state().level_left("weights")
        level = LEVEL if left is None else left
        if look:
            with pytest.raises(UsageError, match="smaller share of the level"):
                plan(case, level=level * 1.001, because="More.")
        plan(case, level=level, because=f"Choice {look}." if look else "")
        examine(case)
        spent.append(level)

    assert spent[0] == LEVEL
    assert math.fsum(spent) < LEVEL * math.pi**2 / 6
    assert check_record(case).problems == ()


def test_outputs_have_a_level_of_their_own(case: Record) -> None:
    plan(case)
    examine(case)
    plan(case, subject="their answers", level=0.01, because="Outputs as well.")
    examine(case)

    with pytest.raises(UsageError, match=r"expected at most 0\.0025 after 1 plans"):
        plan(case, subject="their answers", level=0.01, because="Once more.")


@pytest.mark.parametrize("says", [{"seed": 8}, {"level": 1e-3}, {"level": None}])
def test_an_event_that_says_another_thing_than_its_plan_is_named(
    case: Record, says: dict[str, object]
) -> None:
    plan(case, says=says)
    (problem,) = check_record(case).problems

    found = "seed is 8" if "seed" in says else f"levels is {{'weights': {says['level']}}}"
    assert problem.startswith(f"event 6: its plan: {found}, the event says")


def test_a_plan_without_a_level_is_named(case: Record) -> None:
    raw = b'{"seed": 7}'
    fact = facts.Planned(
        digest=hashlib.sha256(raw).hexdigest(), seed=7, levels=(("weights", LEVEL),),
        subject=("theirs",), source=("ours",), controls=(),
    )  # fmt: skip
    case.append(Draft(verb="plan", fact=fact, blobs=[("plan", raw, "")]), "lead", LEAD)

    (problem,) = check_record(case).problems
    assert "not a plan" in problem
