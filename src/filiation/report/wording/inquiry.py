"""A question about one exhibit of a case in sentences: how it came about, and what it says.

Nothing here speaks of weights, and nothing of who is behind an account.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.campaigns import Campaigns, FoundGroup, SharedSignature, Spoken
from filiation.model.inquiry import (
    TRAINED,
    WORKLOAD,
    Disclosed,
    Inquiry,
    Question,
    TwinsShown,
)
from filiation.report.wording import session, workload
from filiation.report.wording.campaigns import (
    CHANNEL_NAMES,
    campaigns_title,
    group_claim,
    group_title,
    log_headline,
)
from filiation.report.wording.checked import came_again
from filiation.report.wording.expert_terms import carried_out, who
from filiation.report.wording.figures import quantity, quoted
from filiation.report.wording.owner import owner_conclusion, owner_headline
from filiation.report.wording.trained import OF_ANSWERS, trained_about
from filiation.report.wording.training import LIMITS, conclusion_words

__all__ = [
    *("ACCOUNTS_HEADS", "ACCOUNTS_TABLED", "ADDRESSED", "NO_TABLES", "TABLES"),
    *("ALONE_BEARS", "EXAMINED_ALONE", "alone_words", "check_place", "twins_row"),
    *("BARS_DRAWN", "BARS_TITLE", "CHECK", "DAYS_HEADS"),
    *(
        "DAYS_TABLED",
        "DRAWS_HEADS",
        "DRAWS_TABLED",
        "MEMBERS",
        "NOTHING_OF_WEIGHTS",
        "PLACES_DRAWN",
    ),
    *("PLACES_HEADS", "PLACES_TABLED", "PLACES_TITLE", "PROPOSED", "SECTIONS", "SHARED_HEADS"),
    *("TWINS_NULL_DRAWN", "TWINS_NULL_TITLE", "check_lines"),
    *("beside_propositions", "days_left_out", "disclosed_note", "members_left_out"),
    *(
        "draws_row",
        "inquiry_about",
        "inquiry_headline",
    ),
    *("inquiry_title", "log_held", "placed_at", "propositions_of", "question_words"),
    *("review_words", "shared_caption", "shared_row", "verdict_of"),
]

SECTIONS: Final = (
    ("answer", "The answer"),
    ("propositions", "The propositions"),
    ("came-about", "How the question was put"),
    ("found", "What was found"),
    ("rests", "What it rests on"),
    ("limits", "What this cannot show"),
    ("reviews", "Reviews"),
    ("check", "How to check this"),
)
QUESTIONS: Final[dict[Question, str]] = {
    "campaigns": "Do accounts of this log act as one?",
    "served-twins": "Was the subject trained on the answers that were served?",
    "history": "Does the history of this training support independence from the source?",
    "session": session.QUESTION,
    "workload": workload.QUESTION,
}
NOTHING_OF_WEIGHTS: Final = (
    "Neither proposition speaks of weights: no model is held against another here."
)
PROPOSED: Final = "They are the same for every such question, whatever is found."
PAIRS: Final[dict[Question, tuple[str, str]]] = {
    "campaigns": (
        "The requests of a group of accounts share one load: one hand deals them out, or one limit "
        "holds them.",
        "Each account of the group asks for itself; what they have in common is what tools, "
        "timetables and kinds of users give.",
    ),
    "served-twins": (
        "The subject was trained on the answers that were served to the group, directly or by way "
        "of another model or data set.",
        "The subject was not trained on them, whatever else it read, other answers of the same "
        "source included.",
    ),
    "history": (
        "The weights at the end of the history came about by the training that it shows, without "
        "weights of the source.",
        "The weights at the end of the history, or a part of them, were taken from the source, and "
        "the history was made or mended to fit.",
    ),
    "session": session.PROPOSED_OF,
    "workload": session.PROPOSED_OF,
}
BARS_TITLE: Final = "Shared signatures, by accounts"
BARS_DRAWN: Final = (
    "Signatures that most accounts of the group used on held days. Dark: accounts of the group. "
    "Light: other accounts."
)
SHARED_HEADS: Final = ("signature of", "hash", "accounts of the group", "others", "requests")
DAYS_HEADS: Final = ("day (UTC)", "used for", "requests", "accounts at work")
DAYS_TABLED: Final = "The group by day"
ACCOUNTS_HEADS: Final = ("account", "requests", "days at work", "first", "last")
ACCOUNTS_TABLED: Final = "The group by account"
DRAWS_HEADS: Final = ("channel", "observed", "least", "5%", "middle", "95%", "most")
DRAWS_TABLED: Final = "The nulls as they are drawn"
MEMBERS: Final = "Accounts of the group, by their hashed names"
PLACES_TITLE: Final = "Places of served answers among their twins"
PLACES_DRAWN: Final = (
    "How many served answers stand in each place among their twins, the likeliest first. If "
    "nothing was learnt, all places are as frequent."
)
PLACES_HEADS: Final = ("place", "by the subject", "by the source", "served to others")
PLACES_TABLED: Final = "Places of the served answer"
TWINS_NULL_TITLE: Final = "What was observed, and its null"
TWINS_NULL_DRAWN: Final = (
    "Bars: the statistic with any answer of each prompt in the served one's place, by lot. Line: "
    "what was observed. The p in the text is exact, and not counted from these bars."
)
ADDRESSED: Final = "On a question about one exhibit of a case"
TABLES: Final = "The drawings as tables"
NO_TABLES: Final = "There is no drawing."
CHECK: Final = "On a computer of one's own, without a network and without a prompt being read:"
VERIFIED: Final = (
    "filiation case verify CASE: every signature, every digest, every law of the case, the order "
    "of exhibit, plan, coin and answer among them."
)
EXAMINED_ALONE: Final = "Exhibits that were examined alone"
ALONE_BEARS: Final = (
    "Such an answer has a report of its own. It compares no two models, and nothing above rests on "
    "it."
)


def question_words(question: Question) -> str:
    """What was asked."""
    return QUESTIONS[question]


def propositions_of(question: Question) -> tuple[str, str]:
    """The pair that the answer bears on."""
    return PAIRS[question]


def beside_propositions(question: Question) -> str:
    """What neither proposition speaks of."""
    return OF_ANSWERS if question == TRAINED else NOTHING_OF_WEIGHTS


def inquiry_title(found: Inquiry) -> str:
    """Title of the report."""
    if found.trained is not None:
        return "Report on a training history"
    if found.session is not None:
        return session.session_title()
    if found.workload is not None:
        return workload.workload_title()
    if found.campaigns is not None:
        return "Report on a log of requests"
    return "Report on served answers and their twins"


def inquiry_about(found: Inquiry) -> str:
    """What it is about."""
    if found.trained is not None:
        return trained_about(found.asked)
    if found.session is not None:
        return session.session_about(found.session)
    if found.workload is not None:
        return workload.workload_about(found.workload)
    if found.campaigns is not None:
        return campaigns_title(found.campaigns)
    assert found.twins is not None  # by a law of the record
    return f"{quoted(found.twins.subject.name)}, and what {quoted(found.asked.exhibit)} holds"


def inquiry_headline(found: Inquiry) -> str:
    """The answer in a sentence or two."""
    if found.trained is not None:
        return " ".join(conclusion_words(found.trained))
    if found.session is not None:
        return session.session_headline(found.session)
    if found.workload is not None:
        return workload.workload_headline(found.workload)
    if found.campaigns is not None:
        return log_headline(found.campaigns)
    assert found.twins is not None  # by a law of the record
    return owner_conclusion(found.twins)


def verdict_of(found: Inquiry) -> list[str]:
    """What stands on the first page: the answer, the strongest of it, what it does not say."""
    lines = [inquiry_headline(found)]
    if found.session is not None:
        return [*lines, *session.session_verdict(found.session, found.asked)]
    if found.workload is not None:
        return [*lines, *workload.workload_verdict(found.workload)]
    if found.campaigns is not None:
        lines += [f"{group_title(1, one).partition(': ')[2]}: {group_claim(one)}"
                  for one in found.campaigns.named[:1]]  # fmt: skip
        lines.append(
            "It does not say who is behind an account, whether any of this was allowed, or what "
            "an answer was used for."
        )
    elif found.trained is not None:
        lines.append(LIMITS[0])
    elif found.twins is not None:
        lines.append(owner_headline(found.twins, again=found.asked.drawn_again))
        lines.append("It does not say who brought the answers to the subject, or that anybody did.")
    return lines


def alone_words(found: Inquiry) -> str:
    """The question about an exhibit, and its answer, in another report."""
    return (
        f"{quoted(found.asked.exhibit)}: {question_words(found.question)} {inquiry_headline(found)}"
    )


def log_held(found: Campaigns) -> str:
    """How large the log is; the plan's own digest stands on the first page."""
    return (
        f"The log holds {found.rows:,} requests of {found.accounts:,} accounts; its digest is "
        f"{found.plan.log[:16]}…."
    )


def shared_caption(group: FoundGroup) -> str:
    """How many signatures are shown of how many the family has."""
    return f"{len(group.shared):,} of {group.sharing:,} signatures of the family, on held days"


def shared_row(one: SharedSignature) -> tuple[str, ...]:
    """A signature, and who used it."""
    return (
        one.of, one.hashed, f"{one.members:,}", f"{one.others:,}", f"{one.requests:,}"
    )  # fmt: skip


def disclosed_note(told: Sequence[Disclosed], shared: int) -> str:
    """Whose words the words of templates are, or why there are none."""
    if not told:
        return (
            "Hashes stand for words: whoever put the log in can tell the words behind some of them "
            "(case words). Equal hashes are equal words."
        )
    by = ", ".join(dict.fromkeys(f"{who(one.by)} (event {one.event})" for one in told))
    return (
        f"Of {shared:,} hashes {len(told):,} are told in words by {by}. Whoever holds the key can "
        "check that these words have these hashes; nobody else can."
    )


def draws_row(one: Spoken) -> tuple[str, ...]:
    """The null of a channel in figures, beside what was observed."""
    seen = "-" if one.observed is None else quantity(one.observed)
    return CHANNEL_NAMES[one.id], seen, *_quantiles(one.draws)


def twins_row(shown: TwinsShown) -> tuple[str, ...]:
    """The null of a test of served answers in figures."""
    return "", quantity(shown.observed), *_quantiles(shown.draws)


def _quantiles(draws: Sequence[float]) -> Iterator[str]:
    found = sorted(draws)
    last = len(found) - 1
    return (quantity(found[round(share * last)]) for share in (0.0, 0.05, 0.5, 0.95, 1.0))


def check_place() -> str:
    """Where the reader finds how to check the report."""
    return "How to check this report: section 8."


def days_left_out(shown: int, days: int) -> str:
    """That days without a request are not listed."""
    return f"{shown:,} days with requests, of {days:,} that the log covers."


def members_left_out(shown: int, members: int) -> str:
    """That a table of accounts ends before the group does."""
    return (
        f"{shown:,} of {members:,} accounts are listed; the other {members - shown:,} stand in the "
        "report's data (JSON), which has them all."
    )


def review_words(entry: Entry[facts.Reviewed]) -> str:
    """Who reviewed, and what came of deriving it again."""
    fact = entry.fact
    again = came_again(same=fact.same_bytes, moved=fact.moved)
    said = "agrees" if fact.agrees else "disagrees"
    return f"{carried_out(entry.event)}, derived it again ({again}) and {said}"


def check_lines(question: Question) -> tuple[str, ...]:
    """What to type."""
    extra = {"campaigns": "the log", "history": "the history", "session": "the messages"}.get(
        question, "the record"
    )
    if question == WORKLOAD:
        return (VERIFIED, workload.REPLAYED)
    return (
        VERIFIED,
        f"filiation case replay CASE: every number again from {extra} that the case keeps, and "
        "this report, byte for byte.",
    )


def placed_at(sequence: int) -> str:
    """An event as the source of a sentence."""
    return f"event {sequence}"
