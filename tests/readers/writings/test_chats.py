"""Slack, Teams and other chats: nothing that a message shows is lost, and nobody else's words."""

import json
from pathlib import Path
from typing import Any

import pytest

from filiation.model.document import Document
from filiation.readers.writings.chats import read_chat
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.production import documents
from filiation.readers.writings.slack import read_slack
from filiation.readers.writings.teams import read_teams
from readers.writings.files import handed

CASE = Path(__file__).parents[4] / "shared" / "cases" / "slack-blocks"
NAMES = {"U1": "Ada L", "C1": "train"}


def slack(**said: Any) -> Document:
    found = read_slack({"type": "message", "ts": "1772442845.1", "user": "U1"} | said,
                       "f.json", "/0", "train", NAMES)  # fmt: skip
    assert found is not None
    return found


def teams(**said: Any) -> Document:
    value = {"id": "1", "createdDateTime": "2026-03-02T09:14:05Z", "body": {"content": "hi"},
             "from": {"user": {"id": "u", "displayName": "Dana"}}}  # fmt: skip
    found = read_teams(value | said, "f.json", "/value/0", "", {})
    assert found is not None
    return found


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    line = {"type": "rich_text_section", "elements": list(elements)}
    return [{"type": "rich_text", "elements": [line]}]


def test_an_export_of_slack_of_a_public_report() -> None:
    if not CASE.exists():
        pytest.skip("the shared cases are not here")
    found = [one for one in documents(handed(CASE), Snapshot()) if one.format == "slack"]

    assert [one.people[0].name for one in found[:4]] == [
        "relay (a program)", "Ada L", "Carl Guest", "Ada L",
    ]  # fmt: skip
    assert found[0].text == "Corpus run finished\nCollected 40000 answers of their service"
    assert found[1].text.startswith(
        "[shared message by Ben, 2026-02-20T09:33:20Z:]\n> we copied the"
    )
    assert found[2].text == "@Ada L look at that"
    assert "> use their answers" in found[3].text
    assert found[4].remarks[0] == "it was deleted; its words are not in the export"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"text": "<@U1> see <#C1> &amp; <!here>"}, "@Ada L see #train & @here"),
        ({"text": "<https://a.example|the bank>"}, "the bank[link: https://a.example]"),
        ({"text": "same", "blocks": rich({"type": "text", "text": "same"})}, "same"),
        ({"text": "one", "blocks": rich({"type": "text", "text": "two"})},
         "one\n[other form of the message, in blocks:]\n> two"),
        ({"text": "", "blocks": rich({"type": "user", "user_id": "U1"}, {"text": " x"})},
         "@Ada L x"),
        ({"text": "", "blocks": [{"alt_text": "their plan", "title": "t"}]},
         "t\ntheir plan"),
        ({"text": "x", "reactions": [{"name": "eyes", "users": ["U1"]}]},
         "x\n[reactions:]\n> :eyes: by Ada L"),
        ({"text": "", "attachments": [{"fields": [{"title": "Who", "value": "Ben"}]}]},
         "[attachment:]\n> Who: Ben"),
        ({"text": "", "files": [{"name": "n", "filetype": "canvas", "title": "Plan of theirs"}]},
         "[attached file canvas n:]\n> Plan of theirs"),
        ({"subtype": "message_changed", "text": "", "message": {"text": "new"},
          "previous_message": {"text": "old"}},
         "[message as it was edited:]\n> new\n[message as it was before:]\n> old"),
        ({"text": "[shared message by Ben:]\n> x"}, "\\[shared message by Ben:]\n> x"),
    ],
)  # fmt: skip
def test_the_words_of_a_message_of_slack(said: dict[str, Any], shown: str) -> None:
    assert slack(**said).text == shown


def test_what_slack_says_beside_the_words() -> None:
    edited = slack(text="x", edited={"user": "U1", "ts": "1772442900.0"})
    notice = slack(text="<@U1> set the topic: theirs", subtype="channel_topic", topic="theirs")
    program = slack(text="x", bot_id="B1", username="Ada L", user=None)
    odd = slack(text="x", unheard={"note": "more words"})

    assert "edited after it was sent, by Ada L, 2026-03-02T09:15:00Z" in edited.remarks[0]
    assert "a notice of Slack (channel_topic); nobody typed it" in notice.remarks
    assert program.people[0].name == "Ada L (a program)"
    assert "the name that it shows is its own choice" in program.remarks[0]
    assert odd.remarks == ("fields that are not read: unheard",)


def test_topics_of_slack_are_documents(tmp_path: Path) -> None:
    (tmp_path / "channels.json").write_text(
        '[{"id": "C1", "name": "train", "topic": {"value": "their answers"}}]'
    )
    (tmp_path / "users.json").write_text('[{"id": "U1", "profile": {"real_name": "Ada"}}]')
    day = tmp_path / "train" / "2026-03-02.json"
    day.parent.mkdir()
    day.write_text('[{"type": "message", "ts": "1772442845.1", "user": "U1", "text": "<#C1>"}]')
    listing, message = documents(handed(tmp_path), Snapshot())

    assert "their answers" in listing.text
    assert (message.text, message.people[0].name) == ("#train", "Ada")


def test_what_a_message_of_teams_shows() -> None:
    card = {"body": [{"type": "TextBlock", "text": "card words"}]}
    shared = {"messagePreview": "theirs", "messageSender": {"user": {"displayName": "Ben"}}}
    found = teams(
        subject="Plan",
        attachments=[
            {"contentType": "x", "content": json.dumps(card)},
            {"contentType": "messageReference", "content": json.dumps(shared)},
            {"name": "a.docx", "contentUrl": "https://a.example/a.docx"},
        ],
        reactions=[{"reactionType": "like", "user": {"user": {"displayName": "Eve"}}}],
        deletedDateTime="2026-03-03T00:00:00Z",
        lastEditedDateTime="2026-03-02T10:00:00Z",
        unheard="some words",
    )
    for words in ("Plan\nhi", "card words", "[shared message by Ben:]\n> theirs", "> like by Eve",
                  "> a.docx"):  # fmt: skip
        assert words in found.text
    remarks = " ".join(found.remarks)
    assert "deleted, 2026-03-03" in remarks and "edited after it was sent, 2026-03-02" in remarks
    assert "fields that are not read: unheard" in remarks
    assert [one.name for one in found.attachments] == ["a.docx"]


def test_no_message_of_a_list_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({
        "title": "A group of theirs",
        "messages": [
            {"from": "Ada", "text": ["one ", {"text": "two"}], "date": "2026-03-02"},
            {"nobody": "says this"}, "or this", {"id": 3},
        ],
    }))  # fmt: skip
    found = list(read_chat(path, "x.json", {}))

    assert [one.text for one in found] == ["one two", "says this", "or this"]
    assert "around the messages: fields that are not read: title" in found[0].remarks
    assert found[1].people == () and "no sender was found in it" in found[1].remarks[0]
