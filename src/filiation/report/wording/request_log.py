"""What is said of a reduced log: what it holds, what it lacks, what was set aside and why."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from filiation.model.log_summary import LogSummary
from filiation.report.wording.figures import counted

__all__ = ["key_lines", "log_lines", "minute_text"]

MOST: Final = 12  # names of models that are listed
WIDTH: Final = 12
HALF: Final = 0.5
# Named by the column of a log: how many rows of its signature, or accounts, hold it.
OF_ROWS: Final = ("prompt", "system", "model", "tokens_in", "tokens_out", "parameters")
OF_ACCOUNTS: Final = ("payment", "network", "client", "ended")


def key_lines(path: str, identity: str) -> Iterator[str]:
    """What whoever made a key must know of it."""
    yield _line("key", path)
    yield _line("id", identity)
    yield (
        "Whoever holds this key can test a guess at a prompt or an account against every log that "
        "is reduced under it. It stays with the provider; the logs do not contain it."
    )


def log_lines(found: LogSummary) -> Iterator[str]:
    """What a reduced log holds, one line for each thing."""
    facts = found.facts
    yield _line("log", found.name)
    yield _line("digest", found.digest)
    yield _line("key", facts.key)
    yield _line("requests", f"{found.requests:,} kept of {counted(facts.read, 'row')} read")
    yield _line("accounts", f"{found.accounts:,}; {_largest(found)}")
    yield _line("first", minute_text(found.first))
    yield _line("last", minute_text(found.last))
    yield _line("times", _times(found))
    yield _line("models", _models(found.models))
    for unit, names in (("request", OF_ROWS), ("account", OF_ACCOUNTS)):
        for said in _stated(found, unit, names):
            yield _line("stated", said)
    lacking = [name for name, count in _counts(found).items() if not count]
    if lacking:
        yield _line("not stated", ", ".join(lacking))
    for why, count in sorted(facts.aside.items(), key=lambda one: (-one[1], one[0])):
        yield _line("set aside", f"{counted(count, 'row')}: {why}")
    for what, count in sorted(facts.odd.items(), key=lambda one: (-one[1], one[0])):
        yield _line("note", f"{count:,}: {what}")
    columns = ", ".join(f"{name} from {said}" for name, said in facts.columns.items())
    yield _line("columns", columns or "not recorded")
    for digest, size in facts.files:
        yield _line("file", f"{digest} ({size:,} bytes)")


def minute_text(minute: int) -> str:
    """A minute since 1970, as a time of day in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _line(name: str, said: str) -> str:
    return f"{name:<{WIDTH}}{said}"


def _largest(found: LogSummary) -> str:
    share = found.largest / max(1, found.requests)
    said = f"the one that asked most made {counted(found.largest, 'request')} ({share:.1%})"
    if share >= HALF:
        said += ", half of the log or more: it may be a service that many people use"
    return said


def _times(found: LogSummary) -> str:
    facts = found.facts
    words = {
        "zoned": "with a zone",
        "epoch": "as seconds or parts of them since 1970",
        "naive": f"without a zone, taken to be {facts.zone or 'UTC'}",
    }
    said = [f"{count:,} {words.get(how, how)}" for how, count in sorted(facts.times.items())]
    return "to the minute; " + (", ".join(said) or "how they were written is not recorded")


def _models(models: Mapping[str, int]) -> str:
    said = [f"{name or 'not stated'} {count:,}" for name, count in models.items()]
    more = f", and {len(said) - MOST:,} more" if len(said) > MOST else ""
    return ", ".join(said[:MOST]) + more if said else "none"


def _counts(found: LogSummary) -> Mapping[str, int]:
    held = {name: found.facts.stated.get(name, 0) for name in OF_ROWS}
    return held | dict(found.of_accounts)


def _stated(found: LogSummary, unit: str, names: tuple[str, ...]) -> Iterator[str]:
    """What every request (or account) states, and what some do."""
    whole = found.accounts if unit == "account" else found.requests
    counts = {name: _counts(found)[name] for name in names}
    if every := [name for name, count in counts.items() if count == whole > 0]:
        yield f"of every {unit}: {', '.join(every)}"
    some = [f"{name} ({n / whole:.1%})" for name, n in counts.items() if 0 < n < whole]
    if some:
        yield f"of some {unit}s: {', '.join(some)}"
