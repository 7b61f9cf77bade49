"""What the verbs `case commit` and `case coin` say, and `owner seal` and `owner draw`."""

from collections.abc import Iterator

from filiation.casefile.facts import Committed, Tossed
from filiation.casefile.state import Entry
from filiation.model.drawn import Drand, Drawn, Sealed

__all__ = ["committed", "drawn_lines", "sealed_lines", "tossed"]


def committed(entry: Entry[Committed]) -> str:
    """A commitment is on record."""
    fact = entry.fact
    return f"event {entry.event.sequence}: {fact.by} commits to {fact.commitment[:16]}.."


def tossed(entry: Entry[Tossed]) -> str:
    """The coin is on record."""
    fact = entry.fact
    return (
        f"event {entry.event.sequence}: coin for {fact.commitment[:16]}..: {fact.value[:16]}.., "
        "the only one there will be"
    )


def sealed_lines(sealed: Sealed, commitment: str) -> Iterator[str]:
    """What was fixed, the digest to publish, and what comes next."""
    lots = "one lot" if sealed.lots == 1 else f"{sealed.lots} lots"
    yield f"commitment {commitment}"
    yield (
        f"fixed: test {sealed.test}, level {sealed.level:g} over {lots}, "
        f"{len(sealed.references)} references, missing items count as {sealed.missing}"
    )
    value = sealed.value
    if isinstance(value, Drand):
        yield (
            f"lot: drand round {value.round}, due at Unix time {value.time}; let an authority "
            "stamp the commitment before then"
        )
    else:
        yield f"lot: the coin of case {value.case}; `filiation case commit` puts it on record"


def drawn_lines(drawn: Drawn) -> Iterator[str]:
    """Which lot was drawn, of what."""
    yield f"lot {drawn.lot} of {drawn.lots}, level {drawn.share:g}, from {drawn.source}"
    yield f"commitment {drawn.commitment[:16]}.. attested at {drawn.fixed} by {drawn.attested}"
    yield f"value of {drawn.valued}"
