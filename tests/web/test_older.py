"""A case of an earlier version on pages: shown and gone on with, or refused in words."""

import base64
import zipfile
from pathlib import Path

import pytest

from casefile.records import ACME
from casefile.test_editions import KEPT
from cli.case.conftest import at_home
from command import Command
from filiation.casefile.check import check_record
from filiation.casefile.record import Record
from filiation.errors import CaseError
from filiation.proceedings.site import Site
from web.conftest import Sides
from web.desk import bench


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with zipfile.ZipFile(KEPT) as held:
        held.extractall(tmp_path / "case")
    return tmp_path / "case"


def test_every_page_of_it_is_there(old: Path) -> None:
    site = Site(old)
    paths = [*site.paths()]
    assert len(paths) > 20 and all(site.page(path) for path in paths)


def test_a_deed_goes_on_under_its_laws(old: Path, tmp_path: Path) -> None:
    """What is new since, such as a remark, may stand in it; its earlier events are as they were."""
    before = Record(old).rows()
    with at_home(tmp_path):
        made = bench(old, tmp_path, acting=["acme"], reading=[])
        deed = made.began("acme", "comment", {"about": "0", "text": "Late.", "reach": "shared"})
        while (now := made.stands("acme", deed, "sign", "done", "refused"))["where"] == "sign":
            signature = ACME.sign(base64.b64decode(now["message"]))
            sent = {"message": now["message"], "signature": base64.b64encode(signature).decode()}
            assert made.send("acme", f"deeds/{deed}/signature", sent).code == 303
        made.desk.close()
    assert now["where"] == "done", now
    assert Record(old).rows()[: len(before)] == before
    assert check_record(Record(old)).problems == ()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("schema_version = 3", "newer version of filiation"),
        ("schema_version = 0", "it was altered"),
        ("schema_version = 'x'", "it was altered"),
        ("= =", "not TOML"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(
    old: Path, tmp_path: Path, settings: str, words: str, filiation: Command
) -> None:
    path = old / "case.toml"
    path.write_text(path.read_text().replace("schema_version = 1", settings))
    with at_home(tmp_path):
        for more in ((), ("--as", "acme")):
            done = filiation("serve", old, *more)
            assert done.code in (2, 3) and words in done.err and "Traceback" not in done.err


def test_an_answer_of_another_form_does_not_take_the_case_with_it(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(raw: bytes, what: str) -> None:
        raise CaseError(f"{what}: a field; no examination that this version can have written")

    monkeypatch.setattr("filiation.proceedings.site.examination_from_bytes", other)
    site = Site(sides.case)
    assert all(site.page(path) for path in site.paths())
    number = Record(sides.case).state().examination().event.sequence
    for path in ("index.html", f"examinations/{number}.html"):
        found = site.page(path)
        assert found is not None and b"this version cannot read" in found[0]
