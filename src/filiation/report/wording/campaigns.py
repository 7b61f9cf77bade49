"""Groups of accounts in sentences: what they have in common, and what that leaves open.

Nobody is accused: a group is accounts by their hashed names. That requests share one load is said
of a group, never of one account, never that it is one hand that deals, and never of a purpose.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from filiation.model.campaigns import ALIKE, Campaigns, Claim, FoundGroup, Spoken
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import clean, probability_brief, quantity

__all__ = [
    *("ACTIVITY_DRAWN", "ACTIVITY_TITLE", "CANNOT", "NULLS_DRAWN", "NULLS_TITLE", "RESTS"),
    "activity_axis",
    *("CHANNEL_NAMES", "CHANNEL_NULLS", "aside_words", "campaigns_title", "channel_row"),
    *("group_claim", "group_facts", "group_otherwise", "group_title", "log_headline"),
    *(
        "log_limits",
        "log_method",
        "log_summary",
        "members_words",
        "not_asked",
        "minute_words",
        "planned_line",
        "testing_words",
    ),
]

FLOOR: Final = 1e-9
UNPLANNED: Final = (
    " No plan was given: level and number of groups may have been chosen after looking."
)
NAMED: Final = 12  # members that a page names; JSON has all
RESTS: Final = "What each word rests on"
CANNOT: Final = "What this cannot show"
ACTIVITY_DRAWN: Final = "Requests with what they share, by account and day."
ACTIVITY_TITLE: Final = "Requests by account and day"
NULLS_TITLE: Final = "What was observed, and its null"
NULLS_DRAWN: Final = "Bars: values under the null. Line: what was observed."
LN10: Final = math.log(10.0)

CHANNEL_NAMES: Final = {
    "sharing": "shared signatures",
    "together": "rise and fall together",
    "pivot": "turn to a new model",
    "coverage": "ask what is new",
    "compensation": "stand in for each other",
    "division": "divide one template's work",
    "replacement": "replace who was closed",
    "dealing": "no interests of their own",
}
DAYS: Final = "days of each account in any order, Mondays among Mondays, beside everybody's days"
CHANNEL_NULLS: Final = {
    "sharing": "accounts and signatures as frequent as they are, drawn without regard to groups",
    "together": DAYS,
    "pivot": "other accounts of the same habit of switching",
    "coverage": "random accounts of the same volume",
    "compensation": DAYS,
    "division": "other users of the same template",
    "replacement": "other closings of the log after each member's birth",
    "dealing": "random accounts of the same volume",
}
UNITS: Final = {
    "sharing": "uses", "together": "sd", "pivot": "log minutes", "coverage": "of prompts",
    "compensation": "sd", "division": "of requests", "replacement": "log minutes",
    "dealing": "of requests",
}  # fmt: skip
CLAIMED: Final[dict[Claim | None, str]] = {
    "hand": "Their requests with one template share one load: hour by hour one account stands in "
    "for another, as independent accounts do not, and together they come back to their own earlier "
    "requests less than other accounts do. One hand may deal them all, or several, each over some "
    "of the accounts. Or a limit that they share lets one ask where another waits. Whose requests "
    "these are, and what they are for, is not shown.",
    "alike": "Beyond the template that they share they {how}. One kind of user, one tool, one "
    "timetable, one gateway or one hand could be the cause; that their requests share one load "
    "is not shown.",
    "template": "They use one template, on days that were not looked at when they were found too. "
    "Nothing else reached the level of the plan: a published tool, a course or a benchmark looks "
    "the same, and this is no sign of one hand.",
    None: "What they had in common on the days on which they were found was not shown again on the "
    "days that were held back. Nothing is said of them.",
}
HOW: Final = {
    "together": "rise and fall together, as independent accounts do not",
    "pivot": "turned to a new model sooner than other accounts of their habits",
    "coverage": "ask more that is new than other accounts of their volume",
    "compensation": "stand in for each other from hour to hour, as independent accounts do not",
    "replacement": "were born sooner after others of them were closed than other closings explain",
}
STANDING_IN: Final = (
    "people who take their tasks from one queue or keep one rota: their employer's records "
    "would tell",
    "accounts that share one quota, so that one waits while another asks: the quota would tell",
)
OTHERWISE: Final[dict[Claim | None, tuple[str, ...]]] = {
    "hand": (
        "one tenant that spreads its own traffic over several accounts or keys, as an application, "
        "an evaluation or a batch job does, or several tenants of one tool that each do so: "
        "contracts, ways of paying and their own records would tell",
        *STANDING_IN,
        "a gateway or reseller that deals its customers' requests over its accounts: the gateway's "
        "log would show the customers, each with interests of its own",
    ),
    "alike": (
        "people of one kind, such as developers or students, each by himself: they differ from "
        "most accounts of the log, and nothing joins them",
        "users of one gateway or reseller, down and up with it: one way of paying, and the "
        "gateway's own log, would tell",
        "customers of one tool that works through lists, each with a list of its own: its maker "
        "would tell",
        "a tool or plug-in that changed for all its users at once: its release notes would tell",
        "a class or team with one timetable: one network and a calendar would tell",
        *STANDING_IN,
        "several keys of one tenant: its contract would tell",
    ),
    "template": (
        "a published tool, plug-in, prompt or benchmark: a search for its words would tell, by "
        "whoever may read them",
        "a class with one assignment, or a job that was copied from one page",
    ),
    None: (),
}


BY_DIGEST: Final = (
    "Which days are held back follows from the log's digest: whoever reduces it again under "
    "another key, or with a row more, draws again, unless the digest was lodged with others first "
    "and they named a value after that."
)
BY_COIN: Final = (
    "Which days are held back was drawn by a coin of the case, after the log was put in and the "
    "plan fixed: whoever wrote the log could not choose it. Whoever picks, of many months, tenants "
    "or cases, the one that he shows has looked before, and no coin mends that."
)


def campaigns_title(found: Campaigns) -> str:
    """Title of the document."""
    return f"Do accounts act as one? {clean(found.name)}"


def log_headline(found: Campaigns) -> str:
    """How many groups, by what may be said of them."""
    hand, alike, template = (len(found.saying(one)) for one in ("hand", "alike", "template"))
    tested = how_many(len(found.groups), "group")
    if not hand + alike + template:
        return f"{tested} tested; nothing may be said of any."
    return (
        f"{tested} tested: {hand} whose requests share one load, {alike} that act alike, "
        f"{template} that use one template. A group may be of several of these."
    )


def log_summary(found: Campaigns) -> str:
    """The log, and the plan that was fixed before."""
    plan = found.plan
    return (
        f"{found.rows:,} requests of {found.accounts:,} accounts; reduced log "
        f"{plan.log[:16]}.., plan {plan.digest[:16]}.. ({plan.method}, level {plan.level:g}, seed "
        f"{plan.seed})." + ("" if found.planned else UNPLANNED) + _later(plan.later)
    )


def _later(value: str) -> str:
    if not value:
        return ""
    return (
        f" Which days were held back follows from the log and from “{clean(value)}” together: if "
        "others named this after they had the log's digest, whoever wrote the log could not choose "
        "those days. When they named it is theirs to attest."
    )


def aside_words(found: Campaigns) -> str:
    """Rows that were set aside; empty if none was."""
    if not found.aside:
        return ""
    reasons = "; ".join(f"{count:,} {clean(reason)}" for reason, count in found.aside)
    return f"Of {found.read:,} rows read these were set aside: {reasons}."


def testing_words(found: Campaigns) -> str:
    """How groups were found and tested."""
    split = (
        f" The log covers {found.days:,} days; days without a request are counted among them. "
        f"Held back were {len(found.held):,} days, each with requests."
        if found.groups
        else ""
    )
    left = found.proposed - len(found.groups)
    more = f" {left:,} more were found, with less evidence, and not tested." if left else ""
    return (
        "Groups were looked for on one of every two days, by lot, and tested on the other."
        f"{split} At most {found.plan.level:g} of the groups of which each thing is said are "
        f"expected to be wrongly named, whatever was searched (e-BH over all tested groups).{more}"
    )


def group_title(number: int, group: FoundGroup) -> str:
    """Heading of a group."""
    return f"Group {number}: {how_many(len(group.members), 'account')}"


def group_claim(group: FoundGroup) -> str:
    """The most that may be said of it."""
    words = CLAIMED[_most(group)]
    loudest = max(ALIKE, key=lambda name: group.channel(name).log_e)
    return words.replace("{how}", HOW[loudest])


def _most(group: FoundGroup) -> Claim | None:
    for claim in ("hand", "alike", "template"):
        if claim in group.claims:
            return claim
    return None


def minute_words(minute: int) -> str:
    """A minute since 1970, in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")


def group_facts(group: FoundGroup) -> Iterator[str]:
    """Exchanges, first and last, ways of paying, other users; counted, never weighed."""
    yield (
        f"{group.requests:,} requests, {group.of_family:,} of them with what they share; the first "
        f"on {minute_words(group.first)}, the last on {minute_words(group.last)}."
    )
    if group.paying:
        paid = how_many(group.payments, "way", "ways")
        yield f"{paid} of paying among the {group.paying:,} that state one; never weighed."
    if group.on_networks:
        nets = how_many(group.networks, "network")
        yield f"{nets} among the {group.on_networks:,} that state one; never weighed."
    yield (f"{how_many(group.alone, 'other account')} used a template of theirs on held days.")


def activity_axis(first_day: str, most: int) -> str:
    """What stands below the drawing of a group's days."""
    return f"{first_day}, then day by day (UTC); at most {most:,} a day"


def members_words(members: tuple[str, ...]) -> str:
    """The first accounts, by the first letters of their hashes."""
    shown = ", ".join(one[:12] for one in members[:NAMED])
    more = len(members) - NAMED
    return f"Accounts: {shown}{f' and {more:,} more' if more > 0 else ''}."


def channel_row(one: Spoken) -> tuple[str, ...]:
    """A channel in a table: name, null, what was seen and expected, p and e."""
    name, null = CHANNEL_NAMES[one.id], CHANNEL_NULLS[one.id]
    if one.observed is None or one.expected is None:
        return name, null, f"not asked: {one.reason}", "-", "-", "-"
    e = one.log_e / LN10
    shown = f"1e{math.floor(e)}" if e >= 4 else quantity(math.exp(one.log_e))
    return (
        name, null, f"{quantity(one.observed)} {UNITS[one.id]}", quantity(one.expected),
        probability_brief(one.log_p, FLOOR), shown,
    )  # fmt: skip


def not_asked(group: FoundGroup) -> str:
    """Channels that could not be asked, and why; empty if all were."""
    left = [f"{CHANNEL_NAMES[one.id]} ({one.reason})" for one in group.spoken if one.reason]
    return f"Not asked: {'; '.join(left)}." if left else ""


def group_otherwise(group: FoundGroup) -> str:
    """Other explanations that remain, and what would tell them apart."""
    remaining = OTHERWISE[_most(group)]
    return f"What else it could be: {'; '.join(remaining)}." if remaining else ""


def log_method() -> tuple[str, ...]:
    """What each claim rests on."""
    return (
        "One template: each shared signature against both margins, accounts by their signatures "
        "and signatures by their accounts.",
        "Alike: the average of the e-values of together, turn to a new model, ask what is new, "
        "stand in, and replace. Averages, as channels read the same rows. People who were closed "
        "come back, each by himself, so that replacement is no sign of one hand.",
        "Dealt out: the smaller of two e-values, so that both nulls must fall: stand in (nobody "
        "deals), and no interests (each asks for himself). Timetables, tools and shocks "
        "make accounts act alike; people of one shift who take from one queue, and accounts under "
        "one limit, stand in for each other too. Divide is printed and weighs nothing: accounts "
        "that each have material of their own overlap as little.",
    )


def log_limits(*, coin: bool = False) -> tuple[str, ...]:
    """What cannot be seen, and who made the log.

    Args:
        coin: Whether the coin of a case drew the days, rather than the log's digest.
    """
    days = BY_COIN if coin else BY_DIGEST
    return (
        "The log is its provider's own. Nothing in it can show that no row was added, left out or "
        "written for the purpose: digests lodged with others at the time, invoices and the "
        "accounts' own records can.",
        "Error rates hold for a whole log. Whoever hands in only accounts that he picked, or "
        f"changes the plan after looking, has none. {days}",
        "All is said of a group as a whole. Which of its accounts it is true of was not tested: "
        "some may use the same template for themselves.",
        "A campaign whose prompts are each worded anew shares no signature and is not found. One "
        "whose accounts each keep a schedule, a volume and a subject of their own is not said to "
        "share one load. That nothing was found is no sign that there was nothing.",
        "Phrases that ask for reasoning or for marks are not counted: a reduced log holds none, "
        "and evaluations of other kinds use them.",
        "Nothing here says who is behind an account, or what an answer was used for.",
    )


def planned_line(path: str, digest: str) -> str:
    """A plan was written."""
    return f"plan {digest} written to {path}; give it to others before the log is examined."
