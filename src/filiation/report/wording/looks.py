"""What the pages say that look at a whole case at once: its clock, kinship, gaps, layers."""

from datetime import date
from typing import Final

from filiation.report.wording.figures import counted

__all__ = [
    *("ANSWER_LACKS", "CLOCK", "CLOCK_HEADS", "GAPS", "GAPS_HEADS", "GAPS_NOTE", "KINSHIP"),
    *("KINSHIP_HEADS", "KINSHIP_NOTE", "LAYERS", "LAYERS_HEADS", "LAYERS_NOTE", "LAYER_HEADS"),
    *("MEASURED", "MEASURED_HEADS", "NOTHING_LEFT", "NO_KINSHIP", "REVIEW_HEADS"),
    *("REVIEW_NOTE", "SAYS", "SAYS_HEADS", "SAYS_NOTE", "STANDING_PAGES", "allowed_words"),
    *("closed_words", "extended_words", "gap_kind", "kinship_title", "layer_title"),
    *("resumed_words", "served_words", "service_of", "stopped_words", "unread_words"),
]

CLOCK: Final = "Clock"
GAPS: Final = "What was not examined"
KINSHIP: Final = "Kinship"
STANDING_PAGES: Final = {"clock.html": CLOCK, "gaps.html": GAPS, "kinship.html": KINSHIP}
CLOCK_HEADS: Final = ("on record", "entered", "by whom", "what", "why")
GAPS_HEADS: Final = ("what", "where", "why")
GAPS_NOTE: Final = (
    "What is not in this list was compared as a plan says, or read and indexed. What nobody put in "
    "is in no list."
)
NOTHING_LEFT: Final = "Nothing that is on record was left out."
ANSWER_LACKS: Final = "planned and without a finding"
KINSHIP_NOTE: Final = (
    "Only what plans compared stands here, each answer as it is on record; nothing is compared for "
    "this page. Controls were held against the source, and stand without a line. Full line: "
    "descent is what the findings support. Broken line: they do not. No distance means anything."
)
KINSHIP_HEADS: Final = ("number", "answer", "subject", "source", "question")
NO_KINSHIP: Final = "Nothing was compared yet, or no line-up shows who was."
LAYERS: Final = "Layer by layer"
LAYERS_HEADS: Final = ("layer of the source", "methods", "seen best by", "set against", "log10 p")
LAYERS_NOTE: Final = (
    "A layer alone shows nothing: the answer is that of all layers together, with what was planned "
    "and what the controls show. Every p is already multiplied by the comparisons that were open."
)
LAYER_HEADS: Final = (
    "method", "set against", "matrices", "units", "dropped", "open", "statistic", "z", "log10 p",
)  # fmt: skip
SAYS: Final = "What its files say"
SAYS_HEADS: Final = ("about", "field", "file", "says")
SAYS_NOTE: Final = (
    "Claims of whoever made the files. No number of an examination depends on them; what was "
    "measured stands beside."
)
MEASURED: Final = "Stated and measured"
MEASURED_HEADS: Final = ("what", "stated", "measured")
REVIEW_HEADS: Final = ("document", "number", "tags", "privilege", "redaction", "remarks")
REVIEW_NOTE: Final = (
    "Every document that bears a mark: whose it is, what was ruled on it, and by which number it "
    "is cited."
)


def stopped_words(on: date) -> str:
    """From when on the clock stands."""
    return f"the clock stands from {on} on"


def resumed_words(on: date) -> str:
    """From when on it runs."""
    return f"the clock runs from {on} on"


def closed_words(first: date, last: date) -> str:
    """Days that are closed."""
    return f"closed on {first}" if first == last else f"closed from {first} to {last}"


def served_words(what: int, party: str, means: str, on: date) -> str:
    """What was served on whom."""
    named = f"event {what}" if what else "the complaint"
    by = f" by {means}" if means else ""
    return f"{named} was served on {party}{by} on {on}"


def allowed_words(step: str, party: str, days: int, counting: str) -> str:
    """Days that a party has for a step."""
    return f"{party} has {days} {counting} days for: {step}"


def extended_words(what: int, days: int) -> str:
    """More days, and for what."""
    named = f"the deadline of event {what}" if what else "the time for the decision"
    return f"{named} is extended by {counted(days, 'day')}"


def kinship_title(exhibits: int, answers: int) -> str:
    """What the drawing tells whoever cannot see it."""
    return f"{counted(exhibits, 'exhibit')} and {counted(answers, 'answer')} about them"


def layer_title(label: str) -> str:
    """What a page about one layer is headed with."""
    return f"Layer {label}"


def service_of(number: int, party: str) -> str:
    """A service, where one is chosen."""
    return f"event {number}: service on {party}"


def gap_kind(kind: str, *, planned: bool) -> str:
    """Why an exhibit was compared in no plan that was carried out."""
    if kind == "files":
        return "kept with its custody; no method reads such files"
    return "planned, not carried out yet" if planned else "no plan that was carried out names it"


def unread_words(count: int) -> str:
    """That documents hold parts that could not be taken apart."""
    return f"{counted(count, 'document')} with parts that could not be taken apart"
