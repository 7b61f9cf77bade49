"""Records of toys around the toy conclusions, as an expert report reads them. Nothing is signed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from filiation.casefile import facts
from filiation.casefile.clock import read_clock
from filiation.casefile.laws import law
from filiation.casefile.laws.lineups import mask_commitment
from filiation.casefile.ledger.event import Event, Written
from filiation.casefile.state import State
from filiation.model.examination import Conclusion, Examination
from filiation.model.validation import Validation
from filiation.report.expert.gather import read_validation
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.expert.profile import read_profile
from report import cases
from report.texts import whole

PUBLISHED = Path(__file__).parent.parent.parent / "docs" / "validation" / "report.json"
DAY = date(2026, 3, 2)
NAMES = (("A", "s1"), ("B", "suspect"))


@cache
def published() -> Validation:
    """The published study, as if it had examined the methods of the toys."""
    found = read_validation(PUBLISHED.read_bytes())
    return replace(found, methods=(*found.methods, *cases.METHODS))


class Log:
    """Events in the making, each under its law."""

    def __init__(self) -> None:
        self.state = State(law)
        self.texts: dict[int, bytes] = {}

    def add(self, actor: str, verb: str, fact: facts.Fact, *places: str) -> Event:
        sequence = len(self.state.events)
        event = Event(
            case="ab" * 16,
            sequence=sequence,
            time=f"2026-03-{2 + sequence // 60:02d}T09:{sequence % 60:02d}:00.000000Z",
            actor=actor,
            key=f"key of {actor}",
            verb=verb,
            tool="filiation 0.1.0",
            arguments={"given": f"words of {verb}"},
            reads={},
            writes=tuple(Written(what=p, sha256=cases.digest(p), size=9) for p in places),
            facts=facts.fact_fields(fact),
            root="00" * 32,
        )
        self.state.take(event)
        return event

    def say(self, party: str, kind: str, text: str, **more: object) -> None:
        fact = facts.Stated(kind=kind, party=party, title=kind, **more)  # type: ignore[arg-type]
        event = self.add(party, kind, fact, "text")
        self.texts[event.sequence] = text.encode()


def opened(name: str = "Basel AG") -> Log:
    log = Log()
    log.add(
        "lead", "open", facts.Opened(title="Acme and Basel", lead="lead", name="", received=DAY)
    )
    for party, role in (("acme", "claimant"), ("basel", "respondent"), ("one", "examiner"),
                        ("two", "reviewer")):  # fmt: skip
        joined = facts.Joined(party=party, name=name, role=role, key=f"key of {party}")  # type: ignore[arg-type]
        log.add("lead", "party", joined)
    return log


def exhibit(log: Log, name: str, how: str = "public download") -> None:
    fact = facts.Exhibited(exhibit=name, kind="weights", digest=cases.digest(name), how=how,
                           offered_by="acme", held="referenced", files=3, size=1000)  # fmt: skip
    log.add("lead", "add", fact, "material", "manifest")


def planned(log: Log, controls: Sequence[str], because: str = "") -> str:
    digest = cases.digest(f"plan {because}")
    level = log.state.level_left("weights") or 1e-6
    fact = facts.Planned(digest=digest, subject=("suspect",), source=("parent",),
                         controls=tuple(controls), because=because, seed=0,
                         levels=(("weights", level),))  # fmt: skip
    log.add("lead", "plan", fact, "plan")
    return digest


def material(
    found: Conclusion | Examination,
    profile: str = "uk-civil",
    *,
    words: str = "They are alike.",
    more: int = 0,
    rates: bool = True,
    given: dict[str, str] | None = None,
    bare: bool = False,
) -> CaseMaterial:
    """A record around it; `more` statements, exhibits, amendments, stops and line-ups each."""
    log = opened(words[:60])
    for name in ("parent", "suspect", "s1", *(f"c{n}" for n in range(more))):
        exhibit(log, name, words)
    plan = planned(log, ["s1"])
    if not bare:
        _proceedings(log, words, more)
        plan = log.state.plan.fact.digest
    examined = log.add("one", "examine", facts.Examined(plan=plan), "examination")
    if not bare:
        for n in range(1 + more):
            reviewed = facts.Reviewed(examination=examined.sequence, same_bytes=True,
                                      agrees=n % 2 == 0, words=words)  # fmt: skip
            log.add("two", "review", reviewed)
            log.add("lead", "decide", facts.Decided(outcome="need-more", because=f"{n}. {words}"))
    return CaseMaterial(
        found=whole(found),
        examination=log.state.examination(),
        state=log.state,
        root="cd" * 32,
        texts=log.texts,
        lineups={f"l{n}": (("A", -0.3), ("B", None)) for n in range(1 + more)},
        clock=read_clock(log.state, date(2026, 4, 1)),
        on=date(2026, 4, 1),
        profile=read_profile(profile),
        given=given or {},
        validation=published() if rates else None,
        validation_digest="ef" * 32 if rates else "",
        typesetter="typst 0",
    )


def _proceedings(log: Log, words: str, more: int) -> None:
    log.say("acme", "claim", words)
    for kind in facts.ALTERNATIVES:
        said = {"alternative": kind, "proposition": facts.ALTERNATIVES[kind]}
        log.say("basel", "answer", words, **said)
    for _ in range(more):
        log.say("acme", "submission", words)
    log.say("acme", "submission", "between us: the key is 1234", confidential=True)
    for n in range(1 + more):
        plan = planned(log, ["s1"], because=f"{words} {n}")
        reach = facts.Reach(kind="weights", share=0.1, cosine=0.5, because=words)
        reckoned = facts.Reckoned(plan=plan, reaches=(reach,), controls=1, least_rank_p=0.5)
        log.add("lead", "power", reckoned)
        _lineup(log, f"l{n}", plan, words)
        log.add("lead", "clock", facts.Stopped(on=DAY, because=words))
        log.add("lead", "clock", facts.Resumed(on=DAY))


def _lineup(log: Log, name: str, plan: str, words: str) -> None:
    drawn = facts.Drawn(lineup=name, source="parent", codes=("A", "B"), description=words,
                        commitment=mask_commitment(NAMES, "salt"), plan=plan)  # fmt: skip
    log.add("lead", "lineup draw", drawn, "comparisons")
    opined = facts.Opined(lineup=name, stand_out=("B",), words=words)
    log.add("one", "lineup opinion", opined)
    log.add("lead", "lineup unmask", facts.Unmasked(lineup=name, names=NAMES, salt="salt"))
