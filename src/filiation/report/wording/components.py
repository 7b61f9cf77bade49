"""What was found of each part of the models: typed apart, and never lent from one to another."""

import math
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.model.examination import EXPLAINED, Conclusion
from filiation.model.finding import Finding
from filiation.report.wording.figures import probability_brief
from filiation.report.wording.part_names import called
from filiation.report.wording.parts import parts_of

__all__ = [
    "SAID",
    "ComponentFound",
    "FoundState",
    "component_sentences",
    "components_found",
    "found_words",
    "is_told",
    "listed",
    "names_of",
    "only_shared",
    "unread_sentence",
]

FoundState: TypeAlias = Literal[
    "shared",
    "agrees",
    "idle",
    "alike",
    "uncommon",
    "untold",
    "nothing",
    "silent",
    "uncounted",
    "not-compared",
    "unread",
    "public",
]
# Relations of nearly all values: a part of which nothing else was found may well be in them.
WHOLE: Final = frozenset(
    {"identical", "re-exported", "quantised", "includes", "merged", "upcycled"}
)
# What is said of a part in which nothing was seen: no more than silence where it was not read.
SILENT: Final = frozenset({"nothing", "alike", "silent", "uncounted", "not-compared"})
WORDS: Final[dict[FoundState, str]] = {
    "shared": "shared",
    "agrees": "agrees",
    "idle": "idle in the source",
    "alike": "alike",
    "uncommon": "uncommon",
    "untold": "not told apart",
    "nothing": "nothing found",
    "silent": "no sign",
    "uncounted": "not counted",
    "not-compared": "not compared",
    "unread": "not read",
    "public": "public, set aside",
}
SAID: Final[dict[FoundState, str]] = {
    "shared": "Shared",
    "agrees": "In an order that agrees",
    "idle": "Alike in what does nothing in the source",
    "alike": "Alike as strangers are not, without a p at the level",
    "uncommon": "Uncommonly alike, and short of the level",
    "untold": "Shared or not, this was not told apart",
    "nothing": "Nothing found",
    "silent": "No sign, by a warning that gives no p",
    "uncounted": "Compared, without a finding that counts",
    "not-compared": "Not compared, or not there",
    "unread": "Not read, so that it may be shared or not",
    "public": "Held by an exhibited public component, and set aside",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFound:
    """What was found of one part, and the p of all findings that read it and count."""

    component: str
    state: FoundState
    log_p: float | None


def components_found(conclusion: Conclusion) -> tuple[ComponentFound, ...]:
    """Every part that was planned, reckoned with or found something in; empty if none is named."""
    findings = [finding for finding in conclusion.findings if finding.component]
    named, _ = parts_of(conclusion)
    order = tuple(dict.fromkeys((*named, *(finding.component for finding in findings))))
    of = {name: [f for f in findings if f.component == name] for name in order}
    log_ps = {name: _together(conclusion, name, of[name]) for name in order}
    compared = sum(log_p is not None for log_p in log_ps.values())
    whole = _agrees_as_a_whole(conclusion)
    unread = {part.component for part in conclusion.parts if part.unread}
    return *(
        ComponentFound(
            component=name,
            state=_untold(
                _without_p(conclusion, name, log_ps[name])
                or _state(conclusion, log_ps[name], compared, seen=bool(of[name])),
                whole=whole,
                unread=name in unread and name not in conclusion.support.of,
            ),
            log_p=log_ps[name],
        )
        for name in order
    ), *_beside(conclusion)


def _beside(conclusion: Conclusion) -> Iterator[ComponentFound]:
    """What stands beside the body, each by its own p, already paid for."""
    plan = conclusion.plan
    for stack in conclusion.stacks:
        if stack.kind == "body":
            continue
        state: FoundState = "nothing"
        if stack.log_p is None:
            state = "public" if stack.public else "not-compared"
        elif stack.log_p <= math.log(plan.level):
            state = "agrees" if stack.ordered else "shared"
        elif stack.log_p <= math.log(plan.clean_level):
            state = "uncommon"
        yield ComponentFound(component=stack.id, state=state, log_p=stack.log_p)


def _agrees_as_a_whole(conclusion: Conclusion) -> bool:
    """Whether what agrees is not all told by part: "nothing found" would then be said too soon."""
    if conclusion.combined.log_p is None or conclusion.combined.log_p > math.log(
        conclusion.plan.level
    ):
        return False
    clean = math.log(conclusion.plan.clean_level)
    return conclusion.relation.kind in WHOLE or any(
        finding.counts and not finding.component and finding.log_p <= clean
        for finding in conclusion.findings
    )


def _untold(state: FoundState, *, whole: bool, unread: bool) -> FoundState:
    if unread and state in SILENT:
        return "unread"
    return "untold" if whole and state not in ("shared", "agrees", "idle") else state


def _together(conclusion: Conclusion, name: str, of: list[Finding]) -> float | None:
    """Combined as the plan combines; without findings of its own, what its cells record."""
    log_ps = [finding.log_p for finding in of if finding.counts]
    if not of:
        told = [p.log_p for p in conclusion.parts if p.component == name and p.log_p is not None]
        return max(told, default=None)
    if len(log_ps) < 2:
        return log_ps[0] if log_ps else None
    from filiation.numerics.combining.combine import harmonic_mean_log_p  # scipy: see power

    return harmonic_mean_log_p(log_ps)


def _without_p(conclusion: Conclusion, name: str, log_p: float | None) -> FoundState | None:
    """What was seen by the values though the level was not met; or that a warning kept silent."""
    kind, support = conclusion.relation.kind, conclusion.support
    if support.toward == "derivation" or support.reason in EXPLAINED:
        return None
    if support.reason == "disguise-suspected" and name in support.of:
        return "alike"
    tables = conclusion.relation.tables or ("embedding",)
    if kind not in ("unknown", "unrelated") and (name in tables or kind != "embeddings-only"):
        return "alike"
    looked = any(part.share for part in conclusion.parts if part.component == name)
    warned = support.toward == "independence" or support.reason in ("not-excluded", "quick-look")
    return "silent" if log_p is None and looked and warned else None


def _state(conclusion: Conclusion, log_p: float | None, compared: int, *, seen: bool) -> FoundState:
    """A part is shared only at the level divided by how many parts were compared."""
    if log_p is None:
        return "uncounted" if seen else "not-compared"
    plan, support = conclusion.plan, conclusion.support
    if log_p > math.log(plan.clean_level):
        return "nothing"
    met = log_p <= math.log(plan.level) - math.log(compared)
    if met and (support.toward == "derivation" or support.reason == "part-only"):
        return "shared"
    if met and support.reason == "silent-in-source":
        return "idle"
    return "agrees" if met and support.reason in EXPLAINED else "uncommon"


def is_told(one: ComponentFound) -> bool:
    """Whether a part agrees, or may: then no form of a copy is left to be looked for in it."""
    return one.state in ("shared", "agrees", "idle", "untold")


def names_of(conclusion: Conclusion, *states: FoundState) -> tuple[str, ...]:
    """Names of the parts in one of these states."""
    return tuple(
        called(one.component).name for one in components_found(conclusion) if one.state in states
    )


def only_shared(conclusion: Conclusion) -> tuple[str, ...]:
    """The parts that are shared, where another was compared and is not; else nothing."""
    others = names_of(conclusion, "nothing", "uncommon")
    return names_of(conclusion, "shared") if others else ()


def component_sentences(
    conclusion: Conclusion, *, but: Container[FoundState] = ()
) -> tuple[str, ...]:
    """Which parts are shared, in which nothing was found, and which were not compared."""
    told = ((said, names_of(conclusion, state)) for state, said in SAID.items() if state not in but)
    return tuple(f"{said}: {', '.join(names)}." for said, names in told if names)


def found_words(one: ComponentFound, conclusion: Conclusion, *, p: bool = False) -> str:
    """The state of one part, for a picture; with its p for a table."""
    if not p or one.log_p is None:
        return WORDS[one.state]
    return f"{WORDS[one.state]}, p {probability_brief(one.log_p, conclusion.plan.assumption_floor)}"


def unread_sentence(conclusion: Conclusion) -> str:
    """Which parts were not read, where no other sentence names the parts; empty if all were."""
    return next(iter(component_sentences(conclusion, but=[s for s in SAID if s != "unread"])), "")


def listed(names: tuple[str, ...]) -> str:
    """`the MLP layers, the attention and the output head`."""
    *most, last = (f"the {name}" for name in names)
    return f"{', '.join(most)} and {last}" if most else last
