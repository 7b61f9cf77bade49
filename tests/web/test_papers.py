"""Pages of documents: threads, time, logs, what is signed, what is hidden, what is alike."""

import re
import shutil
from pathlib import Path

import pytest

from cli.case.test_documents import does
from filiation.casefile.documents.index import open_index
from filiation.casefile.documents.wanted import Laid
from filiation.casefile.exchange.held import held, index_name
from filiation.proceedings.grounds import grounds_of
from filiation.proceedings.site import Site
from filiation.proceedings.site_papers import _bars
from filiation.readers.writings.as_signed import BROKEN_OFF

LONG = (
    "the answers that we collected from their service are for the first two stages of the run and "
    "nobody outside of this room has to know where they come from until the model is out"
)
EXAMPLES = Path(__file__).parents[2] / "examples" / "documents"


def mail(number: int, text: str, *, answers: int | None = None, day: int = 2) -> bytes:
    back = f"In-Reply-To: <{answers}@acme.example>\n" if answers is not None else ""
    return (
        f"From: Ada <ada@acme.example>\nTo: Dana <dana@d.example>\nSubject: run {number}\n"
        f"Date: Mon, {day} Mar 2026 09:14:05 +0100\nMessage-ID: <{number}@acme.example>\n{back}\n"
        f"{text}\n"
    ).encode()


MAILS = (
    mail(0, LONG),
    mail(1, LONG.replace("first two", "last"), answers=0, day=4),
    mail(2, f"{LONG} says counsel", day=23),
    mail(3, f"{LONG} says quux", answers=0, day=16),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four mails of acme (mail:2 privileged, mail:3 redacted), and a signed one with a chat."""
    folder = tmp_path_factory.mktemp("pages") / "now"
    (folder / "mail").mkdir(parents=True)
    for number, raw in enumerate(MAILS):
        (folder / f"mail/{number}.eml").write_bytes(raw)
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant")
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    does(folder, "documents", "add", "{}/case", "{}/mail", "--name", "mail", "--from", "acme",
         "--how", "found", "--prefix", "ACME")  # fmt: skip
    does(folder, "documents", "add", "{}/case", str(EXAMPLES), "--name", "more", "--from",
         "basel", "--how", "theirs", "--keys", str(EXAMPLES / "dns.txt"))  # fmt: skip
    does(folder, "documents", "tag", "{}/case", "hot", "mail:0", "mail:1")
    does(folder, "documents", "tag", "{}/case", "hot", "mail:1", "--off")
    does(
        folder, "documents", "privilege", "{}/case", "mail:2", "--by", "acme", "--ground", "advice"
    )
    does(folder, "documents", "redact", "{}/case", "mail:3", "--passage", "quux", "--ground",
         "a secret")  # fmt: skip
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out")
    return folder


@pytest.fixture
def home(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILIATION_HOME", str(made / "home"))
    return made


def page(site: Site, path: str) -> str:
    found = site.page(path)
    assert found is not None, path
    return found[0].decode()


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


def test_every_look_is_a_page_and_is_linked(home: Path) -> None:
    site = Site(home / "case")
    front = page(site, "documents.html")
    for name in ("threads", "timeline", "people", "alike", "tags", "privilege", "redactions"):
        assert f'href="papers/{name}.html"' in front
        assert 'aria-current="page">Documents' in page(site, f"papers/{name}.html")


def test_threads_and_people_and_copies(home: Path) -> None:
    site = Site(home / "case")
    said = words(page(site, "papers/threads.html"))
    assert "mail:0 run 0 3 2026-03-02 UTC 2026-03-16 UTC 3 unsigned" in said
    one = words(page(site, "documents/mail/1.html"))
    assert "Thread: 3 documents, all shown" in one and "mail:3" in one
    assert "ada@acme.example 4 0" in words(page(site, "papers/people.html"))
    assert "of its words stand in the earlier one" in words(page(site, "papers/alike.html"))


def test_the_drawing_has_a_table_behind_it(home: Path) -> None:
    text = page(Site(home / "case"), "papers/timeline.html")
    bars = re.findall(r"<title>(\d{4}-\d\d-\d\d): (\d+)</title>", text)
    said = words(text)
    assert bars and all(f"{day} {count} " in said for day, count in bars)
    assert "<title>" in text.partition("<svg")[2]


def test_logs_hold_ground_and_ruling(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(home, tmp_path / "ruled")
    does(folder, "rule", "{}/case", "mail:2", "--of", "acme", "--dismissed", "--because",
         "No counsel wrote it.")  # fmt: skip
    before = words(page(Site(home / "case"), "papers/privilege.html"))
    redacted = words(page(Site(home / "case"), "papers/redactions.html"))
    tags = words(page(Site(home / "case"), "papers/tags.html"))
    monkeypatch.setenv("FILIATION_HOME", str(folder / "home"))
    after = words(page(Site(folder / "case"), "papers/privilege.html"))
    assert "advice acme" in before and "not ruled on yes" in before
    assert "dismissed (event" in after and "No counsel wrote it. no" in after
    assert "mail:3 a secret 1 lead" in redacted
    assert "hot (lead): 1 document, all shown" in tags and "mail:1" not in tags


def test_a_party_reads_no_more_on_any_of_them(home: Path) -> None:
    """Neither words, nor subject, day or people of what is withheld, on any page."""
    whole, theirs = Site(home / "case"), Site(home / "out")
    for said in ("says counsel", "quux", "run 2", "2026-03-23"):
        assert any(said in page(whole, path) for path in whole.paths()), said
        for path in theirs.paths():
            assert said not in page(theirs, path), (said, path)
    gone = page(theirs, "documents/mail/2.html")
    assert '<p class="strong">Withheld: privileged, says acme; not ruled on</p>' in gone
    assert "withheld: privileged, says acme" in page(theirs, "documents/mail.html")
    assert "ACME-000003 mail:2" in words(page(theirs, "papers/privilege.html"))


def grounds(text: str) -> dict[str, str]:
    found = re.findall(r'<div class="ground (\w+)"[^>]*>(.*?)\n</div>', text, re.DOTALL)
    return {kind: re.sub(r"<[^>]+>", " ", said) for kind, said in found}


def test_signed_and_unsigned_stand_on_different_ground(home: Path) -> None:
    site = Site(home / "case")
    texts = [page(site, path) for path in site.paths() if path.startswith("documents/more/")]
    signed = [text for text in texts if 'class="ground signed"' in text]
    assert signed and all("basel.example vouches for this" in text for text in signed)
    assert set(grounds(page(site, "documents/mail/0.html"))) == {"unsigned"}
    assert "2026-03-02 08:14:05 UTC" in page(site, "documents/mail/0.html")
    chats = [text for text in texts if "bear no signatures" in text]
    assert chats and all(set(grounds(text)) == {"plain"} for text in chats)


def test_lines_of_a_document_stay_lines(home: Path) -> None:
    site = Site(home / "case")
    texts = [page(site, path) for path in site.paths() if path.startswith("documents/more/")]
    assert any("for the first two\nstages. The list" in text for text in texts)


def test_a_remark_is_as_large_as_the_verdict(home: Path) -> None:
    site = Site(home / "case")
    found = 0
    for path in site.paths():
        for said in re.findall(r"<p[^>]*>Remark:", page(site, path)):
            found += 1
            assert said == '<p class="strong">Remark:', path
    assert found


def laid(entry_signatures: list[dict[str, object]], body: str, gaps: tuple[str, ...]) -> list:
    """Grounds of a mail that bears these signatures."""
    from filiation.casefile.documents.account import Accounted

    entry = Accounted(number=0, sha256="", size=0, mih="", file="f", start=0, pointer="",
                      fields={"format": "mail", "signatures": entry_signatures})  # fmt: skip
    head = (("from", "a"), ("subject", "s"))
    return [(g.kind, [n for n, _ in g.rows], g.words)
            for g in grounds_of(entry, Laid(head=head, body=body, gaps=gaps))]  # fmt: skip


DKIM = {"scheme": "dkim", "standing": "verifies", "domain": "d.example"}


def test_what_is_signed_ends_where_it_is_told() -> None:
    part = {**DKIM, "standing": "verifies-in-part", "gaps": ["body"]}
    body = f"ours\n{BROKEN_OFF}\ntheirs\n{BROKEN_OFF}\nmore"
    assert laid([part], body, ("body",)) == [
        ("signed", ["from", "subject"], "ours\n"),
        ("unsigned", [], f"\ntheirs\n{BROKEN_OFF}\nmore"),
    ]
    assert laid([part], "all", ("body",))[-1] == ("unsigned", [], "all")  # not told: not signed


def test_a_mark_that_a_sender_typed_makes_nothing_signed() -> None:
    body = f"words\n{BROKEN_OFF}\nmore"
    assert laid([], body, ()) == [("unsigned", ["from", "subject"], body)]
    failed = {**DKIM, "standing": "body-changed"}
    assert {kind for kind, _, _ in laid([failed], body, ())} == {"unsigned"}
    assert {kind for kind, _, _ in laid([{**DKIM, "standing": "weak-key"}], "x", ())} == {
        "unsigned"
    }


def test_a_field_that_is_not_signed_stands_apart() -> None:
    part = {**DKIM, "standing": "verifies-in-part", "gaps": ["subject"]}
    assert laid([part], "x", ("subject",)) == [
        ("signed", ["from"], ""), ("unsigned", ["subject"], ""), ("signed", [], "x"),
    ]  # fmt: skip
    seal = {"scheme": "arc", "standing": "sealed", "domain": "relay.example"}
    assert {kind for kind, _, _ in laid([seal], "x", ())} == {"sealed"}
    reading = {**DKIM, "standing": "verifies-in-part", "gaps": ["content-type"]}
    assert laid([reading], "x", ("content-type",))[-1] == ("unsigned", [], "x")


def test_a_line_that_was_changed_since_is_refused(home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(home, tmp_path / "bent")
    site = Site(folder / "case")
    assert "run 0" in page(site, "documents/mail/0.html")
    (entry,) = [
        e for e in held(folder / "case").state().events if e.arguments.get("name") == "mail"
    ]
    account = next((folder / "case").rglob(entry.written("account")[2:]), None) or next(
        (folder / "case").rglob(entry.written("account"))
    )
    account.chmod(0o600)
    account.write_bytes(account.read_bytes().replace(b"run 0", b"run 9"))
    from filiation.errors import AlteredError

    with pytest.raises(AlteredError):
        site.page("documents/mail/0.html")
    with pytest.raises(AlteredError):
        Site(folder / "case").page("documents/mail.html")


def test_an_index_that_went_missing_is_made_again(home: Path) -> None:
    site = Site(home / "case")
    before = page(site, "documents/mail/1.html")
    with open_index(index_name(held(home / "case"))) as index:
        index.forget()
    assert page(site, "documents/mail/1.html") == before


def test_bars_hold_the_empty_steps_and_no_more_than_fit() -> None:
    assert _bars({"2026-01": 2, "2026-03": 1}, "month") == [
        ("2026-01", 2), ("2026-02", 0), ("2026-03", 1),
    ]  # fmt: skip
    assert _bars({"0001": 1, "9999": 1}, "year") == [("0001", 1), ("9999", 1)]
    assert _bars({"2026-02-30": 1, "2026-03-01": 1}, "day")[0] == ("2026-02-30", 1)
    assert _bars({}, "day") == []
