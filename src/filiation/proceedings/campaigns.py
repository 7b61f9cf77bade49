"""Examine a provider's log: fix a plan, look for groups of accounts, and say what may be said."""

import hashlib
import json
from pathlib import Path
from typing import Final

from filiation.errors import CaseError, UnreadableError
from filiation.examining.logs.campaigns import campaigns
from filiation.files import opened, put
from filiation.model.campaigns import CampaignPlan, Campaigns
from filiation.proceedings.naming import free
from filiation.proceedings.progress import Step, no_step
from filiation.readers.logs.kept import open_log

__all__ = ["examine_log", "plan_log", "seed_of"]

LARGEST: Final = 1 << 16
FIELDS: Final = ("log", "level", "seed", "most", "draws", "method")


def seed_of(digest: str) -> int:
    """The seed that belongs to a log: nobody chooses it."""
    return int(hashlib.sha256(f"filiation log {digest}".encode()).hexdigest()[:13], 16)


def plan_log(log: Path, out: Path, *, level: float = 0.05, most: int = 200) -> CampaignPlan:
    """Write the plan of an examination before the log is looked at.

    Raises:
        UsageError: A level that is none, or `out` exists.
        UnreadableError: No reduced log.
    """
    free(out)
    digest = open_log(log).digest
    plan = CampaignPlan(log=digest, level=level, seed=seed_of(digest), most=most)
    fields = {name: getattr(plan, name) for name in FIELDS} | {"sha256": plan.digest}
    put(out, json.dumps(fields, sort_keys=True, indent=1).encode() + b"\n")
    return plan


def examine_log(
    log: Path, plan: Path | None = None, *, level: float = 0.05, most: int = 200,
    step: Step = no_step,
) -> Campaigns:  # fmt: skip
    """Which groups of accounts act as one?

    Args:
        log: A reduced log.
        plan: What `plan_log` wrote; without one the usual plan is made, its seed from the log.
        level: False discovery rate, without a plan.
        most: Groups that are tested, without a plan.
        step: Told what is being done.

    Raises:
        UsageError: A level that is none.
        UnreadableError: The log or the plan is damaged.
        CaseError: The plan is of another log, or of another version of the method.
    """
    found = open_log(log)
    if plan is not None:
        return campaigns(found, _read_plan(plan), step=step)
    fixed = CampaignPlan(log=found.digest, level=level, seed=seed_of(found.digest), most=most)
    return campaigns(found, fixed, planned=False, step=step)


def _read_plan(path: Path) -> CampaignPlan:
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST)
    try:
        said = json.loads(raw)
        digest = said.pop("sha256")
        if {*said} != {*FIELDS} or not all(
            type(said[one]) is int for one in ("seed", "most", "draws")
        ):
            raise ValueError("other fields than a plan has")
        plan = CampaignPlan(**said | {"level": float(said["level"])})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
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
    fixed = CampaignPlan(log=plan.log, seed=seed_of(plan.log))
    if (plan.seed, plan.draws) != (fixed.seed, fixed.draws):
        raise CaseError(
            f"{path}: seed {plan.seed} and {plan.draws} draws, expected {fixed.seed} and "
            f"{fixed.draws}, which belong to its log; they were chosen"
        )
    return plan
