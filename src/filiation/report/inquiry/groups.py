"""The groups of a log as blocks: facts, channels, drawings, and behind each drawing its table."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from filiation.model.campaigns import Campaigns, FoundGroup
from filiation.model.inquiry import Disclosed
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Quotation, Table
from filiation.report.drawings.activity import activity, null_distributions
from filiation.report.drawings.shared import shared_bars
from filiation.report.wording import campaigns as words
from filiation.report.wording import inquiry as own
from filiation.report.wording.expert_terms import paragraphs_of, who

__all__ = ["group_blocks", "group_tables", "members_blocks"]

CHANNEL_HEADS: Final = ("channel", "set against", "seen", "expected", "p", "e-value")
DAY: Final = 1440
MOST_DAYS: Final = 400  # rows of a table
MOST_MEMBERS: Final = 5_000


def group_blocks(
    found: Campaigns, number: int, group: FoundGroup, told: Mapping[str, Disclosed], source: str
) -> Iterator[Block]:
    """One group.

    Args:
        found: The log.
        number: Of the group.
        group: Which.
        told: Signature to its words, where they were told.
        source: Where the figures come from.
    """
    yield Heading(text=words.group_title(number, group))
    yield Paragraph(text=words.group_claim(group), source=source, strong=True)
    for fact in words.group_facts(group):
        yield Paragraph(text=fact, source=source)
    rows = [words.channel_row(one) for one in group.spoken]
    yield Table(headings=CHANNEL_HEADS, rows=rows, right=(4, 5), widths=(4, 6, 5, 3, 3, 3))
    yield Paragraph(text=words.group_otherwise(group), source=source)
    yield Drawing(svg=activity(found, group, _day(found.first_day)), caption=words.ACTIVITY_DRAWN)
    if any(one.draws for one in group.spoken):
        yield Drawing(svg=null_distributions(group), caption=words.NULLS_DRAWN)
    yield from _shared(group, told)
    yield Note(text=words.members_words(group.members))


def _shared(group: FoundGroup, told: Mapping[str, Disclosed]) -> Iterator[Block]:
    """What they share: a drawing, its table, and words where they were told."""
    if not group.shared:
        return
    yield Drawing(svg=shared_bars(group.shared), caption=own.BARS_DRAWN)
    yield Table(
        headings=own.SHARED_HEADS,
        rows=[own.shared_row(one) for one in group.shared],
        right=(2, 3, 4),
        mono=(1,),
        widths=(3, 5, 4, 2, 3),
        caption=own.shared_caption(group),
    )
    known = [told[one.hashed] for one in group.shared if one.hashed in told]
    yield Note(text=own.disclosed_note(known, len(group.shared)))
    for one in known:
        yield Quotation(by=f"{who(one.by)}, {one.hashed}", paragraphs=paragraphs_of(one.text))


def group_tables(found: Campaigns, number: int, group: FoundGroup) -> Iterator[Block]:
    """The tables behind the drawings of a group."""
    yield Heading(text=words.group_title(number, group))
    yield from _by_day(found, group)
    yield from _by_account(found, group)
    drawn = [own.draws_row(one) for one in group.spoken if one.draws]
    if drawn:
        yield Table(
            headings=own.DRAWS_HEADS, rows=drawn, right=(1, 2, 3, 4, 5, 6),
            caption=own.DRAWS_TABLED, widths=(5, 3, 3, 3, 3, 3, 3),
        )  # fmt: skip


def _by_day(found: Campaigns, group: FoundGroup) -> Iterator[Block]:
    requests, at_work = Counter[int](), Counter[int]()
    for row in group.activity:
        requests.update(dict(row))
        at_work.update(day for day, _ in row)
    held = frozenset(found.held)
    rows = [
        (_day(found.first_day + day), "held back" if day in held else "searched",
         f"{requests[day]:,}", f"{at_work[day]:,}")
        for day in sorted(requests)[:MOST_DAYS]
    ]  # fmt: skip
    yield Table(
        headings=own.DAYS_HEADS, rows=rows, right=(2, 3), caption=own.DAYS_TABLED,
        widths=(4, 3, 3, 4),
    )  # fmt: skip
    yield Note(text=own.days_left_out(len(rows), found.days))


def _by_account(found: Campaigns, group: FoundGroup) -> Iterator[Block]:
    rows = []
    for member, row in zip(group.shown, group.activity, strict=True):
        if row:
            first, last = (_day(found.first_day + day) for day, _ in (row[0], row[-1]))
            requests = sum(count for _, count in row)
            rows.append((member[:12], f"{requests:,}", f"{len(row):,}", first, last))
    yield Table(
        headings=own.ACCOUNTS_HEADS, rows=rows, right=(1, 2), mono=(0,),
        caption=own.ACCOUNTS_TABLED, widths=(5, 3, 3, 4, 4),
    )  # fmt: skip


def members_blocks(group: FoundGroup) -> Iterator[Block]:
    """The accounts by their whole hashed names, two in a row; how many are left out, if any are."""
    names = [*group.members[:MOST_MEMBERS], *[""] * (len(group.members[:MOST_MEMBERS]) % 2)]
    rows = [tuple(names[at : at + 2]) for at in range(0, len(names), 2)]
    yield Table(headings=("", ""), rows=rows, mono=(0, 1), caption=own.MEMBERS)
    if len(group.members) > MOST_MEMBERS:
        yield Note(text=own.members_left_out(MOST_MEMBERS, len(group.members)))


def _day(number: int) -> str:
    return words.minute_words(number * DAY)[:10]
