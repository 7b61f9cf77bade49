"""Documents through the program: what is kept, found, withheld, and noticed when it is altered."""

import base64
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from casebook.signed_mail import dns_record, example_key, make_example, make_minutes
from casefile.test_altered import problems
from cli.case.conftest import at, does
from filiation.casefile.check import check_record
from filiation.casefile.documents.account import Account
from filiation.casefile.documents.redaction import redacted
from filiation.casefile.exchange.held import held
from filiation.casefile.facts import Produced
from filiation.casefile.laws.documents import tags
from filiation.casefile.record import Record
from filiation.errors import UsageError
from filiation.report.wording.expert_custody import production_held

SECRET = "list of prompts"


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with the example's mailbox and chat."""
    folder = tmp_path_factory.mktemp("documents") / "now"
    folder.mkdir()
    make_example(folder / "example")
    shutil.move(folder / "example" / "dns.txt", folder / "dns.txt")
    does(folder, "key", "acme")
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant",
         "--public-key", "{}/home/keys/acme.pub")  # fmt: skip
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    said = does(folder, "documents", "add", "{}/case", "{}/example", "--name", "mail", "--from",
                "acme", "--how", "their server", "--keys", "{}/dns.txt")  # fmt: skip
    assert "mail holds 6 documents in 3 files" in said
    assert "1 body-changed, 1 unsigned, 2 verifies" in said
    return folder


@pytest.fixture
def folder(opened: Path, tmp_path: Path) -> Path:
    return shutil.copytree(opened, tmp_path / "copied")


def account(folder: Path) -> Account:
    record = Record(folder / "case")
    return Account(record.objects, record.state().of(Produced)[0].event.written("account"))


def exported(folder: Path, party: str = "basel") -> dict[str, bytes]:
    """Every file of an export for a party, which verifies."""
    out = folder / f"for-{party}"
    does(folder, "export", "{}/case", "--for", party, "-o", str(out))
    said = does(folder, "verify", str(out))
    assert "the head of" in said and "mail: " in said
    files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    for place, event in enumerate(json.loads(files["export.json"])["events"]):
        if event["envelope"]:  # what is signed lies there in base64
            payload = json.loads(event["envelope"])["payload"]
            files[f"event {place}"] = base64.b64decode(payload)
    return files


def test_a_case_with_documents_verifies_and_is_read_again(folder: Path) -> None:
    assert check_record(Record(folder / "case")).problems == ()
    assert "documents mail, 6 entries: the same" in does(folder, "replay", "{}/case")


def test_a_document_is_shown_with_what_its_signature_shows_and_does_not(folder: Path) -> None:
    good = does(folder, "documents", "show", "{}/case", "mail:2")
    changed = does(folder, "documents", "show", "{}/case", "mail:4")

    assert "(key spring, rsa-sha256, 2048 bits) verifies" in good
    assert "does not show that the key was the domain's" in good
    assert "hop 1       mx.acme.example from mail.basel.example" in good
    assert "fails: the body is not the one" in changed and "does not show forgery" in changed
    does(folder, "documents", "show", "{}/case", "mail:2", "--raw", "{}/out.eml")
    assert (folder / "out.eml").read_bytes() == (folder / "example/leaked.eml").read_bytes()


def test_words_people_threads_and_times_are_found(folder: Path) -> None:
    found = does(folder, "documents", "search", "{}/case", "answers AND corpus")
    html = does(folder, "documents", "search", "{}/case", "tracker OR location")
    dana = does(folder, "documents", "search", "{}/case", "--person", "dana")
    early = does(folder, "documents", "search", "{}/case", "--until", "2026-03-02")
    bad = does(folder, "documents", "search", "{}/case", "--verdict", "body-changed")

    assert found.startswith("3 found") and html.startswith("0 found")
    assert (dana.splitlines()[0], early.splitlines()[0]) == ("1 found", "4 found")
    assert "mail:4" in bad and bad.startswith("1 found")
    assert "4 documents, 2026-03-02 to 2026-03-02" in does(
        folder, "documents", "threads", "{}/case"
    )
    assert len(does(folder, "documents", "threads", "{}/case", "mail:5").splitlines()) == 4
    people = does(folder, "documents", "people", "{}/case")
    assert "R. Keller <keller@basel.example>  3 sent, 1 received" in people
    times = re.findall(r"\d{4}-\d\d-\d\d \S+", does(folder, "documents", "timeline", "{}/case"))
    assert times == sorted(times) and len(times) == 6
    assert "2026-03     6" in does(folder, "documents", "timeline", "{}/case", "--by", "month")
    assert at(folder, "documents", "search", "{}/case", "AND (").code == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--since", "1.3.2026"), "since '1.3.2026': expected a day such as 2026-11-29"),
        (("--until", "2026-02-30"), "until '2026-02-30': expected a day"),
        (("--since", "20260301"), "since '20260301': expected a day"),
        (("--verdict", "signed"), "verdict 'signed': expected one of verifies, "),
        (("--production", "post"), "production 'post': expected one of this case: mail"),
    ],
)
def test_a_condition_that_is_none_is_refused_and_not_answered(
    folder: Path, asked: tuple[str, str], said: str
) -> None:
    done = at(folder, "documents", "search", "{}/case", "answers", *asked)
    assert done.code == 2 and said in done.err and "found" not in done.out


def test_documents_without_a_date_are_named_where_days_leave_them_out(folder: Path) -> None:
    (folder / "note.txt").write_text("the answers of the corpus\n")
    does(folder, "documents", "add", "{}/case", "{}/note.txt", "--name", "note", "--from", "acme",
         "--how", "found")  # fmt: skip
    lone = does(folder, "documents", "search", "{}/case", "corpus", "--since", "2026-03-01")
    assert "not asked for days: 1 document has no known date" in lone
    assert "not asked" not in does(folder, "documents", "search", "{}/case", "corpus")


def test_what_no_signature_vouches_for_is_said_wherever_the_mail_stands(folder: Path) -> None:
    signed = (folder / "example/leaked.eml").read_bytes()
    (folder / "forged.eml").write_bytes(b"Subject: we copied their weights\n" + signed)
    said = does(folder, "documents", "add", "{}/case", "{}/forged.eml", "--name", "f", "--from",
                "acme", "--how", "found", "--keys", "{}/dns.txt", "--keys-how",
                "taken by A. Reed on 2026-03-03 from 192.0.2.53")  # fmt: skip
    shown = does(folder, "documents", "show", "{}/case", "f:0")
    found = does(folder, "documents", "search", "{}/case", "weights")
    whole = does(folder, "documents", "search", "{}/case", "--verdict", "verifies")
    threads = does(folder, "documents", "threads", "{}/case")

    assert "signatures: 1 verifies-in-part" in said
    assert "verifies in part: what was signed is" in " ".join(shown.split())
    assert "Not vouched for: subject" in " ".join(shown.split())
    assert "Subject: we copied their weights / the corpus for the spring run  " \
        "[no signature vouches for this]" in shown  # fmt: skip
    assert "From: R. Keller <keller@basel.example>\n" in shown
    assert "[verifies-in-part]" in found and whole.startswith("2 found") and "f:0" not in whole
    listed = does(folder, "documents", "list", "{}/case", "f")
    assert "[verifies-in-part; the same text as mail:2, word for word]" in listed
    assert "2 verifies, 1 verifies-in-part" in threads
    produced = Record(folder / "case").state().of(Produced)[-1].fact
    assert produced.verdicts == (("verifies-in-part", 1),)
    assert production_held(produced).endswith("of its mail: 1 signed in part")
    assert "DNS records put in by acme: taken by A. Reed" in shown


def test_the_other_side_has_a_mail_judged_by_its_own_records(folder: Path) -> None:
    words = ("documents", "judge", "{}/case", "mail:2", "--by", "basel", "--keys", "{}/other.txt")
    (folder / "other.txt").write_text(dns_record(example_key(1024), "spring", "basel.example"))
    said = does(folder, *words, "--keys-how", "taken by counsel on 2026-03-09")
    shown = " ".join(does(folder, "documents", "show", "{}/case", "mail:2").split())

    assert "mail:2: signature-fails, by the DNS records of basel" in said
    assert "nobody says who took them, when, or from which server" in shown
    assert "judged also by the DNS records that basel put in" in shown
    assert "taken by counsel on 2026-03-09" in shown
    listed = does(folder, "documents", "list", "{}/case", "mail")
    assert "[verifies; signature-fails by the records of basel]" in listed
    assert "verdict on mail:2: the same" in does(folder, "replay", "{}/case")
    assert b"signature-fails" in b"".join(exported(folder).values())
    assert check_record(Record(folder / "case")).problems == ()


def test_the_index_may_be_lost_or_of_another_copy(folder: Path) -> None:
    before = does(folder, "documents", "search", "{}/case", "prompts")
    (index,) = (folder / "home" / "indexes").iterdir()
    assert index.stat().st_mode & 0o077 == 0
    index.unlink()
    assert does(folder, "documents", "search", "{}/case", "prompts") == before
    index.write_bytes(b"not a database" * 1000)
    assert does(folder, "documents", "search", "{}/case", "prompts") == before


def test_a_query_is_kept_and_asked_again(folder: Path) -> None:
    said = does(folder, "documents", "search", "{}/case", "prompts", "--save", "prompts")
    again = does(folder, "documents", "search", "{}/case", "--saved", "prompts")

    assert said.startswith(again) and "on record as prompts" in said
    twice = at(folder, "documents", "search", "{}/case", "x", "--save", "prompts")
    assert (twice.code, "never changes" in twice.err) == (2, True)


def test_a_party_from_whom_nothing_is_withheld_gets_files_and_account(folder: Path) -> None:
    files = exported(folder)
    assert (folder / "example" / "leaked.eml").read_bytes() in files.values()
    assert not any(name.startswith("documents/") for name in files)


def test_a_privileged_document_is_nowhere_in_the_export(folder: Path) -> None:
    ground = "advice of counsel"
    said = at(folder, "documents", "privilege", "{}/case", "mail:5", "--by", "acme",
              "--ground", ground)  # fmt: skip
    assert said.code == 0
    files = exported(folder)
    listing = [json.loads(x) for x in files["documents/mail/entries.jsonl"].splitlines()]

    assert [set(one) for one in listing[4:]] == [{"entry", "salt"}, {"leaf"}]
    assert not any(b"licence question" in raw or b"20260302-1002" in raw for raw in files.values())
    assert any(ground.encode() in raw for raw in files.values())
    secret = account(folder)
    for raw in files.values():  # nor anything by which a guess could be tested
        assert secret.kept.salt.encode() not in raw
        assert secret.entry(5).sha256.encode() not in raw
        assert not any(file.sha256.encode() in raw for file in secret.kept.files
                       if file.name == "mailbox.mbox")  # fmt: skip
    theirs = exported(folder, "acme")
    assert any(b"licence question" in raw for raw in theirs.values())
    does(folder, "documents", "privilege", "{}/case", "mail:5", "--by", "acme", "--waive",
         "--ground", "waived")  # fmt: skip
    shutil.rmtree(folder / "for-basel")
    assert any(b"licence question" in raw for raw in exported(folder).values())


def test_privilege_is_claimed_by_its_party_and_the_same_mail_elsewhere_is_told(
    folder: Path,
) -> None:
    said = at(folder, "documents", "privilege", "{}/case", "mail:2", "--by", "acme",
              "--ground", "x")  # fmt: skip
    none = at(folder, "documents", "privilege", "{}/case", "mail:2", "--by", "basel",
              "--waive", "--ground", "x")  # fmt: skip
    beyond = at(folder, "documents", "privilege", "{}/case", "mail:6", "--by", "acme",
                "--ground", "x")  # fmt: skip

    assert "the same mail or bytes also lie in mail:3, mail:4" in said.err
    assert (none.code, "nothing to waive" in none.err) == (2, True)
    assert (beyond.code, "holds documents 0 to 5" in beyond.err) == (2, True)


def test_redacted_words_are_nowhere_in_the_export(folder: Path) -> None:
    first = at(folder, "documents", "redact", "{}/case", "mail:2", "--passage", SECRET,
               "--ground", "trade secret")  # fmt: skip
    assert "also stand in mail:3, mail:4" in first.err
    does(folder, "documents", "redact", "{}/case", "mail:2", "--passage", "report",
         "--passage", SECRET, "--everywhere", "--ground", "trade secret")  # fmt: skip
    files = exported(folder)
    text = b"\n".join(files.values())

    assert SECRET.encode() not in text and b"list\\nof" not in text
    assert b"The [redacted] is with Dana. Do not put this into the [redacted]." in text
    assert text.count(b'"words"') == 3  # of each document the last redaction alone
    assert SECRET not in does(folder, "log", "{}/case", "--json")
    listing = [json.loads(x) for x in files["documents/mail/entries.jsonl"].splitlines()]
    assert [list(one) for one in listing[2:5]] == [["leaf"]] * 3
    assert "salt" in listing[5]
    assert any(SECRET.encode() in raw for raw in exported(folder, "acme").values())
    assert check_record(Record(folder / "case")).problems == ()


def test_a_redaction_survives_broken_lines_and_quotes() -> None:
    words = "Dear\n> list  of\n> prompts, LIST OF PROMPTS and list of promises"
    made = redacted("m:0", words, ["list of prompts"])

    assert made.words == "Dear\n> [redacted], [redacted] and list of promises"
    again = redacted("m:0", words, ["dear"], made.spans)
    assert again.words == "[redacted]\n> [redacted], [redacted] and list of promises"
    with pytest.raises(UsageError, match="does not hold one of the passages"):
        redacted("m:0", words, ["absent"])


def test_what_speaks_for_the_respondent_stays_and_goes_along(folder: Path) -> None:
    """A tag that nobody can drop: not by taking it off, not by handing it over to another."""
    does(folder, "documents", "tag", "{}/case", "exculpatory", "mail:1", "--as", "acme")
    done = at(folder, "documents", "tag", "{}/case", "exculpatory", "mail:1", "--off", "--as",
              "acme")  # fmt: skip
    assert done.code == 2 and "stays once it is set" in done.err
    exported(folder)
    for case in ("case", "for-basel"):
        assert "exculpatory (acme)" in tags(held(folder / case).state())["mail:1"]


def test_tags_and_queries_are_of_those_who_made_them(folder: Path) -> None:
    does(folder, "documents", "tag", "{}/case", "hot", "mail:2", "mail:5", "--as", "acme")
    does(folder, "documents", "search", "{}/case", "weakness", "--save", "w", "--as", "acme")
    does(folder, "documents", "tag", "{}/case", "hot", "mail:5", "--off", "--as", "acme")
    listed = does(folder, "documents", "list", "{}/case", "mail")

    assert listed.count("hot (acme)") == 1
    assert not any(b"hot" in raw or b"weakness" in raw for raw in exported(folder).values())


def test_altered_exports_are_found(folder: Path) -> None:
    does(folder, "documents", "privilege", "{}/case", "mail:0", "--by", "acme", "--ground", "x")
    exported(folder)
    entries, raw = (folder / "for-basel/documents/mail" / n for n in ("entries.jsonl", "raw"))
    lines = entries.read_bytes().splitlines(keepends=True)
    whole = raw.read_bytes()
    for path, change in (
        (entries, b"".join(lines[1:])),
        (entries, b"".join([lines[0], lines[2], lines[1], *lines[3:]])),
        (entries, b"".join(lines).replace(b"leaked.eml", b"leaded.eml")),
        (raw, whole.replace(b"answers", b"Answers", 1)),
        (raw, whole + b"x"),
        (raw, whole[:-1]),
    ):
        before = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(change)
        assert at(folder, "verify", "{}/for-basel").code == 3, change[:60]
        path.write_bytes(before)
    (folder / "for-basel/documents/mail/more").write_text("x")
    assert "it was added" in at(folder, "verify", "{}/for-basel").err


def test_a_file_or_account_that_is_altered_or_removed_is_named(folder: Path) -> None:
    record = Record(folder / "case")
    kept = account(folder)
    for digest in (kept.digest, *(file.sha256 for file in kept.kept.files)):
        path = record.objects.path(digest)
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(whole.replace(b"a", b"b", 1))
        assert digest in problems(record.folder)
        path.unlink()
        assert digest in problems(record.folder)
        path.write_bytes(whole)
    assert problems(record.folder) == ""


def test_an_archive_is_kept_whole_and_unpacked(folder: Path) -> None:
    with zipfile.ZipFile(folder / "slack.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("users.json", '[{"id": "U1", "real_name": "Dana K"}]')
        packed.writestr("train/2026-03-02.json", json.dumps(
            [{"type": "message", "user": "U1", "text": "zanzibar", "ts": "1772442845.1"}]
        ))  # fmt: skip
    does(folder, "documents", "add", "{}/case", "{}/slack.zip", "--name", "slack", "--from",
         "basel", "--how", "export")  # fmt: skip
    assert "Dana K" in does(folder, "documents", "search", "{}/case", "zanzibar")
    does(folder, "documents", "privilege", "{}/case", "slack:0", "--by", "basel", "--ground", "x")
    assert "slack.zip/train/2026-03-02.json, value /0" in does(
        folder, "documents", "show", "{}/case", "slack:0"
    )
    does(folder, "export", "{}/case", "--for", "acme", "-o", "{}/for-acme")
    assert "slack: 0 documents as they are on record, 1 withheld" in does(
        folder, "verify", "{}/for-acme"
    )
    for path in (folder / "for-acme").rglob("*"):
        assert not path.is_file() or b"zanzibar" not in path.read_bytes()


def test_the_committed_example_is_the_one_that_the_script_makes(tmp_path: Path) -> None:
    kept = Path(__file__).parents[3] / "examples" / "documents"
    make_example(tmp_path / "made")
    make_minutes(tmp_path / "made")
    names = sorted(path.name for path in (tmp_path / "made").iterdir())

    assert names == sorted(path.name for path in kept.iterdir())
    for name in names:
        assert (tmp_path / "made" / name).read_bytes() == (kept / name).read_bytes()


def test_a_mailbox_that_is_put_in_as_a_model_is_shown_where_it_goes(folder: Path) -> None:
    (folder / "post.mbox").write_text("From x Mon Mar  2 09:14:05 2026\nSubject: a\n\nb\n")
    done = at(folder, "add", "{}/case", "{}/post.mbox", "--name", "m", "--from", "acme", "--how",
              "x", "--as", "acme")  # fmt: skip
    assert done.code == 3 and "go in by `case documents add`" in done.err


def test_the_status_names_productions_and_their_numbers(folder: Path) -> None:
    does(folder, "documents", "number", "{}/case", "mail", "--prefix", "ACME")
    assert "  documents mail (ACME-000001 to ACME-000006)\n" in does(folder, "status", "{}/case")


@pytest.mark.parametrize("query", ['"', "*", "a NEAR(", "no:such", "AND"])
def test_a_query_that_is_none_is_the_askers_error(folder: Path, query: str) -> None:
    done = at(folder, "documents", "search", "{}/case", query)
    assert done.code == 2 and "expected words" in done.err, done.err
