"""The lead signs for the log as it stands, also for what others have added since it acted last."""

from pathlib import Path

from filiation.casefile.record import Record

__all__ = ["countersign"]


def countersign(case: Path) -> tuple[int, str]:
    """Sign as the lead; no event is added. Returns how many events there are, and who leads.

    Raises:
        UsageError: The lead's private key is not here.
        CaseError: The log was cut or rewritten, as the heads or this computer know it.
    """
    record = Record(case)
    lead, key = record.signer(None)
    return record.countersign(key), lead
