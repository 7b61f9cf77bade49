"""What is signed is what is shown: in words first, each value of the bytes, and no other."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_args

import pytest

from filiation.casefile import facts
from filiation.casefile.ledger.dsse import pae, taken_apart
from filiation.casefile.ledger.event import KIND, Event
from filiation.casefile.record import Record
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.site.signed import as_bytes, rows_of
from filiation.report.site.translated import saying
from filiation.report.wording import signed
from filiation.report.wording.desk import DEEDS, ELSEWHERE
from web.desk import Bench

HOSTILE = "Theirs.\n<script>alert('x')</script> \u202e"


def leaves(found: Any) -> Iterator[str]:
    """Every value of JSON as it is written there, but what says nothing."""
    match found:
        case dict():
            for one in found.values():
                yield from leaves(one)
        case list():
            for one in found:
                yield from leaves(one)
        case str():
            yield from [found] if found else []
        case bool() | None:
            pass  # in words of ours
        case _:
            yield json.dumps(found)


def shown_of(page: str) -> tuple[str, str]:
    """What a page leads with, and what it has behind; letters alone."""
    first, _, behind = page[page.index('<dl class="signed">') :].partition("<details>")
    return letters(first), letters(behind.partition("<pre")[0])


def parts(value: str) -> list[str]:
    """What a list within a list held; JSON is one."""
    return [value] if value.startswith(("{", "[")) else value.split(": ")


def letters(page: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", page.replace("&nbsp;", " ")))


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_page_leads_with_what_is_signed_in_words(walked_on: Bench, language: str) -> None:
    say = saying(language)
    deed = walked_on.began("acme", "state", {"kind": "claim", "title": "On both", "text": HOSTILE})
    message = base64.b64decode(walked_on.stands("acme", deed, "sign")["message"])
    page = walked_on.ask("acme", f"{language}/deeds/{deed}.html".removeprefix("en/")).text
    event = json.loads(taken_apart(message, "it")[1])
    first, behind = shown_of(page)
    for label in ("actor", "verb", "sequence", "case", "root"):
        assert say(signed.TOP[label]) in first and f"{event[label]}" in first
    assert say(DEEDS["state"]) in first and say(signed.FACTS["title"]) in first
    assert [one for one in leaves(event) if one not in first + behind] == []
    stated = {name: said for name, said in event["facts"].items() if name != "kind_of_fact"}
    assert [one for one in leaves(stated) if one not in first] == []
    assert "<script>alert" not in page and "\u202e" not in page
    assert "alert('x')" in first and say(signed.SAID) in first
    pre = re.search(r'<pre class="signed-bytes"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert pre and html.unescape(pre[1]).encode() == message
    assert hashlib.sha256(message).hexdigest() in behind + letters(page)
    assert page.index("<dl") < page.index("<details>") < page.index("<pre")
    assert "<details open" not in page


def test_every_event_is_shown_whole(walked_on: Bench) -> None:
    """Of each event of a case that was walked through: all of it, and nothing else."""
    for one in Record(walked_on.case).signed():
        event = json.loads(one.envelope.payload)
        first, behind = rows_of(KIND, one.envelope.payload)
        rows = (*first, *behind)
        said = [one for row in rows for value in (*row.values, row.name) for one in parts(value)]
        assert [leaf for leaf in leaves(event) if not any(leaf in value for value in said)] == []
        known = json.dumps(event, ensure_ascii=False)
        odd = [one for one in said if json.dumps(one, ensure_ascii=False)[1:-1] not in known]
        assert [one for one in odd if not one.startswith(("[", "{"))] == []
        deed = next(row for row in first if row.label == signed.TOP["verb"])
        assert deed.ours in DEEDS.values() or event["facts"]["kind_of_fact"] not in signed.DID
        said_of = {row.label: row for row in rows}
        for name, value in event["facts"].items():
            row = said_of[signed.FACTS[name]]
            assert row.ours == ("yes" if value else "no") if isinstance(value, bool) else True


def test_a_head_and_what_is_handed_over_are_shown_in_words(walked_on: Bench) -> None:
    deed = walked_on.began("tribunal", "export", {"party": "acme", "folder": "for-acme-now"})
    message = base64.b64decode(walked_on.stands("tribunal", deed, "sign")["message"])
    kind, payload = taken_apart(message, "it")
    page = walked_on.ask("tribunal", f"deeds/{deed}.html").text
    first, behind = shown_of(page)
    assert kind.endswith(".export+json") and DEEDS["export"] in first
    found = json.loads(payload)
    assert [one for one in leaves(found) if one not in first + behind] == []
    for name in ("events", "documents", "objects"):
        assert signed.TOP[f"withheld_{name}"] in first
    bare = re.findall(r"</dt></div>", page)  # a term without a description
    assert bare == []
    assert [*found["files"]] == [name for name in found["files"] if name in behind]
    first_rows, rest = rows_of("x.head+json", b'{"case":"c","size":9,"root":"r","new":"n"}')
    assert [row.values for row in first_rows] == [("c",), ("9",), ("n",), ("r",)] and rest == []


def test_a_deed_is_named_by_the_bytes_alone(walked_on: Bench) -> None:
    """Whatever stands beside them; and words that are not those are not shown as theirs."""
    event = {"actor": "acme", "verb": "claim", "facts": {"kind_of_fact": "decided"}}
    event["writes"] = [{"what": "text", "sha256": "0" * 64}]  # type: ignore[assignment]
    first, _ = rows_of(KIND, json.dumps(event).encode(), ["Other words"])
    assert [row.ours for row in first if row.ours] == [DEEDS["decide"], ELSEWHERE]
    assert not [row for row in first if "Other words" in row.values]
    assert as_bytes(pae("k", "\u202e\n".encode())) == "DSSEv1 1 k 4 \\u202e\\n"


def test_every_field_has_words() -> None:
    """Of events and of every fact: a field that comes later has to be named, too."""
    assert {one.name for one in fields(Event)} - {"facts"} <= {*signed.TOP}
    names = {one.name for kind in get_args(facts.Fact) for one in fields(kind)}
    assert names <= {*signed.FACTS} and len(names) > 90
    assert {*signed.FACTS} - names == {"kind_of_fact"}
    assert {*signed.DID} <= {*facts.KINDS}
