"""What the pages of a case say beside what is on record."""

from typing import TYPE_CHECKING, Final

from filiation.report.wording.figures import counted

if TYPE_CHECKING:
    from filiation.casefile.ledger.event import Event

__all__ = [
    *("LANGUAGES_NAMED", "SEARCHING", "SEARCH_BUTTON", "UNREVIEWED"),
    *("COMMENTS", "REACHES", "REMARK", "remarked_by"),
    *("ISSUED_HEADS", "LINEUPS_READ", "MASKED", "NOTHING_APPLIED", "NO_RATES"),
    *(
        "ABOUT",
        "A_FILE",
        "DESK",
        "GUESTS",
        "NEW_CASE",
        "EMPTY",
        "LACKING",
        "NOTHING_HIDDEN",
        "TIMES",
        "TITLES",
        "hidden_events",
    ),
    *("needs_web", "served_at"),
    *("not_examined", "not_in_it", "proposed", "reviewed_by", "shown_of", "unread_answer"),
]

TITLES: Final = {
    "index.html": "Where the case stands",
    "statements.html": "What was said",
    "exhibits.html": "Exhibits",
    "examinations.html": "Examinations",
    "documents.html": "Documents",
    "lineups.html": "Line-ups",
    "decisions.html": "Reviews and decisions",
    "rates.html": "Error rates",
    "log.html": "Log",
}
DESK: Final = {  # of whoever acts
    "key.html": "Your key",
    "do.html": "What you can do",
    "deeds.html": "What waits",
    "people.html": "Who acts here",
}
NEW_CASE: Final = "A case that is to be opened"
GUESTS: Final = "An invitation to a case"
ABOUT: Final = (
    "Every page is made of the record alone. What stands behind a bar, with a name above it, are "
    "the words of that party, examiner or document."
)
SEARCHING: Final = "Search the documents:"
SEARCH_BUTTON: Final = "Search"
UNREVIEWED: Final = "An unreviewed translation; the English page decides."
LANGUAGES_NAMED: Final = {"en": "English", "de": "Deutsch", "fr": "Fran\u00e7ais"}
TIMES: Final = "All times are UTC unless a zone stands beside them."
ISSUED_HEADS: Final = ("report", "on record", "on which examination", "SHA-256")
EMPTY: Final = "There is none on record."
A_FILE: Final = (
    "It is a file that is no plain text. The case keeps it; its name and digest stand on the page "
    "of its event."
)
LACKING: Final = "This export does not hold it; the lead withholds it from this party."
COMMENTS: Final = "Remarks"
REMARK: Final = "Remark on this"
REACHES: Final = {"own": "for its author", "shared": "for all", "exculpatory": "exculpatory"}
LINEUPS_READ: Final = (
    "Each code name stands for the subject or a control. Where log10 p is -6, so much agreement "
    "with the source would occur once in a million times if that member were unrelated to it; near "
    "0 nothing unusual was seen. An opinion is given before the names are shown."
)
MASKED: Final = "masked"
NOTHING_APPLIED: Final = "nothing applied"
NO_RATES: Final = (
    "No report of this case keeps error rates; an expert report that is issued with a validation "
    "report keeps them."
)
NOTHING_HIDDEN: Final = "No event is withheld."


def remarked_by(by: str, event: int, time: str, about: str, seen: str) -> str:
    """Whose remark it is, on what, and who sees it."""
    return f"{by} on {about} (event {event}, {time[:19]}Z), {seen}"


def proposed(proposition: str) -> str:
    """What a party puts forward, in words that are the same for all."""
    return f"Proposition: {proposition}"


def shown_of(shown: int, all_of_them: int, what: str, several: str = "") -> str:
    """How many rows are shown of how many there are; the two must be seen to agree."""
    many = several or (f"{what}es" if what.endswith("s") else f"{what}s")
    counted_all = f"{all_of_them:,} {what if all_of_them == 1 else many}"
    if shown == all_of_them:
        return f"{counted_all}, all shown"
    return f"{shown:,} of {counted_all} on this page"


def hidden_events(withheld: int, party: str) -> str:
    """That a party reads an export, and how much of the log it does not see."""
    if not withheld:
        return f"Made for {party}. {NOTHING_HIDDEN}"
    return (
        f"Made for {party}. {counted(withheld, 'event')} of the log are withheld: their hashes are "
        "here, their words are not."
    )


def unread_answer(number: int, tool: str, why: str) -> str:
    """That an answer was written by another version, and what of it stands all the same."""
    return (
        f"Event {number} keeps an answer that this version cannot read; {tool} wrote it, and a "
        f"version that knows its form reads it. Its event and signature stand. Found: {why}"
    )


def not_examined(count: int) -> str:
    """Exhibits that no examination compared."""
    return f"Not examined in any plan that was carried out: {counted(count, 'exhibit')}"


def not_in_it(count: int) -> str:
    """Exhibits that a plan does not name."""
    return f"Not examined here: {counted(count, 'exhibit')} that the plan does not name"


def reviewed_by(event: "Event", examination: int, *, agrees: bool) -> str:
    """Who reviewed which examination, and whether they agree."""
    said = "agrees" if agrees else "does not agree"
    return (
        f"{event.actor} on the examination of event {examination}: {said} (event {event.sequence})"
    )


def served_at(address: str) -> str:
    """Where the pages are."""
    return (
        f"{address}\nWhoever has this address can read the case, no more; --as PARTY gives "
        "one to act with. Ctrl-C ends it."
    )


def needs_web() -> str:
    """That the extra is not installed."""
    return (
        "serving pages needs starlette, uvicorn and python-multipart; they are not installed; pip "
        "install "
        "'filiation[web]' (case export --site writes the same pages as files)"
    )
