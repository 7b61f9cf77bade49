"""What people at pages are told of a deed: in their language, and by what the pages call things."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from filiation.casefile.record import Record
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.render.site import site_page
from filiation.report.site.desk import SHOWN_ON, asked_form, deed_page
from filiation.report.site.people import Guest, people_page
from filiation.report.site.translated import in_language, saying
from filiation.report.site.view import Form, Listing, Menu
from filiation.report.wording import desk, joining
from filiation.report.wording.desk_fields import NOTES
from filiation.report.wording.site import LINEUPS_READ, REACHES, TITLES, remarked_by
from filiation.report.wording.untyped import lies_beside, untyped
from web.desk import Bench, begun
from web.test_no_english import ENGLISH

CASE = Path("/srv/cases/acme")
ASKED: Mapping[str, str] = {  # refusals that a browser's user meets, as this program raises them
    "missing field": desk.lacking("how"),
    "wrong role": desk.CANNOT,
    "clock stopped": "the clock stands still since 2026-03-02",
    "clock runs": "the clock is running; there is nothing to resume",
    "exhibit twice": "parent: an exhibit of that name exists; an exhibit never changes",
    "unknown exhibit": "parent: no exhibit of this case; `filiation case add` puts it in",
    "plan missing": "no plan was fixed yet; `filiation case plan` comes before looking",
    "plan of one": "suspect: is named twice; subject, source and controls of a plan are different "
    "exhibits, each named once",
    "not examined": "nothing was examined yet; `filiation case examine` carries the plan out",
    "no opinion": "line-up first: no opinion was recorded; the examiner's opinion comes before the "
    "names",
    "foils": "line-up: 9 foils wanted, 3 controls of the plan have weights; expected at least one "
    "foil and no more than there are controls",
    "decided already": "decision: event 12 holds one already; a further one supersedes it by name "
    "(--supersedes 12)",
    "no claim": "decision: no claim is on record (case claim); there is nothing to decide yet",
    "own review": "first examined (event 9); a review is by another",
    "wrong key": desk.not_signed_with("acme"),
    "too late": desk.expired(60),
    "dropped": desk.DROPPED,
    "unreadable file": "notes.safetensors: the header claims 10 bytes, only 5 follow; the file is "
    "truncated or not safetensors",
    "a letter": "letter.pdf: this is a PDF document, expected safetensors; it holds no weights, so "
    "this is not the file that was meant; mail, chats and files of words go in by `case documents "
    "add`, any other file with --unexamined",
    "too large": desk.too_large(1 << 20),
    "no country": "jurisdiction 'Germany': expected a country as ISO 3166 code of two capital "
    "letters, such as DE; 'Germany' looks like DE",
    "day to come": "--received 2027-01-01: that day is to come; it is 2026-12-01",
    "export twice": f"{CASE.parent}/for-acme: exists; an export is never written over something",
}
DONE: Mapping[str, str] = {  # what is on record
    "opened": f"{CASE}: opened; tribunal leads it and signs with tribunal.pem",
    "no holidays": "no holidays count: no jurisdiction was named (--jurisdiction)",
    "admitted": "event 1: acme is claimant and signs for itself",
    "said": "event 2: claim of acme, signed by acme: statements/2.md",
    "added": "event 4: parent is an exhibit (weights), copied: 3 files, 1,234 bytes, model 5a5a..",
    "planned": f"event 8: plan {'5a' * 32} is fixed",
    "level": "weights: 32 methods, level 1e-06",
    "no control": "no control: no model stands in the subject's place for comparison; an amendment "
    "after this plan was carried out has a quarter of the level",
    "drawn": "event 9: line-up first, 4 members against parent: 4 MLPs with 896 hidden units, "
    "415,440 parameters, layout llama",
    "opined": "event 10: opinion of second, before the names were shown: no one stands out",
    "unmasked": "event 11: line-up first is unmasked",
    "examined": "event 12: examined by first",
    "reviewed": "event 13: second derived event 12 again (the same bytes) and agrees",
    "decided": "event 14: need-more, decided by tribunal",
    "exported": f"event 15: {CASE.parent}/for-acme holds 14 of 15 events whole, 1 as hashes, "
    "20 objects",
    "handed over": lies_beside(),
    "remarked": remarked_by("acme", 5, "2026-03-02T09:00:00", "event 3", REACHES["own"]),
    "residual stream": "residual stream of the source: 80 of 80 paired units are paired with the "
    "unit of the same number and stand on the diagonal.",
    "step": "Now: comparing suspect with parent",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", [*ASKED, *DONE])
def test_what_is_told_has_its_partner(what: str, language: str) -> None:
    told = untyped({**ASKED, **DONE}[what], CASE)
    put = saying(language)(told)
    assert put != told and not ENGLISH.search(re.sub("\u201c.*?\u201d", "", put)), put


@pytest.mark.parametrize("what", [*ASKED, *DONE])
def test_nothing_of_a_terminal_or_of_its_folders_is_told(what: str) -> None:
    told = untyped({**ASKED, **DONE}[what], CASE)
    assert not re.search("--|`|filiation case|/srv|case claim", told), told


def test_deeds_and_fields_are_named_as_pages_name_them() -> None:
    assert untyped("a: give --despite-found (or --because WHY)", CASE) == (
        f"a: give \u201c{desk.FIELDS['despite']}\u201d"
    )
    assert untyped("mail goes in by `case documents add`", CASE).endswith(
        f"by \u201c{desk.DEEDS['documents']}\u201d"
    )
    kept = "`filiation log reduce` and --unknown stay"  # no page has these
    assert untyped(kept, CASE) == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_deed_says_so_before_its_reason(language: str) -> None:
    waits = ("it", "plan", "2026-03-02T09:00:00", "refused")
    view = deed_page(waits, step="", message=b"", said=["Something unforeseen."], secret="",
                     command="", party="first", texts=())  # fmt: skip
    page = site_page(view, "A case", language=language).decode()
    page = html.unescape(page).replace("\xa0", " ")
    why = saying(language)(desk.NOT_DONE)
    assert why != desk.NOT_DONE
    assert 0 < page.find('id="refused"') < page.find(why) < page.find("Something unforeseen.")


def test_a_file_that_was_sent_is_called_as_it_came(at_plan: Bench) -> None:
    sent = {"name": "other", "how": "by hand"}
    deed = begun(at_plan.upload("acme", "do/add", sent, [("letter.pdf", b"%PDF-1.4 nothing")]))
    (said,) = at_plan.stands("acme", deed, "refused")["said"]
    assert said.startswith("letter.pdf: this is a PDF document") and "--" not in said


def test_what_a_case_refuses_is_told_at_its_page(walked_on: Bench) -> None:
    """From the law to the page, in both languages; a second decision, and an export twice."""
    (walked_on.case.parent / "again").mkdir()
    wishes = {
        "decide": {"outcome": "need-more", "because": "Once more."},
        "export": {"party": "acme", "folder": "again"},
    }
    for verb, fields in wishes.items():
        deed = begun(walked_on.send("tribunal", f"do/{verb}", fields))
        said = walked_on.stands("tribunal", deed, "refused")["said"]
        assert said and all("--" not in one and "/" not in one for one in said), said
        for language in LANGUAGES:
            page = walked_on.ask("tribunal", f"{language}/deeds/{deed}.html").text
            assert said[0] not in page and saying(language)(said[0]) != said[0], said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_scripts_say_stands_on_the_page(at_plan: Bench, language: str) -> None:
    """A key with a passphrase, a file that is none, and another's key."""
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "Once."})
    at_plan.stands("acme", deed, "sign")
    page = at_plan.ask("acme", f"{language}/deeds/{deed}.html").text
    say = saying(language)
    for words in (desk.NO_PRIVATE_KEY, desk.PASSPHRASE):
        assert say(words) != words and say(words) in page.replace("&#39;", "'"), words
    sent = {"message": "YQ==", "signature": "YQ=="}
    told = at_plan.send("acme", f"{language}/deeds/{deed}/signature", sent,
                        ("accept", "application/json"))  # fmt: skip
    assert told.code == 400 and say(desk.not_signed_with("acme")) in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_that_was_handed_in_is_called_one(walked_on: Bench, language: str) -> None:
    """Where the lead finds it, and where it is chosen."""
    key = "5a" * 32
    shown = f"{saying(language)(joining.handed_key('acme', key))}"
    assert shown != joining.handed_key("acme", key)
    people = in_language(people_page([], [Guest("http://at", "acme", key)], ""), language)
    (guests,) = (one for one in people.parts if isinstance(one, Listing) and one.rows)
    assert guests.rows[0][0] == shown
    state = Record(walked_on.case).state()
    form = asked_form("party", state, "tribunal", "lead", "", handed={key: "acme"})
    (asked,) = (one for one in in_language(form, language).parts if isinstance(one, Form))
    (invited,) = (one for one in asked.fields if one.name == "invited")
    assert (key, shown) in invited.choices


def test_a_line_up_says_how_its_numbers_are_read(walked_on: Bench, at_plan: Bench) -> None:
    """Above them, and nowhere else."""
    shown = walked_on.ask("first", "lineups.html").text
    words = LINEUPS_READ.partition(" Where")[0]
    assert 0 < shown.find(words) < shown.find("<table")
    assert words not in at_plan.ask("first", "lineups.html").text
    assert "(unmasked)" not in walked_on.ask("first", "de/index.html").text
    assert saying("de")(LINEUPS_READ) in walked_on.ask("first", "de/lineups.html").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_beside_what_a_plan_names_are_translated(at_plan: Bench, language: str) -> None:
    form = asked_form("plan", Record(at_plan.case).state(), "first", "examiner", "")
    (asked,) = (one for one in in_language(form, language).parts if isinstance(one, Form))
    notes = {one.name: one.note for one in asked.fields}
    assert notes["controls"] == saying(language)(NOTES["controls"]) != NOTES["controls"]
    shown = {name: dict(one.choices) for one in asked.fields if (name := one.name) != "seed"}
    assert shown["subject"]["parent"] == f"parent ({saying(language)('weights')})"
    assert shown["controls"]["parent"] == shown["source"]["parent"] == shown["subject"]["parent"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_above_words_stands_in_the_pages_language_whose_they_are(
    walked_on: Bench, language: str
) -> None:
    """Opinions, reviews and decisions, each with its event."""
    for page in ("lineups", "decisions"):
        shown = walked_on.ask("first", f"{language}/{page}.html").text
        heads = re.findall(r'<p class="by">(.*?)</p>', shown)
        said = [re.sub("<[^>]+>", "", one) for one in heads]
        assert said and not [one for one in said if re.search("event|agree", one)], said


@pytest.mark.parametrize(("verb", "page"), SHOWN_ON.items())
def test_what_was_done_leads_to_where_it_is_seen(verb: str, page: str) -> None:
    """And what was refused does not."""
    for where, leads in (("done", True), ("refused", False)):
        view = deed_page(("it", verb, "2026-03-02T09:00:00", where), step="", message=b"",
                         said=["event 9"], secret="", command="", party="x", texts=())  # fmt: skip
        (menu,) = (one for one in view.parts if isinstance(one, Menu))
        assert (page in [link.path for link in menu.links]) is leads
        assert page in TITLES
