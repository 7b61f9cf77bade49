"""Examine a provider's log: fix a plan, look for groups of accounts, and say what may be said."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.examining.logs.bench import Elsewhere
from filiation.examining.logs.campaigns import campaigns
from filiation.files import opened, put
from filiation.libraries.executor import executor_named
from filiation.model.campaigns import LEVEL, MOST, CampaignPlan, Campaigns, seed_of
from filiation.proceedings.naming import free
from filiation.proceedings.progress import Step, no_step
from filiation.readers.logs.kept import open_log

__all__ = ["examine_log", "plan_log"]

LARGEST: Final = 1 << 16
FIELDS: Final = ("log", "level", "seed", "most", "draws", "method")


def plan_log(
    log: Path, out: Path, *, level: float | None = None, most: int | None = None, later: str = ""
) -> CampaignPlan:
    """Write the plan of an examination before the log is looked at.

    Args:
        log: A reduced log.
        out: The plan.
        level: False discovery rate; by default the usual.
        most: Groups that are tested, likewise.
        later: What others fixed after they had the log's digest, if anything.

    Raises:
        UsageError: A level or a later value that is none, or `out` exists.
        UnreadableError: No reduced log.
    """
    free(out)
    digest = open_log(log).digest
    seed = seed_of(digest, later)
    plan = replace(_usual(digest, level, most), seed=seed, later=later)
    fields = {name: getattr(plan, name) for name in FIELDS} | {"sha256": plan.digest}
    fields |= {"later": later} if later else {}
    put(out, json.dumps(fields, sort_keys=True, indent=1).encode() + b"\n")
    return plan


def examine_log(
    log: Path, plan: Path | None = None, *, level: float | None = None, most: int | None = None,
    step: Step = no_step, executor: str = "",
) -> Campaigns:  # fmt: skip
    """Which groups of accounts act as one?

    Args:
        log: A reduced log.
        plan: What `plan_log` wrote; without one the usual plan is made, its seed from the log.
        level: False discovery rate; a plan has its own, and without one the usual is meant.
        most: Groups that are tested, likewise.
        step: Told what is being done.
        executor: Where groups are tested, as `executor_named` reads it; by default here.

    Raises:
        UsageError: A level that is none, a level or number beside a plan, or no such executor.
        UnreadableError: The log or the plan is damaged.
        CaseError: The plan is of another log, or of another version of the method.
    """
    if plan is not None and (level is not None or most is not None):
        raise UsageError(
            f"{plan}: the plan fixes level and number of groups, expected no other beside it; who "
            "wants others plans again, before anything is looked at"
        )
    found = open_log(log)
    away = Elsewhere(log=log, run=executor_named(executor).run) if executor else None
    if plan is not None:
        return campaigns(found, _read_plan(plan), step=step, elsewhere=away)
    fixed = replace(_usual(found.digest, level, most), seed=seed_of(found.digest))
    return campaigns(found, fixed, planned=False, step=step, elsewhere=away)


def _usual(digest: str, level: float | None, most: int | None) -> CampaignPlan:
    """A plan with what was asked for, else with what is usual."""
    return CampaignPlan(
        log=digest, level=LEVEL if level is None else level, most=MOST if most is None else most
    )


def _read_plan(path: Path) -> CampaignPlan:
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST)
    try:
        said = json.loads(raw)
        digest = said.pop("sha256")
        later = said.pop("later", "")
        if (
            {*said} != {*FIELDS}
            or not isinstance(later, str)
            or not all(type(said[one]) is int for one in ("seed", "most", "draws"))
        ):
            raise ValueError("other fields than a plan has")
        plan = CampaignPlan(**said | {"level": float(said["level"])}, later=later)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UnreadableError(
            f"{path}: {type(error).__name__} {error}, expected what `log plan` wrote; it was "
            "changed, or is something else"
        ) from error
    current = CampaignPlan(log=plan.log)
    if plan.method != current.method:
        raise CaseError(
            f"{path}: method {plan.method!a:.40}, this version has {current.method}; its numbers "
            "would be others"
        )
    if plan.digest != digest:
        raise CaseError(
            f"{path}: its fields give {plan.digest[:16]}.., it says {str(digest)!a:.20}; it was "
            "changed after it was written"
        )
    fixed = CampaignPlan(log=plan.log, seed=seed_of(plan.log, plan.later))
    if (plan.seed, plan.draws) != (fixed.seed, fixed.draws):
        raise CaseError(
            f"{path}: seed {plan.seed} and {plan.draws} draws, expected {fixed.seed} and "
            f"{fixed.draws}, which belong to its log; they were chosen"
        )
    return plan
