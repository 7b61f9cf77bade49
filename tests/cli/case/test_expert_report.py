"""An expert report through the program: issued, verified, replayed; words judged at the door."""

import json
import shutil
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at
from command import ROOT, Done

LATE = "note: overdue: a decision was due on Friday, 2026-05-01, and none is on record\n"
RATES = ROOT / "docs" / "validation" / "report.json"


@pytest.fixture(scope="module")
def issued(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    pytest.importorskip("typst")
    folder = shutil.copytree(walked.folder, tmp_path_factory.mktemp("expert") / "now")
    (folder / "filled.toml").write_text('qualifications = "Twenty reports."\n')
    done = at(folder, "report", "{}/case", "--profile", "uk-civil", "--validation", str(RATES),
              "--filled", "{}/filled.toml", "--language", "de")  # fmt: skip
    assert done.code == 0, done.err
    return folder, done


def test_a_report_is_issued_as_page_pdf_and_data(issued: tuple[Path, Done]) -> None:
    folder, done = issued
    page, data, pdf = (
        folder / "case" / "reports" / f"0034-expert.{end}" for end in ("html", "json", "pdf")
    )

    assert done.out == (
        "event 34: reports/0034-expert.html, reports/0034-expert.json, reports/0034-expert.pdf, "
        "reports/0034-deutsch.html and reports/0034-deutsch.pdf\n"
    )
    assert "pages and" in done.err
    assert json.loads(data.read_text())["profile"] == "uk-civil"
    assert "Twenty reports." in page.read_text()
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert at(folder, "wording", str(page)).code == 0
    # The confidential letter of the claimant is in the case, and in no report.
    assert "Please use their outputs" not in page.read_text()


def test_a_report_without_rules_is_in_other_languages_too(walked: Walked, tmp_path: Path) -> None:
    """Beside the English page, which decides; data in English; replayed like it."""
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    done = at(folder, "report", "{}/case", "--language", "de", "--language", "fr")
    names = ("report.html", "report.json", "deutsch.html", "francais.html")

    assert done.code == 0, done.err
    assert all(f"reports/0034-{name}" in done.out for name in names)
    german = (folder / "case" / "reports" / "0034-deutsch.html").read_text()
    assert '<html lang="de">' in german and "es entscheidet die englische Seite" in german
    replayed = at(folder, "replay", "{}/case")
    for told in ("report: the same", "report, html-de: the same", "report, html-fr: the same"):
        assert f"event 34: {told}" in replayed.out, replayed.out


def test_documents_are_among_what_is_on_record(issued: tuple[Path, Done]) -> None:
    folder, _ = issued
    page = (folder / "case" / "reports" / "0034-expert.html").read_text()

    assert "1 production of documents" in page
    assert page.count("“mail”") == 2  # in the section on exhibits and in the annex
    assert "1 document, 1 file" in page


def test_the_case_with_it_verifies_and_is_replayed_to_the_byte(issued: tuple[Path, Done]) -> None:
    folder, _ = issued
    verified, replayed = (at(folder, verb, "{}/case") for verb in ("verify", "replay"))

    assert (verified.code, verified.err) == (0, LATE)
    assert "event 34: expert report, uk-civil: the same" in replayed.out
    assert "event 34: expert report, uk-civil, PDF: the same" in replayed.out
    for page in ("html-de", "pdf-de"):
        assert f"event 34: expert report, uk-civil, {page}: the same" in replayed.out


def test_a_report_that_came_by_mail_is_held_against_the_record(
    issued: tuple[Path, Done], tmp_path: Path
) -> None:
    folder, _ = issued
    mailed = tmp_path / "mailed.pdf"
    raw = (folder / "case" / "reports" / "0034-expert.pdf").read_bytes()
    mailed.write_bytes(raw)
    held = at(folder, "verify", "{}/case", "--report", str(mailed))

    assert (held.code, held.err) == (0, LATE)
    assert "mailed.pdf is byte for byte the report of event 34, reports/0034-expert.pdf" in held.out
    german = folder / "case" / "reports" / "0034-deutsch.pdf"
    assert (
        "reports/0034-deutsch.pdf" in at(folder, "verify", "{}/case", "--report", str(german)).out
    )
    # One letter of it changed; a file of the record that is no report; no file at all.
    mailed.write_bytes(raw[:-2] + b"\0\n")
    key = next((folder / "case" / "keys").glob("*.pub"))
    for file, said in (
        (mailed, "it is no report of this record, or it was altered"),
        (key, "it is no report of this record"),
        (tmp_path / "gone", "no such file"),
    ):
        done = at(folder, "verify", "{}/case", "--report", str(file))
        assert (done.code != 0, said in done.err, done.out) == (True, True, ""), done.err


def test_the_root_as_it_is_printed_is_a_head(issued: tuple[Path, Done]) -> None:
    folder, _ = issued
    found = json.loads((folder / "case" / "reports" / "0034-expert.json").read_text())
    size, root = dict(found["front"]["rows"])["Log"].split(" events, root ")
    eights = " ".join(root[at : at + 8] for at in range(0, 64, 8))

    assert at(folder, "verify", "{}/case", "--head", f"{size}:{eights}").code == 0


def test_a_pdf_set_with_another_version_is_said_and_not_compared(
    issued: tuple[Path, Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filiation.proceedings.replaying.typesetter", lambda: "typst 9")
    replayed = at(issued[0], "replay", "{}/case")

    assert replayed.code == 0
    assert "PDF (set with typst 0" in replayed.out
    assert "here is typst 9): not derived" in replayed.out
    assert "uk-civil, pdf-de (set with typst 0" in replayed.out
    assert "uk-civil, html-de: the same" in replayed.out


def test_a_later_event_does_not_change_what_is_replayed(issued: tuple[Path, Done]) -> None:
    folder = issued[0]
    assert at(folder, "submit", "{}/case", "--by", "basel", "One more word.").code == 0
    assert "expert report, uk-civil: the same" in at(folder, "replay", "{}/case").out


def test_without_typst_there_is_no_pdf_and_it_is_said(
    walked: Walked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(walked.folder, tmp_path / "copied")
    monkeypatch.setattr("filiation.proceedings.reporting.typesetter", lambda: "")
    done = at(folder, "report", "{}/case", "--profile", "authority")

    assert (done.code, "no PDF: it needs typst" in done.err) == (0, True)
    assert "0034-expert.html and reports/0034-expert.json" in done.out
    assert not list((folder / "case" / "reports").glob("*.pdf"))


def test_blanks_are_printed_and_nothing_is_recorded(walked: Walked) -> None:
    done = at(walked.folder, "report", "{}/case", "--profile", "us-federal", "--blanks")

    assert done.code == 0
    assert 'compensation = """\n"""' in done.out and "FRCP 26(a)(2)(B)(vi)" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--blanks",), "go with --profile"),
        (("--no-pdf",), "add --profile uk-civil, us-federal or authority"),
        (("--language", "it"), "expected one of de, fr"),
        (("--profile", "uk-civil", "--no-pdf", "--language", "it"), "expected one of de, fr"),
        (("--validation", "x"), "go with --profile"),
        (("--profile", "authority", "--validation", "{}/gone"), "cannot be read"),
        (("--profile", "authority", "--validation", "{}/letter.eml"), "expected report.json"),
        (("--profile", "authority", "--filled", "{}/letter.eml"), "not TOML"),
        (("--profile", "authority", "--examination", "3"), "event 3 is no examination"),
        (("--profile", "elsewhere"), "elsewhere"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    walked: Walked, words: tuple[str, ...], said: str
) -> None:
    done = at(walked.folder, "report", "{}/case", *words)
    assert (done.code, said in done.err) == (2, True), done.err


@pytest.mark.parametrize(
    "words",
    [
        ("decide", "{}/case", "dismiss", "--because", "There is no other explanation."),
        ("review", "{}/case", "--agrees", "It is a match.", "--as", "second"),
        ("lineup", "opinion", "{}/case", "B is 99% likely.", "--as", "first"),
    ],
)
def test_examiners_words_are_judged_before_they_are_recorded(
    walked: Walked, words: tuple[str, ...]
) -> None:
    done = at(walked.folder, *words)

    assert done.code == 2
    assert "says '" in done.err and "; write " in done.err
    assert "Words of others may stand in quotation marks" in done.err


def test_an_edited_report_is_judged(walked: Walked, tmp_path: Path) -> None:
    edited = tmp_path / "edited.md"
    edited.write_text("# Opinion\n\nThe weights match.\n\n> They stole it.\n")
    done = at(walked.folder, "wording", str(edited))

    assert done.code == 1
    assert "edited.md:3: 'match'\n  why: " in done.out and "\n  write: " in done.out
    assert "1 phrase that no report may use" in done.err
    (tmp_path / "report.docx").write_bytes(b"PK\3\4\0\0")
    assert "no plain text" in at(walked.folder, "wording", str(tmp_path / "report.docx")).err
    assert at(walked.folder, "wording", str(tmp_path / "gone")).code == 2
