"""Reports on a question about one exhibit: every sentence in every language, nothing left out."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from filiation.methods.logs import pivot
from filiation.model.campaigns import CHANNELS, Campaigns, FoundGroup
from filiation.model.inquiry import CAMPAIGNS, Disclosed, InCase, Inquiry, SourceFile
from filiation.readers.logs import (
    csv_rows,
    json_rows,
    presets,
    reducing,
    spool,
    times,
    unfolding,
)
from filiation.report.blocks import Note, Table
from filiation.report.campaigns import campaigns_text
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.inquiry.groups import members_blocks
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.languages.translated import translated
from made_groups import campaigns_of, group_of

ASKED = InCase(
    exhibit="log", offered_by="acme", entered=4, planned=5, planned_by="first", plan="0" * 64,
    coin=6, tossed_by="lead", place=1,
)  # fmt: skip
# What readers of logs and channels give as reasons; told in the report's language, too.
ASIDE = tuple((reason, 1) for reason in (
    json_rows.NOT_JSON, json_rows.NOT_UTF8, json_rows.NO_OBJECT, json_rows.TOO_DEEP,
    json_rows.TOO_LONG, json_rows.TWICE, csv_rows.NUL, csv_rows.OPEN,
    "more or fewer fields than columns", presets.NOT_A_CALL, reducing.NO_ACCOUNT,
    reducing.BAD_ACCOUNT, spool.TWICE, spool.OTHER, times.NO_TIME, times.UNREADABLE,
    times.NO_ZONE, times.TWICE, times.OUTSIDE, unfolding.NO_USER, unfolding.TOO_WIDE,
))  # fmt: skip
SILENT = (
    "no signature", "1 accounts active on 4 held days, expected at least two",
    "1 members used it before the release, with 20 others; expected at least two",
    "1 accounts with 20 requests on held days and a pool, expected at least two",
    "no model was released in this time", "3 other accounts use its family, expected at least 20",
    "1 accounts closed and 0 born after the first day, expected 3 of each",
    "fewer than 20 other closings to compare with", "fewer than 20 of its other users ask 3 times",
)  # fmt: skip
HELD = SourceFile(sha256="1" * 64, exhibit="whole")


def silent(reasons: Sequence[str]) -> FoundGroup:
    """A group whose channels could not be asked, each for one of the reasons."""
    asked = group_of("template")
    why = dict(zip(CHANNELS, reasons, strict=True))
    return replace(asked, spoken=tuple(
        replace(one, observed=None, expected=None, log_p=0.0, log_e=0.0, reason=why[one.id])
        for one in asked.spoken
    ))  # fmt: skip


def document(found: Campaigns, asked: InCase = ASKED, **more: Any) -> dict[str, Any]:
    """The report of one answer, read as JSON; its event stands in no record."""
    event = SimpleNamespace(
        sequence=7,
        case="c" * 12,
        time="2026-05-04T10:00:00Z",
        actor="first",
        written=lambda what: "2" * 64,
    )
    material: Any = InquiryMaterial(
        found=Inquiry(question=CAMPAIGNS, asked=asked, environment=(), campaigns=found),
        entry=SimpleNamespace(event=event),  # type: ignore[arg-type]
        case="c" * 12, title="Acme", lead="lead", size=8, root="3" * 64, **more,
    )  # fmt: skip
    read: dict[str, Any] = json.loads(inquiry_document(material))
    return read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (ASKED, campaigns_of()),
        (replace(ASKED, place=2, others=("may", "june"), files=(HELD,)), campaigns_of()),
        (replace(ASKED, others=("may",)), campaigns_of(group_of(), aside=(), proposed=1)),
        (
            ASKED,
            campaigns_of(
                group_of("template"), silent(SILENT[:8]), silent(SILENT[-8:]), aside=ASIDE
            ),
        ),
    ],
)
def test_no_english_is_left_in_the_body(language: str, asked: InCase, found: Campaigns) -> None:
    told = {"0" * 16: Disclosed(hashed="0" * 16, text="Grade … well.", by="acme", event=9)}
    for words in ({}, told):
        assert translated(document(found, asked, words=words), language)["english"] == []


def test_reasons_are_those_that_channels_and_readers_give() -> None:
    """So that a reason which is worded anew does not stay English in silence."""
    methods = Path(pivot.__file__).parent
    source = " ".join(path.read_text() for path in methods.glob("*.py"))
    for reason in SILENT:
        for piece in re.split(r"\d+|[,;] ", reason):
            assert " ".join(piece.split()) in " ".join(re.sub(r'"\s*f?"', "", source).split())


def test_a_table_of_accounts_says_how_many_it_leaves_out() -> None:
    whole = [*members_blocks(group_of("template", members=5_000))]
    table, note = members_blocks(group_of("template", members=5_007))
    assert len(whole) == 1 and isinstance(table, Table) and isinstance(note, Note)
    assert sum(bool(name) for row in table.rows for name in row) == 5_000
    assert "5,000 of 5,007" in note.text and "other 7" in note.text


def test_a_logs_title_asks_and_does_not_say() -> None:
    assert "Do accounts act as one? log" in campaigns_text(campaigns_of(group_of()))
    front = document(campaigns_of(group_of()))["front"]
    assert front["about"] == "Do accounts act as one? log"
    assert "Handeln Konten wie eines?" in translated(
        document(campaigns_of(group_of())), "de")["front"]["about"]  # fmt: skip


def test_days_over_years_cost_what_was_asked_on_them() -> None:
    """A clock that is decades off makes days without a request, which nothing lists."""
    group = group_of("template", activity=(((0, 2), (40_000, 1)), ((3, 1),)))
    found = campaigns_of(group, days=40_001, held=(0, 40_000))
    raw = json.dumps(document(found))
    assert len(raw) < 1.1 * len(json.dumps(document(campaigns_of(group_of("template")))))
    assert "2 days with requests" in raw or "3 days with requests" in raw
