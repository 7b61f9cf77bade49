"""When may a question about one exhibit be planned, given its lot, and answered?

A plan of a log is fixed once the log is an exhibit, and before its coin: whoever wrote the log,
fixed the plan or will examine it knows no seed by then. Each further plan whose coin was tossed has
a share of the first one's level, whichever log it is of: a log reduced again under another key, or
with one row more, is a further look.
"""

import re
from collections.abc import Collection
from decimal import ROUND_DOWN, Decimal
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, neutral_only
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, UsageError
from filiation.model.inquiry import CAMPAIGNS, SERVED_TWINS, SESSION, TRAINED, WORKLOAD
from filiation.model.kinds import HISTORY, LOG, ROOTS, SERVED, WEIGHTS
from filiation.model.kinds import SESSION as SESSION_KIND
from filiation.model.kinds import WORKLOAD as WORKLOAD_KIND

__all__ = ["alone", "coin_left", "coin_of", "coins_tossed", "commitment_of_lot", "inquired",
           "level_left", "looks", "plan_of", "posed", "posed_in_force", "repeated",
           "roots_on_record", "told", "worded"]  # fmt: skip

LOW, HIGH = 1e-6, 0.2  # a false discovery rate
NAMED: Final = re.compile("[A-Z0-9]{1,20}")  # of a measurement, as makers call them
MEASURED: Final = re.compile("[0-9a-f]{96}")
HASHED: Final = re.compile("[0-9a-f]{16}")
MOST: Final = 100  # signatures whose words one event tells
LONGEST: Final = 4_000  # characters of one template
OWN_PLAN: Final = {SESSION: SESSION_KIND, WORKLOAD: WORKLOAD_KIND}  # which brings its own
PLANNED: Final = {CAMPAIGNS: LOG, TRAINED: HISTORY}  # the kind of which a plan is
REPEATED: Final = 20  # ends of repetitions


def posed(fact: facts.Posed, event: Event, state: State) -> None:
    """The lead or an examiner fixes it, of what the lead did not put in, whoever it is from.

    The lead tosses the coin: it would know which of its own logs the coin favours. A log that it
    enters in the name of a party without a key is its own as far as anybody can tell.
    """
    neutral_only(event, state, "fix a plan")
    if fact.question not in PLANNED:
        raise UsageError(f"plan: a question of {fact.question} has no plan but its commitment")
    kind = PLANNED[fact.question]
    entry = alone(fact.exhibit, kind, state)
    if state.opening.lead in (entry.fact.offered_by, entry.event.actor):
        drawn = "days" if kind == LOG else "interval"
        raise UsageError(
            f"{fact.exhibit}: put in by {state.opening.lead}, the lead, who will toss the coin "
            f"that draws its {drawn}; expected a {kind} that another party or an examiner puts in"
        )
    if event.written("plan") != fact.digest:
        raise CaseError(f"event {event.sequence}: keeps another plan than it names; altered")
    (_posed_log if kind == LOG else _posed_history)(fact, state)


def _posed_history(fact: facts.Posed, state: State) -> None:
    """Its source and its end are weights of this case; a further plan of it gives a reason."""
    for name in (fact.source, *([fact.final] if fact.final else [])):
        alone(name, WEIGHTS, state)
    if fact.level:
        raise UsageError("plan: the levels of a history are those of its method; expected none")
    before = [one for one in state.of(facts.Posed) if one.fact.exhibit == fact.exhibit]
    if any(one.fact.digest == fact.digest for one in before):
        raise UsageError("plan: the same plan is on record already; nothing was amended")
    if before:
        given(fact.because, "a further plan of a history")


def _posed_log(fact: facts.Posed, state: State) -> None:
    if not LOW <= fact.level <= HIGH:
        raise UsageError(f"plan: level is {fact.level:g}, expected {LOW:g} to {HIGH:g}")
    before = _of_logs(state)
    if any(one.fact.digest == fact.digest for one in before):
        raise UsageError("plan: the same plan is on record already; nothing was amended")
    if before:
        given(fact.because, "a further plan of a log")
        left = level_left(state)
        if fact.level > left:
            raise UsageError(
                f"plan: level is {fact.level:g}, expected at most {told(left):g} after "
                f"{looks(state)} plans of logs got their coin; each further look has a smaller "
                "share of the level that was fixed first"
            )


def _of_logs(state: State) -> list[Entry[facts.Posed]]:
    return [one for one in state.of(facts.Posed) if one.fact.question == CAMPAIGNS]


def coins_tossed(
    exhibits: Collection[str], state: State, before: int
) -> tuple[tuple[str, int], ...]:
    """Coins of plans of these exhibits up to an event, with the exhibit; each drew its own lot."""
    plans = {
        one.fact.digest: one.fact.exhibit
        for one in state.of(facts.Posed)
        if one.fact.exhibit in exhibits
    }
    return tuple(
        (plans[one.fact.commitment], one.event.sequence)
        for one in state.of(facts.Tossed)
        if one.fact.commitment in plans and one.event.sequence < before
    )


def looks(state: State, before: int | None = None) -> int:
    """How many plans of logs have got their coin, up to an event: what came of it can be seen."""
    tossed = {
        one.fact.commitment
        for one in state.of(facts.Tossed)
        if before is None or one.event.sequence < before
    }
    return len({one.fact.digest for one in _of_logs(state)} & tossed)


def level_left(state: State) -> float:
    """The most that the level of the next plan of a log may be; the i-th has a share 1/i^2.

    Shares are of the first plan that got a coin: one that never gets any, with a high level, would
    else raise all that follow. Until there is one, of the first plan.
    """
    before = {one.fact.digest: one.fact.level for one in _of_logs(state)}
    tossed = [one.fact.commitment for one in state.of(facts.Tossed)]
    first = [before[digest] for digest in (*tossed, *before) if digest in before]
    return first[0] / (looks(state) + 1) ** 2 if first else HIGH


def told(level: float) -> float:
    """A level in the six digits in which it is written, never larger than it is.

    Who types what he was told would else be refused for the seventh digit.
    """
    exact = Decimal(repr(level))
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - 5), ROUND_DOWN))


def coin_left(plan: facts.Posed, state: State) -> None:
    """A plan of a log gets its coin only if its level is still left.

    Whoever fixed the plans of many logs before the first coin would else look each time at the
    level of a first look.

    Raises:
        UsageError: Coins were tossed since; a further plan of that log has a smaller level.
    """
    left = level_left(state)
    if plan.question == CAMPAIGNS and plan.level > left:
        raise UsageError(
            f"plan of {plan.exhibit}: level is {plan.level:g}, expected at most {told(left):g} now "
            f"that {looks(state)} plans of logs got their coin; fix a further plan of it first"
        )


def posed_in_force(exhibit: str, state: State) -> Entry[facts.Posed]:
    """The plan of a log or a history: the last one of it.

    Raises:
        UsageError: None was fixed yet.
    """
    found = [one for one in state.of(facts.Posed) if one.fact.exhibit == exhibit]
    if not found:
        known = state.exhibits.get(exhibit)
        kind = HISTORY if known is not None and known.fact.kind == HISTORY else LOG
        raise UsageError(
            f"{exhibit}: no plan was fixed yet; `filiation case plan --{kind} {exhibit}` comes "
            "before looking"
        )
    return found[-1]


def plan_of(digest: str, exhibit: str, state: State) -> Entry[facts.Posed]:
    """The plan with that digest.

    Raises:
        CaseError: There is none of that log.
    """
    for one in state.of(facts.Posed):
        if (one.fact.digest, one.fact.exhibit) == (digest, exhibit):
            return one
    raise CaseError(f"{exhibit}: no event fixes plan {digest[:16]}.. of it; the answer was altered")


def coin_of(digest: str, state: State) -> Entry[facts.Tossed]:
    """The coin that gives a plan its seed.

    Raises:
        UsageError: It was not tossed yet.
    """
    for one in state.of(facts.Tossed):
        if one.fact.commitment == digest:
            return one
    raise UsageError(
        f"plan {digest[:16]}..: its coin was not tossed yet; `filiation case coin` comes before "
        "looking"
    )


def commitment_of_lot(digest: str, exhibit: str, state: State) -> Entry[facts.Committed]:
    """The event that committed to a list of served answers, before its lot and before its record.

    Raises:
        UsageError: There is none, or it came later.
    """
    entry = alone(exhibit, SERVED, state)
    found = [one for one in state.of(facts.Committed) if one.fact.commitment == digest]
    if not found:
        raise UsageError(
            f"{exhibit}: no event commits to {digest[:16]}.., under which its list was drawn; "
            "`owner seal --case` and `case commit` come before the lot"
        )
    if coin_of(digest, state).event.sequence > entry.event.sequence:
        raise UsageError(
            f"{exhibit}: put in before the coin of its lot was tossed; what was measured then "
            "could be of a list that was chosen"
        )
    return found[0]


def inquired(fact: facts.Inquired, event: Event, state: State) -> None:
    """The lead or an examiner answers, under the plan in force, once its coin was tossed."""
    neutral_only(event, state, "examine")
    if fact.again and fact.question != TRAINED:
        raise UsageError("examine: only an interval of a history is trained again")
    _measured(fact, state)
    if fact.question in OWN_PLAN:
        if alone(fact.exhibit, OWN_PLAN[fact.question], state).fact.digest != fact.plan:
            raise UsageError(f"{fact.exhibit}: of another digest than the answer is said to be of")
        return
    if fact.question == SERVED_TWINS:
        commitment_of_lot(fact.plan, fact.exhibit, state)
        return
    alone(fact.exhibit, PLANNED[fact.question], state)
    plan = posed_in_force(fact.exhibit, state)
    if plan.fact.digest != fact.plan:
        raise UsageError(
            f"{event.verb}: carries out plan {fact.plan[:12]}.., the plan of {fact.exhibit} in "
            f"force is {plan.fact.digest[:12]}..; it was amended meanwhile, run it again"
        )
    coin_of(fact.plan, state)
    repeated(fact, state)


def roots_on_record(state: State) -> tuple[str, ...]:
    """Every exhibit of makers' certificates, in the order in which they were put in."""
    return tuple(name for name, one in state.exhibits.items() if one.fact.kind == ROOTS)


def _measured(fact: facts.Inquired, state: State) -> None:
    """An attestation is checked by all roots that the case holds: nobody chooses among them."""
    if (fact.expected or fact.roots) and fact.question != WORKLOAD:
        raise UsageError("examine: only a machine's examination states measurements, and has roots")
    if fact.question == WORKLOAD and fact.roots != roots_on_record(state):
        raise UsageError(
            f"{fact.exhibit}: checked by roots {', '.join(fact.roots) or 'none'}, this case holds "
            f"{', '.join(roots_on_record(state)) or 'none'}; expected all of them"
        )
    names = [name for name, _ in fact.expected]
    if len(set(names)) < len(names) or not all(
        NAMED.fullmatch(name) and MEASURED.fullmatch(digest) for name, digest in fact.expected
    ):
        raise UsageError("examine: expected measurements by name, each once, of 96 hex digits")


def repeated(fact: facts.Inquired, state: State) -> None:
    """Ends of repetitions are weights that were put in after the coin, each once.

    And not by the party whose history it is: it could hand its own checkpoint in. Asked before
    anything is examined, too.

    Raises:
        UsageError: One is not.
    """
    coin = coin_of(fact.plan, state)
    if len({*fact.again}) != len(fact.again) or len(fact.again) > REPEATED:
        raise UsageError(f"--again: expected up to {REPEATED} exhibits, each once")
    owner = state.exhibits[fact.exhibit]
    for name in fact.again:
        entry = alone(name, WEIGHTS, state)
        if entry.event.sequence < coin.event.sequence:
            raise UsageError(
                f"{name}: put in before the coin that draws the interval; expected a repetition "
                "of it"
            )
        if {owner.fact.offered_by, owner.event.actor} & {entry.fact.offered_by, entry.event.actor}:
            raise UsageError(
                f"{name}: put in by the party whose history it is, which could hand in its own "
                "checkpoint; expected one that another party or an examiner trained"
            )


def worded(fact: facts.Worded, event: Event, state: State) -> None:
    """Who put a log in tells words of it; nobody else may, and each signature once in an event."""
    entry = alone(fact.exhibit, LOG, state)
    if fact.by != event.actor or fact.by != entry.fact.offered_by:
        raise UsageError(
            f"{fact.exhibit}: put in by {entry.fact.offered_by}, whose prompts these are; "
            f"{event.actor} cannot tell their words"
        )
    if not 1 <= len({hashed for hashed, _ in fact.words}) == len(fact.words) <= MOST:
        raise UsageError(f"{len(fact.words)} templates; expected 1 to {MOST}, each once")
    for hashed, text in fact.words:
        if not HASHED.fullmatch(hashed) or not 0 < len(text) <= LONGEST:
            raise UsageError(
                f"template {hashed[:40]!a} of {len(text)} characters; expected 16 hexadecimal "
                f"digits and up to {LONGEST}"
            )
    _told_alike(fact, state)


def _told_alike(fact: facts.Worded, state: State) -> None:
    """A signature has one template: other words, told later, would take the place of the first."""
    words = dict(fact.words)
    for one in state.of(facts.Worded):
        for hashed, text in one.fact.words:
            if one.fact.exhibit == fact.exhibit and words.get(hashed, text) != text:
                raise UsageError(
                    f"template {hashed}: event {one.event.sequence} told it in other words; "
                    "expected the same"
                )


def alone(name: str, kind: str, state: State) -> Entry[facts.Exhibited]:
    """An exhibit of a kind that is examined alone.

    Raises:
        UsageError: There is none of that name, or it is of another kind.
    """
    if name not in state.exhibits:
        raise UsageError(f"{name}: no exhibit of this case; `filiation case add` puts it in")
    entry = state.exhibits[name]
    if entry.fact.kind != kind:
        raise UsageError(f"{name}: an exhibit of kind {entry.fact.kind}, expected {kind}")
    return entry
