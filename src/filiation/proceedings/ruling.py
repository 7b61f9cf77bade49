"""Recording the lead's ruling on a claim of privilege."""

from collections.abc import Sequence
from pathlib import Path

from filiation.casefile.facts import Ruled
from filiation.casefile.laws.numbers import named
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import judged, on_record

__all__ = ["rule"]


def rule(
    case: Path,
    documents: Sequence[str],
    *,
    of: str,
    upheld: bool,
    because: str,
    supersedes: int | None = None,
    acting: str | None = None,
) -> Entry[Ruled]:
    """Rule on a party's claim. A dismissed one withholds nothing from the exports to come.

    Args:
        case: The case's folder.
        documents: Each as PRODUCTION:NUMBER.
        of: The party whose claim it is.
        upheld: Whether the claim stands.
        because: The reasons; all parties read them.
        supersedes: The event of the ruling that this one ends.
        acting: Who signs; by default the lead, and the laws allow nobody else.

    Raises:
        UsageError: A law of the case forbids it, or a phrase of the reasons is refused.
    """
    judged(because, "because")
    record = Record(case)
    signer = record.signer(acting)
    documents = named(record.state(), documents)
    fact = Ruled(
        party=of,
        documents=documents,
        upheld=upheld,
        because=because,
        supersedes=supersedes,
    )
    given = {"documents": list(documents), "of": of, "dismissed": not upheld}
    draft = Draft(verb="rule", fact=fact, arguments=on_record({**given, "supersedes": supersedes}))
    return Entry(event=record.append(draft, *signer), fact=fact)
