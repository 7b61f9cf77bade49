"""The plan of an examination, fixed before anything is compared."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from filiation.api._shown import quoted, short
from filiation.examining.plan import plan_bytes, plan_digest
from filiation.files import put
from filiation.model.plan import Plan as PlanRecord
from filiation.proceedings.naming import free

__all__ = ["Plan"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Plan:
    """Which questions are asked, of which exhibits, by which methods, at which level.

    Made by `plan`; `examine` refuses it for other exhibits, or for these on other sides.

    Attributes:
        record: The frozen record.

    Examples:
        >>> kid = fl.read("examples/casebook/fine-tuned")
        >>> parent = fl.read("examples/casebook/parent")
        >>> fixed = fl.plan(kid, source=parent, fields={"weights": {"level": 1e-8}})
        >>> fixed.levels
        {'weights': 1e-08}
        >>> fl.examine(parent, source=kid, plan=fixed)
        Traceback (most recent call last):
        filiation.errors.CaseError: plan: the sides are swapped: the plan has ...
    """

    record: PlanRecord

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the plan's canonical JSON (RFC 8785), as a report quotes it."""
        return plan_digest(self.record)

    @property
    def questions(self) -> tuple[str, ...]:
        """Ids of the kinds of material that are asked about."""
        return tuple(question.kind for question in self.record.questions)

    @property
    def methods(self) -> tuple[str, ...]:
        """Full ids of all planned methods, in order."""
        return self.record.methods

    @property
    def levels(self) -> dict[str, float]:
        """By kind the probability, at most, of supporting derivation between unrelated models."""
        return {question.kind: question.level for question in self.record.questions}

    @property
    def seed(self) -> int:
        """Of every random stream."""
        return self.record.seed

    def to_dict(self) -> dict[str, Any]:
        """The plan as `plan.json` holds it."""
        found: dict[str, Any] = json.loads(plan_bytes(self.record))
        return found

    def records(self) -> list[dict[str, Any]]:
        """One flat record an exhibit: side, name, kind and digest."""
        return [
            {"side": one.side, "name": one.name, "kind": one.kind, "digest": one.digest}
            for one in self.record.exhibits
        ]

    def save(self, path: str | Path) -> Path:
        """Write it as JSON, for `filiation examine --plan`; never over something that is there.

        Raises:
            UsageError: Something is there, or it cannot be written.
        """
        target = free(Path(path))
        put(target, plan_bytes(self.record))
        return target

    def __eq__(self, other: object) -> bool:
        """Two plans are the same iff their digests are equal."""
        return isinstance(other, Plan) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        names = {one.side: quoted(one.name) for one in self.record.exhibits}
        levels = ", ".join(f"{kind} at level {level:g}" for kind, level in self.levels.items())
        return (
            f"<Plan for {names['subject']} against {names['source']}: {levels}, "
            f"{short(self.digest)}>"
        )
