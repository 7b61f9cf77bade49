"""How a case came to ask about one exhibit: each sentence with the event that shows it."""

from collections.abc import Iterator

from filiation.model.inquiry import (
    CAMPAIGNS,
    InCase,
    Inquiry,
    Question,
)
from filiation.report.wording import session, workload
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import who
from filiation.report.wording.figures import quoted
from filiation.report.wording.trained import trained_came_about

__all__ = ["came_about"]


def came_about(found: Inquiry) -> Iterator[tuple[str, int]]:
    """How the case came to ask, each sentence with the event that shows it."""
    asked = found.asked
    yield (
        f"{quoted(asked.exhibit)} was put in by {who(asked.offered_by)}.", asked.entered
    )  # fmt: skip
    if found.session is not None:
        yield from session.session_came(found.session, asked)
        return
    if found.workload is not None:
        yield from workload.workload_came(found.workload, asked)
        return
    if found.trained is not None:
        yield from trained_came_about(asked, found.trained.history)
        return
    if found.question == CAMPAIGNS:
        yield from _planned(found)
    else:
        yield from _committed(found)
    yield from _files(asked, found.question)


def _planned(found: Inquiry) -> Iterator[tuple[str, int]]:
    asked = found.asked
    made = found.campaigns
    assert made is not None  # asked of a log
    yield (
        f"After that {who(asked.planned_by)} fixed the plan: level {made.plan.level:g}, at most "
        f"{made.plan.most:,} groups, {made.plan.method}; it holds no seed.",
        asked.planned,
    )
    yield (
        f"After the plan {who(asked.tossed_by)} tossed a coin. The seed, and with it the choice of "
        f"days, follows from plan and coin: it is {made.plan.seed}. Neither who wrote the log nor "
        "who fixed the plan could choose it. That the coin was tossed once and not in private "
        "before is the word of who tossed it.",
        asked.coin,
    )
    if asked.place == 1:
        yield "It is the first plan of a log that got its coin in this case.", asked.coin
    else:
        yield (
            f"It is plan {asked.place} of a log that got its coin in this case. The laws of the "
            f"case allow the n-th a level of the first one's divided by n times n.",
            asked.coin,
        )
    if asked.others:
        named = ", ".join(quoted(one) for one in asked.others)
        logs = how_many(len(asked.others), "other log")
        yield (
            f"The same party put in {logs}: {named}. Each that is planned is a further look.",
            (asked.entered),
        )


def _committed(found: Inquiry) -> Iterator[tuple[str, int]]:
    asked, made = found.asked, found.twins
    assert made is not None  # asked of a record of served answers
    yield (
        f"Before that {who(asked.planned_by)} had committed to pool, snapshot, settings, number of "
        f"twins, level and references; it is commitment {asked.place} of that party.",
        asked.planned,
    )
    yield (
        f"After the commitment {who(asked.tossed_by)} tossed a coin, which drew the prompts and "
        "gave every twin its seed. The record was put in after that.",
        asked.coin,
    )
    yield (
        f"That {quoted(made.subject.name)} is the model that others call so, and that what models "
        "find likely or say, and how long twins are, was recorded as it was measured, is the word "
        f"of {who(asked.offered_by)}.",
        asked.entered,
    )
    if asked.others:
        named = ", ".join(quoted(one) for one in asked.others)
        records = how_many(len(asked.others), "other record")
        yield (
            f"The same party put in {records} of served answers: {named}. Each is a further look: "
            f"p is to be multiplied by {len(asked.others) + 1}, with this one.",
            asked.entered,
        )


def _files(asked: InCase, question: Question) -> Iterator[tuple[str, int]]:
    held = [one for one in asked.files if one.exhibit]
    whole = "files from which it was reduced" if question == CAMPAIGNS else "list that was drawn"
    if held and len(held) == len(asked.files):
        names = ", ".join(dict.fromkeys(quoted(one.exhibit) for one in held))
        said = f"The list that was drawn, by digest, is in {names}."
        if question == CAMPAIGNS:  # the digests stand in the log, which its maker wrote
            said = (
                f"The files from which it says it was reduced, by digest, are in {names}. That it "
                f"follows from them is the word of {who(asked.offered_by)}, until somebody who "
                "holds them and the key reduces them again."
            )
        yield said, asked.entered
    else:
        yield (
            f"The {whole} {'are' if question == CAMPAIGNS else 'is'} not all in this case: that "
            f"{quoted(asked.exhibit)} follows from {'them' if question == CAMPAIGNS else 'it'} is "
            f"the word of {who(asked.offered_by)}.",
            asked.entered,
        )
