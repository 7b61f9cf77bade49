"""Privilege, rulings and redactions on pages: told before they are signed, and no oracle."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at_home, step, typed
from filiation.proceedings.verifying import verify_case
from web.desk import Bench, bench

SECRET = "final offer of Juniper"
MAILS = {
    "ours": ("acme", [f"Here is the {SECRET}: eleven.", "See the final offr of Juniper again."]),
    "theirs": (
        "basel",
        [f"Basel heard of a {SECRET} in spring.", "And of a final ofer of Juniper."],
    ),
}


@pytest.fixture
def served(walked: Walked, tmp_path: Path) -> Iterator[Bench]:
    """The case before its first documents, with mails of both sides."""
    folder = shutil.copytree(walked.before[step("documents", "add")], tmp_path / "now")
    with at_home(folder):
        for name, (party, said) in MAILS.items():
            box = folder / f"{name}.mbox"
            box.write_text("".join(
                f"From a@a.example Mon Mar  2 09:14:07 2026\nFrom: a@a.example\nSubject: {n}\n\n"
                f"{words}\n\n" for n, words in enumerate(said)))  # fmt: skip
            done = typed(folder, ("documents", "add", "{}/case", str(box), "--name", name,
                                  "--from", party, "--how", "server"))  # fmt: skip
            assert done.code == 0, done.err
        shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
        made = bench(folder / "case", folder / "theirs")
        yield made
        made.desk.close()


def redacts(made: Bench, who: str, document: str, passages: str = SECRET) -> str:
    fields = {"document": document, "passages": passages, "ground": "price"}
    return made.began(who, "redact", fields)


def test_what_comes_near_is_told_before_it_is_signed(served: Bench) -> None:
    deed = redacts(served, "tribunal", "ours:0")
    assert served.stands("tribunal", deed, "sign", "refused")["where"] == "sign"
    page = served.ask("tribunal", f"deeds/{deed}.html").text
    assert "final offr of Juniper" in page and "final ofer of Juniper" in page
    assert "comes near; it is not redacted" in page and "theirs:0" in page
    assert served.signed("tribunal", deed)["where"] == "done"
    assert SECRET not in served.ask("basel", "documents/ours/0.html").text
    assert SECRET in served.ask("acme", "documents/ours/0.html").text
    assert "1 passage redacted" in served.ask("acme", "papers/review.html").text
    assert verify_case(served.case).problems == ()


def test_a_party_is_told_of_its_own_documents_alone(served: Bench) -> None:
    deed = redacts(served, "acme", "ours:0")
    served.stands("acme", deed, "sign", "refused")
    page = served.ask("acme", f"deeds/{deed}.html").text
    assert "final offr of Juniper" in page
    assert "theirs" not in page and "ofer" not in page


@pytest.mark.parametrize("passages", [SECRET, "words that stand nowhere", "in spring"])
def test_redacting_anothers_document_tells_nothing_of_its_words(
    served: Bench, passages: str
) -> None:
    """Else whoever guesses could ask a document that is withheld what stands in it."""
    found = served.signed("acme", redacts(served, "acme", "theirs:0", passages))
    assert found["where"] == "refused"
    assert found["said"] == ["theirs:0: basel put it in; acme cannot redact it"]


def test_privilege_is_claimed_ruled_on_and_waived(served: Bench) -> None:
    assert (
        "privileged, says acme"
        in served.does("acme", "privilege", {"documents": "ours:0", "ground": "counsel"})[0]
    )
    assert SECRET not in served.ask("basel", "documents/ours/0.html").text
    fields = {"of": "acme", "documents": "ours:0", "ruled": "dismissed", "because": "No counsel."}
    assert served.send("acme", "do/rule", fields).code == 400
    assert "dismissed" in served.does("tribunal", "rule", fields)[0]
    assert SECRET in served.ask("basel", "documents/ours/0.html").text
    found = served.signed("tribunal", served.began("tribunal", "rule", fields))
    assert found["where"] == "refused" and "supersedes" in found["said"][0]
    assert "dismissed (event" in served.ask("acme", "papers/review.html").text
    assert verify_case(served.case).problems == ()
