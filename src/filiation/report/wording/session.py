"""A comparison of two secret materials in sentences: its course, its result, what it rests on."""

from collections.abc import Iterator
from typing import Final

from filiation.model.blind import (
    ROLES,
    SIDES,
    Bound,
    Compared,
    Copy,
    Material,
    SessionTold,
    Shared,
    Tie,
)
from filiation.model.inquiry import InCase
from filiation.report.wording.blind import (
    LONGEST,
    PADDED,
    chances,
    left_open,
    of_sets,
    tie_sentence,
)
from filiation.report.wording.blind_course import meant_by
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import who
from filiation.report.wording.expert_verdict import plainly
from filiation.report.wording.figures import clean, quoted
from filiation.report.wording.headline import headline

__all__ = [
    *("COURSE_DRAWN", "COURSE_HEADS", "COURSE_TABLED", "COURSE_TITLE", "PROPOSED_OF", "QUESTION"),
    *("SHARES_DRAWN", "SHARES_HEADS", "SHARES_TABLED", "SHARES_TITLE", "audit_sentences"),
    "conclusions_of",
    *("course_row", "session_about", "session_came", "session_headline", "session_limits"),
    *("session_rests", "session_title", "session_verdict", "shared_rows", "shared_sentences"),
    *("tie_sentences", "uncontrolled"),
]

QUESTION: Final = "What came of comparing two materials that neither side shows the other?"
PROPOSED_OF: Final = (
    "The two materials that the sides sealed have more in common than unrelated ones have.",
    "They have no more in common than unrelated ones have.",
)
OF: Final[dict[Material, str]] = {
    "weights": "weights, by sketches under a common seed",
    "answers": "answers of two services to a battery that a coin drew",
    "set": "sets, by private set intersection",
}
COPIES: Final[dict[Copy, str]] = {
    "same": "is a copy of the same session, with the same messages: it is no further draw.",
    "less": "is a copy of the same session that was cut: it holds fewer messages than this one.",
    "more": "is a fuller copy of the same session: it holds messages that this one lacks.",
    "apart": "is a copy of the same session: each of the two holds messages that the other lacks.",
    **{
        role: (
            f"is a copy of the same session and contradicts this one: the {role} signed two things "
            "in one place of it. That speaks against whoever has that key, and against nobody else."
        )
        for role in ROLES
    },
}
BEYOND: Final = ("more", "apart", *ROLES)
COURSE_TITLE: Final = "Course of the session"
COURSE_DRAWN: Final = (
    "Every dot is a signed message, in the row of whoever said it and the column of its step. "
    "Rings are awaited."
)
COURSE_HEADS: Final = ("step", "who", "says", "SHA-256")
COURSE_TABLED: Final = "Messages of the session"
SHARES_TITLE: Final = "Elements in common with the claimant's set"
SHARES_DRAWN: Final = (
    "Dark: share of the respondent's elements that stand in the claimant's set. Light: the same of "
    "each control."
)
SHARES_HEADS: Final = ("set", "elements", "in common", "share")
SHARES_TABLED: Final = "Sets against the claimant's"


def session_title() -> str:
    """Title of the report."""
    return "Report on a comparison of two sealed materials"


def session_about(found: SessionTold) -> str:
    """What it is about."""
    return f"Session {found.session[:16]}…: {OF[found.terms.material]}"


def session_headline(found: SessionTold) -> str:
    """The answer in a sentence or two."""
    if found.again == "differs":
        return "What the tribunal signed does not follow from the materials that this case keeps."
    if found.aborted:
        reason = next(one.reason for one in reversed(found.course) if one.step == "abort")
        return (
            f"The {found.aborted} ended the session, in this copy before a result: "
            f"{quoted(clean(reason))}."
        )
    told = found.told
    if told is None:
        awaited = " and ".join(f"the {role}" for role in found.awaited)
        return (
            f"This copy of the session holds no result: in it, step “{found.step}” awaits "
            f"{awaited}."
        )
    for bound in told.bounds:
        if bound.failed:
            return (
                f"The {bound.role}'s material is not that of what it sealed. Nothing was compared."
            )
    if told.shared is not None:
        return shared_headline(told.shared)
    if told.found is None or not told.found.conclusions:
        return "Nothing was compared."
    return " ".join(conclusions_of(told))


def conclusions_of(told: Compared) -> list[str]:
    """What the ordinary methods conclude, question by question."""
    return [plainly(headline(one)) for one in told.found.conclusions] if told.found else []


def shared_headline(found: Shared) -> str:
    """Of two sets."""
    share = found.common / found.sizes[1]
    about = "About " if found.scale else ""
    counted = (
        f"{about}{found.common:,} of the respondent's {found.sizes[1]:,} elements ({share:.1%}) "
        f"stand in the claimant's set of {found.sizes[0]:,}."
    )
    if not found.controls:
        return f"{counted} Without controls nothing follows from that."
    return f"{counted} Among {how_many(len(found.controls), 'control')} p is {found.p:.3g}."


def session_verdict(found: SessionTold, asked: InCase) -> Iterator[str]:
    """What stands beside the answer on the first page."""
    for name, how in asked.copies:
        if how in BEYOND:
            yield f"{quoted(name)} {COPIES[how]}"
    if found.told is not None:
        yield AGAIN[found.again]
    yield "It binds to what was sealed, not to what a service runs or a product was made from."


AGAIN: Final = {
    "same": (
        "The same was derived again from both materials and all that was opened, which this case "
        "keeps."
    ),
    "not-kept": (
        "Materials and openings are not in this case: that the result follows from them is the "
        "tribunal's word."
    ),
    "differs": "The messages are signed as they stand; what they say of the result is not so.",
    "other-versions": (
        "Derived again here, other numbers came out, with other versions than the tribunal names. "
        "Whether these explain it was not asked: only the same versions can tell."
    ),
}


def session_came(found: SessionTold, asked: InCase) -> Iterator[tuple[str, int]]:
    """How it came about, each sentence with the event that shows it."""
    event = asked.entered
    for role, party in asked.sides:
        if party:
            yield f"The {role} signed with the key that {who(party)} has in this case.", event
        else:
            yield (
                f"The key of the {role} is that of no party of this case: whose it is, and that it "
                "is not that of another of the three, is not shown.",
                event,
            )
    yield (
        f"Every one of its {how_many(len(found.course), 'message')} is signed and was folded anew "
        "for this answer.",
        event,
    )
    if found.aborted:
        yield "Each but the terms and the abort names all messages of the step before it.", event
    elif len(found.course) > 1:
        yield "Each but the terms names all messages of the step before it.", event
    if sum(one.step == "commit" for one in found.course) == len(SIDES):
        yield (
            "Both sides had joined with their seals before the first coin fell, and had committed "
            "to their materials before either saw the other's. When that was, by the clock, the "
            "session does not say; this event and time stamps do.",
            event,
        )
    for name, how in asked.copies:
        yield f"{quoted(name)} {COPIES[how]}", event
    if asked.others:
        named = ", ".join(quoted(one) for one in asked.others)
        yield (
            f"This case holds {how_many(len(asked.others), 'other session')}: {named}. Each is a "
            "further draw of coin and audit, and a further look.",
            event,
        )


def course_row(found: SessionTold, place: int) -> tuple[str, ...]:
    """A message."""
    one = found.course[place]
    said = meant_by(one.step, one.sender, sets=found.terms.material == "set")
    said += f": {quoted(clean(one.reason))}" if one.reason else ""
    return f"{one.number}", one.sender, said, one.digest[:16]


def audit_sentences(told: Compared) -> Iterator[str]:
    """What held each side's material against what it sealed."""
    for bound in told.bounds:
        if bound.failed:
            yield f"The {bound.role}'s: “{clean(bound.failed[:LONGEST])}”."
        elif told.battery:
            yield (
                f"The {bound.role}'s transcript answers all {bound.of:,} prompts that the coin "
                f"drew, and nothing else: {bound.values:,} answers, {bound.lacking:,} more lack."
            )
        else:
            yield _drawn(told, bound)


def _drawn(told: Compared, bound: Bound) -> str:
    what = "elements" if of_sets(told) else "tensors"
    return (
        f"The {bound.role}'s: a second coin drew {len(bound.drawn):,} of {bound.of:,} {what}, "
        f"{bound.values:,} numbers were reckoned again from what was opened and are the same. "
        f"Chance of catching whoever altered a share of it: {chances(bound)}."
    )


def shared_rows(found: Shared) -> Iterator[tuple[str, ...]]:
    """The respondent's set, and every control."""
    rows = [("respondent", found.sizes[1], found.common)]
    rows += [(quoted(one.name), one.size, one.common) for one in found.controls]
    for name, size, common in rows:
        yield name, f"{size:,}", f"{common:,}", f"{common / size:.1%}"


def shared_sentences(found: Shared) -> Iterator[str]:
    """How a count of two sets is read."""
    if found.controls:
        yield (
            f"p is {found.p:.3g}: the rank of the respondent's set among the controls, by share "
            f"({found.p_by_share:.3g}) or by number of elements in common "
            f"({found.p_by_number:.3g}), whichever is larger. It is exact if all were made alike, "
            "and no set comes first by its size alone."
        )
        yield PADDED
    for name, first in found.once:
        yield f"{quoted(name)} holds the same as {quoted(first)}: they count once."
    if found.scale:
        yield (
            f"Each count has discrete Laplace noise of scale {found.scale:.4g}, by the epsilon and "
            "the number of controls of the terms. It follows from the audit's coin and from a "
            "secret that the tribunal was bound to before that coin fell. p is reckoned from the "
            "counts with noise, of the respondent as of the controls, and holds for these."
        )


def tie_sentences(tie: Tie) -> Iterator[str]:
    """What ties a side's answers to anything."""
    if tie.to == "weights":
        yield f"The {tie.role}'s answers against those of the weights that it sealed:"
    else:
        yield f"The {tie.role}'s answers against those of its service, asked again:"
    for one in tie.found:
        yield tie_sentence(one)


UNTIED: Final = {
    "weights": (
        "The {role}'s answers are not tied to the weights that it sealed: nobody ran those on what "
        "the second coin drew."
    ),
    "service": "Nobody asked the {role}'s service again.",
}


def session_rests(found: SessionTold) -> Iterator[str]:
    """What the method rests on."""
    yield (
        "Terms, seals, a first coin from shares of all three, materials committed to under it, a "
        "second coin that draws what is audited, and a result that the tribunal signs. One honest "
        "share makes either coin fair."
    )
    terms = found.terms
    if terms.material == "weights":
        yield (
            f"Sketches of {terms.columns:,} columns; each side refuses terms under which rows "
            f"could be reckoned back nearer than {terms.error} %, or whole rows of more than "
            f"{terms.whole} % of the units be kept."
        )


def session_limits(found: SessionTold) -> Iterator[str]:
    """What it cannot show."""
    if found.told is not None:
        yield from left_open(found.told)
    else:
        yield "A session without a result says nothing of what was sealed."
        if found.aborted:
            yield (
                "The reason for an end is the word of whoever signed it. A file that is said to be "
                "lacking can still be put in by whoever has it: its digest was announced."
            )
        yield (
            "Whoever hands over a copy can leave its last messages out, and can sign an end after "
            "it saw a result: ask the other parties for their copies."
        )
    if found.told is None and found.step == "result":
        yield (
            "The tribunal is awaited too if a side announced its material or its opening and did "
            "not hand it over, which no message shows: ask the tribunal."
        )
