"""A case whose events are put on record at moments that a test chooses."""

from datetime import UTC, date, datetime, timedelta

from filiation.casefile import facts
from filiation.casefile.clock import late_by, read_clock
from filiation.casefile.deadlines import StepRead, read_steps
from filiation.casefile.laws import law
from filiation.casefile.ledger.event import Event, Written, time_text
from filiation.casefile.state import State
from filiation.casefile.time_facts import Terms

BERLIN = Terms(zone="Europe/Berlin")
ORDER = Written(what="order", sha256="0" * 64, size=9)


class Case:
    """A case whose events are put on record at moments that the test chooses."""

    def __init__(self, received: date = date(2026, 3, 2), **opened: object) -> None:
        self.state = State(law)
        fact = facts.Opened(title="t", lead="lead", name="Lead", received=received, **opened)  # type: ignore[arg-type]
        self.put(datetime.combine(received, datetime.min.time(), UTC) + timedelta(hours=9), fact)
        self.put(self.now, facts.Joined(party="basel", name="Basel", role="respondent"))
        self.put(self.now, facts.Joined(party="acme", name="Acme", role="claimant"))

    def put(self, moment: datetime | date, fact: facts.Fact, *, order: bool = False) -> int:
        """Put a fact on record; a date is noon of that day."""
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 12, tzinfo=UTC)
        self.now = moment
        sequence = len(self.state.events)
        self.state.take(
            Event(
                case="0" * 32, sequence=sequence, time=time_text(moment), actor="lead",
                key="k", verb="v", tool="t", arguments={}, reads={},
                writes=(ORDER,) if order else (), facts=facts.fact_fields(fact), root="",
            )
        )  # fmt: skip
        return sequence

    def decide(self, moment: datetime | date, outcome: str = "dismiss") -> date | None:
        """Decide; the mark."""
        because = f"Nothing was put in by {moment}."
        self.put(moment, facts.Decided(outcome=outcome, because=because))  # type: ignore[arg-type]
        return late_by(self.state, self.state.of(facts.Decided)[-1])

    def due(self, on: date) -> date | None:
        return read_clock(self.state, on).due

    def step(self, on: date) -> StepRead:
        return next(iter(read_steps(self.state, on)))


def answer() -> facts.Stated:
    return facts.Stated(kind="answer", party="basel", title="answer")
