"""The examination of a log as blocks, as JSON, as a page and for a terminal."""

from collections.abc import Iterator
from typing import Any, Final

import rfc8785

from filiation.model.campaigns import Campaigns, FoundGroup
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings.activity import activity, null_distributions
from filiation.report.drawings.shared import shared_bars
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.blocks.terminal import terminal_blocks
from filiation.report.render.page import page
from filiation.report.wording import campaigns as words
from filiation.report.wording import inquiry as own
from filiation.report.wording.figures import clean

__all__ = [
    "campaigns_blocks",
    "campaigns_fields",
    "campaigns_html",
    "campaigns_json",
    "campaigns_text",
]

HEADINGS: Final = ("channel", "set against", "seen", "expected", "p", "e-value")
DAY: Final = 1440


def campaigns_blocks(found: Campaigns, *, drawn: bool = True) -> list[Block]:
    """The whole document, groups of which most may be said first."""
    return [*_opening(found), *_groups(found, drawn=drawn), *_ending()]


def _opening(found: Campaigns) -> Iterator[Block]:
    yield Heading(level=0, text=words.campaigns_title(found))
    yield Paragraph(text=words.log_headline(found), strong=True)
    yield Paragraph(text=words.log_summary(found))
    if aside := words.aside_words(found):
        yield Paragraph(text=aside)
    yield Paragraph(text=words.testing_words(found))


def _groups(found: Campaigns, *, drawn: bool) -> Iterator[Block]:
    start = words.minute_words(found.first_day * DAY)[:10]
    for number, group in enumerate(found.named, start=1):
        yield Heading(level=1, text=words.group_title(number, group))
        yield Paragraph(text=words.group_claim(group), strong=True)
        for fact in words.group_facts(group):
            yield Paragraph(text=fact)
        yield from _channels(group) if drawn else _channels_in_lines(group)
        yield Paragraph(text=words.group_otherwise(group))
        if drawn:
            yield from _drawings(found, group, start)
        yield Note(text=words.members_words(group.members))


def _channels(group: FoundGroup) -> Iterator[Block]:
    rows = [words.channel_row(one) for one in group.spoken]
    yield Table(headings=HEADINGS, rows=rows, right=(4, 5))


def _channels_in_lines(group: FoundGroup) -> Iterator[Block]:
    """The same for a terminal: no wider than its lines, nulls as the page and JSON have them."""
    asked = [words.channel_row(one) for one in group.spoken if not one.reason]
    yield Table(headings=(HEADINGS[0], *HEADINGS[2:]), rows=[(row[0], *row[2:]) for row in asked])
    if left := words.not_asked(group):
        yield Paragraph(text=left)


def _drawings(found: Campaigns, group: FoundGroup, start: str) -> Iterator[Block]:
    if group.shared:
        yield Drawing(svg=shared_bars(group.shared), caption=own.BARS_DRAWN)
    yield Drawing(svg=activity(found, group, start), caption=words.ACTIVITY_DRAWN)
    if any(one.draws for one in group.spoken):
        yield Drawing(svg=null_distributions(group), caption=words.NULLS_DRAWN)


def _ending() -> Iterator[Block]:
    yield Heading(level=1, text=words.RESTS)
    for sentence in words.log_method():
        yield Paragraph(text=sentence)
    yield Heading(level=1, text=words.CANNOT)
    for sentence in words.log_limits():
        yield Paragraph(text=sentence)


def campaigns_html(found: Campaigns) -> bytes:
    """One self-contained page."""
    return page(
        "validation.html.j2",
        title=words.campaigns_title(found),
        body=html_blocks(campaigns_blocks(found)),
    )


def campaigns_text(found: Campaigns) -> str:
    """The same without drawings."""
    return terminal_blocks(campaigns_blocks(found, drawn=False))


def campaigns_json(found: Campaigns) -> bytes:
    """Canonical JSON (RFC 8785) and a newline; every group that was tested, every member."""
    return rfc8785.dumps(campaigns_fields(found)) + b"\n"


def campaigns_fields(found: Campaigns, *, coin: bool = False) -> dict[str, Any]:
    """The same as plain data.

    Args:
        found: The log, examined.
        coin: Whether the coin of a case drew its days.
    """
    plan = found.plan
    return {
        "schema_version": found.schema_version,
        "tool": clean(found.tool),
        "log": {"name": clean(found.name), "sha256": plan.log, "requests": found.rows,
                "accounts": found.accounts, "rows_read": found.read,
                "set_aside": {clean(reason): count for reason, count in found.aside}},
        "plan": {"sha256": plan.digest, "level": plan.level, "seed": plan.seed,
                 "most": plan.most, "draws": plan.draws, "method": plan.method,
                 "given": found.planned},
        "headline": words.log_headline(found),
        "groups_proposed": found.proposed,
        "groups": [_group_json(group) for group in found.groups],
        "limits": list(words.log_limits(coin=coin)),
    }  # fmt: skip


def _group_json(group: FoundGroup) -> dict[str, Any]:
    return {
        "claims": list(group.claims),
        "conclusion": words.group_claim(group),
        "other_explanations": words.group_otherwise(group),
        "requests": group.requests,
        "requests_of_family": group.of_family,
        "first": words.minute_words(group.first),
        "last": words.minute_words(group.last),
        "payments": {"distinct": group.payments, "stated": group.paying},
        "networks": {"distinct": group.networks, "stated": group.on_networks},
        "other_users_of_template": group.alone,
        "channels": [
            {
                "id": one.id,
                "null": words.CHANNEL_NULLS[one.id],
                "observed": one.observed,
                "expected": one.expected,
                "log_p": one.log_p if not one.reason else None,
                "log_e": one.log_e if not one.reason else None,
                "absent": clean(one.reason),
            }
            for one in group.spoken
        ],
        "signatures": {
            "of_family": group.sharing,
            "shown": [
                {
                    "of": one.of,
                    "hash": one.hashed,
                    "members": one.members,
                    "others": one.others,
                    "requests": one.requests,
                }
                for one in group.shared
            ],
        },
        "members": list(group.members),
    }
