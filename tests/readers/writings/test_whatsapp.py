"""WhatsApp: any language's dates, notices that are no messages, lines that begin none."""

from pathlib import Path

import pytest

from filiation.casefile.documents.account import HARMLESS
from filiation.model.document import Document
from filiation.readers.writings.whatsapp import is_whatsapp, read_whatsapp

CASES = Path(__file__).parents[4] / "shared" / "cases"
LOCALES = sorted((CASES / "wa-locale").glob("*.txt"))
AFTERNOON = {"el", "hi", "ms-ptg", "so-gn", "zh-tw", "ko", "ar-digits", "ca-en", "de-dot-ios-pm"}


def read(path: Path, text: str, order: str = "") -> list[Document]:
    path = path / "chat.txt"
    path.write_text(text)
    assert is_whatsapp(path.read_bytes()[:4000])
    found = list(read_whatsapp(path, "chat.txt", order))
    whole = path.read_bytes()
    assert all(whole[one.start :].startswith(one.raw) for one in found)
    return found


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_the_languages_of_a_public_report(path: Path) -> None:
    assert is_whatsapp(path.read_bytes()[:4000])
    found = list(read_whatsapp(path, path.name))

    assert [one.text for one in found] == ["one", "two", "three"][: len(found)]
    names = [one.people[0].name for one in found]
    assert names[0] == "Ada" and names[1] in ("Ben", "+49 151 0000000")
    assert all(one.moment.startswith("2026-0") for one in found)
    if path.stem != "yy-first":
        assert [one.moment[:10] for one in found] == ["2026-02-25"] * 2
    if path.stem in AFTERNOON:
        assert found[0].moment[11:16] == "17:46"


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ("25/02/2026, 12:05 am - ", "2026-02-25T00:05:00"),
        ("25/02/2026, 12:05 pm - ", "2026-02-25T12:05:00"),
        ("2026/2/25 上午12:05 - ", "2026-02-25T00:05:00"),
        ("2026/2/25 中午12:05 - ", "2026-02-25T12:05:00"),
        ("2026/2/25 晚上9:05 - ", "2026-02-25T21:05:00"),
        ("25/02/2026 09:05 - ", "2026-02-25T09:05:00"),
        ("25/2/2026 5:05 CH - ", "2026-02-25T17:05:00"),
        ("[25/2/2026, 5:05:09 ب.ظ.] ", "2026-02-25T17:05:09"),
        ("25.02.2026, 17:05 \u2013 ", "2026-02-25T17:05:00"),
        ("25/02/2569, 09:05 - ", ""),  # of another calendar
        ("25/02/2026, 5:05 quux - ", ""),
        ("31/02/2026, 09:05 - ", ""),
    ],
)
def test_moments(tmp_path: Path, head: str, moment: str) -> None:
    (found,) = read(tmp_path, f"{head}Ada: one\n")
    assert (found.people[0].name, found.moment) == ("Ada", moment)
    assert moment or "no time was derived" in found.remarks[0]


def test_a_list_of_dates_in_a_message_begins_no_other(tmp_path: Path) -> None:
    text = (
        "25/02/2026, 09:14 - Ada: Deadlines:\n01/03/2026 10 batches\n"
        "[25/02/2026, 09:15:00] Ben: I did it\n25/02/2026, 09:20 - Ben: ok\n"
    )
    first, second = read(tmp_path, text)
    assert first.text.endswith("Ben: I did it") and second.text == "ok"


def test_whose_words_they_are_is_open_and_said(tmp_path: Path) -> None:
    ben = "24/02/2026, 10:00 - Ben: I did it\n"
    text = f"25/02/2026, 09:14 - Ada: hello\n{ben}26/02/2026, 1:00 - Ada: x\n"
    found = read(tmp_path, text)
    assert all("typed into another message would look the same" in one.remarks[-1] for one in found)
    assert "its time is before that of the message above it" in found[1].remarks


def test_notices_are_nobodys_words(tmp_path: Path) -> None:
    head = "25/02/2026, 09:1"
    text = (
        f"{head}0 - Messages are encrypted.\n{head}1 - Ada: hello\n"
        f'{head}2 - Ben changed the subject from "Plan: A" to "Plan: copy"\n'
        f"{head}3 - Ada added the group Weights: theirs\n{head}4 - Ada removed Carl\n"
        f"{head}5 - Ben: ok\n{head}6 - Ben left\n"
    )
    first, second = read(tmp_path, text)
    said = " ".join(second.remarks)

    assert [one.people[0].address for one in (first, second)] == ["ada", "ben"]
    assert "stands before it: Messages are encrypted." in " ".join(first.remarks)
    for words in ("Plan: copy", "Weights: theirs", "removed Carl", "stands behind it: Ben left"):
        assert words in said


def test_the_order_of_day_and_month_is_asked_for(tmp_path: Path) -> None:
    text = "02/03/2026, 09:14 - Ada: one\n03/03/2026, 09:14 - Ada: two\n"
    open_ones = read(tmp_path, text)
    told = read(tmp_path, text, "mdy")
    shown = read(tmp_path, "02/03/2026, 09:14 - Ada: one\n01/04/2026, 09:14 - Ada: two\n")

    assert [one.moment for one in open_ones] == ["", ""]
    assert "(dmy or mdy)" in open_ones[0].remarks[0] and "--dates" in open_ones[0].remarks[0]
    assert told[0].moment == "2026-02-03T09:14:00" and "that was told (mdy)" in told[0].remarks[1]
    assert shown[1].moment == "2026-04-01T09:14:00"


def test_a_year_of_two_digits_that_may_stand_first_is_open(tmp_path: Path) -> None:
    found = read(tmp_path, "25/02/26, 09:14 - Ada: one\n26/02/26, 09:14 - Ada: two\n")
    assert found[0].moment == "2026-02-25T09:14:00" and "two digits" in found[0].remarks[1]
    apart = read(tmp_path, "26/02/25, 09:14 - Ada: one\n26/02/26, 09:14 - Ada: two\n")
    assert apart[0].moment == ""


def test_a_mark_that_whatsapp_sets_is_said(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "[25/02/2026, 09:14:01] Ada: \u200eimage omitted\n")
    assert found.text == "image omitted" and any("set a mark" in one for one in found.remarks)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("02.03.26, 09:30 - Ada: one\n03.03.26, 09:30 - Ben: two\n", ""),  # which order, is open
        ("02.03.26, 09:30 - Ada: one\n01.03.26, 09:30 - Ben: two\n", "dmy"),
        ("25.02.26, 09:30 - Ada: one\n", ""),
        ("25/02/2026, 5:05 quux - Ada: one\n", ""),
        ("31/02/2026, 09:05 - Ada: one\n", ""),
        ("25.02.2026, 17:05 - Ada: \u200eone\n", ""),
    ],
)
def test_what_is_open_about_a_time_is_no_part_that_was_not_read(
    tmp_path: Path, text: str, order: str
) -> None:
    said = [remark for one in read(tmp_path, text, order) for remark in one.remarks]
    assert said and all(HARMLESS.fullmatch(remark) for remark in said)
