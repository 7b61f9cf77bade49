"""What a terminal says once a question about one exhibit is planned, answered, or told in words."""

from collections.abc import Iterator, Sequence

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.inquiry import TRAINED
from filiation.model.training import TrainingHistory
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import event_words
from filiation.report.wording.figures import clean
from filiation.report.wording.trained import draws_named
from filiation.report.wording.training import step_words

__all__ = ["answered_line", "interval_lines", "posed_lines", "worded_line"]


def posed_lines(entry: Entry[facts.Posed], looks: int) -> Iterator[str]:
    """A plan of a log or a history was fixed; what comes next."""
    fact = entry.fact
    yield f"{event_words(entry.event)}: plan {fact.digest} is fixed"
    if fact.question == TRAINED:
        end = f", and ends in {fact.final}" if fact.final else ""
        yield f"  {fact.exhibit}: independent of {fact.source}{end}; no seed, no interval yet"
    else:
        yield f"  {fact.exhibit}: level {fact.level:g}; no seed yet, it follows from plan and coin"
    if looks:
        yield f"  {how_many(looks, 'plan')} of logs got a coin before; its level is a share"
    if fact.because:
        yield f"  because: {clean(fact.because)}"
    yield f"  next: the lead tosses its coin (case coin CASE {clean(fact.exhibit)})"


def answered_line(entry: Entry[facts.Inquired]) -> str:
    """A question about one exhibit was answered."""
    return f"{event_words(entry.event)}: examined by {entry.event.actor}"


def worded_line(entry: Entry[facts.Worded]) -> str:
    """Words of a log were told."""
    fact = entry.fact
    return (
        f"{event_words(entry.event)}: {fact.by} tells the words of "
        f"{how_many(len(fact.words), 'template')} of {fact.exhibit}, for everybody to read"
    )


def interval_lines(
    history: TrainingHistory, place: int, earlier: Sequence[tuple[str, int]]
) -> Iterator[str]:
    """Which interval of a history a coin drew, and which draws came before."""
    first, last = (step_words(place + n, history) for n in range(2))
    yield (
        f"  it drew the interval from {first} to {last}: whoever trains it again, and is not the "
        "party whose history it is, puts the ends in (case add), and names them with --again"
    )
    if earlier:
        yield (
            f"  it is draw {len(earlier) + 1} for these checkpoints; before it: "
            f"{draws_named(earlier)}"
        )
