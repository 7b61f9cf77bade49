"""What an exhibit's files say of its descent, in a case: kept when it is put in, and blind."""

import json
from pathlib import Path

from cli.case.conftest import Walked, before, does
from filiation.casefile.record import Record
from filiation.report.wording.descent import COVERED, FOUND

CARD = "---\nbase_model: acme/parent\n---\n"
EXPERT = ("--profile", "uk-civil", "--no-pdf")
EXHIBITS = (("parent", "parent", "acme"), ("child", "suspect", "basel"),
            ("stranger-1", "s1", "acme"))  # fmt: skip


def test_what_files_said_is_kept_examined_covered_and_replayed(
    walked: Walked, tmp_path: Path
) -> None:
    folder = before(walked, tmp_path, "add", "{}/case", "{}/parent")
    (folder / "child" / "README.md").write_text(CARD)
    for model, name, party in EXHIBITS:
        given = ("--name", name, "--from", party, "--how", "handed over")
        does(folder, "add", "{}/case", f"{{}}/{model}", *given)
    (folder / "child" / "README.md").unlink()  # the case keeps what it said
    does(folder, "plan", "{}/case", "--subject", "suspect", "--source", "parent",
         "--control", "s1", "--seed", "7")  # fmt: skip
    does(folder, "lineup", "draw", "{}/case", "--foils", "1")

    blind = json.loads(does(folder, "examine", "{}/case", "--as", "first", "--json"))
    assert "declared" not in blind
    does(folder, "report", "{}/case", *EXPERT)
    assert COVERED in told(folder) and "acme/parent" not in told(folder)
    does(folder, "report", "{}/case")
    assert "suspect" in told(folder) and "acme/parent" not in told(folder)

    does(folder, "lineup", "opinion", "{}/case", "No one stands out enough.", "--as", "first")
    does(folder, "lineup", "unmask", "{}/case")
    does(folder, "report", "{}/case", *EXPERT)
    words = told(folder)
    assert COVERED not in words and FOUND["source-found"] in words and "acme/parent" in words
    replayed = does(folder, "replay", "{}/case")
    assert replayed.count(": the same") == 5, replayed


def told(folder: Path) -> str:
    """All that the report that was made last wrote, but a PDF."""
    record = Record(folder / "case")
    made = [one.event for one in record.signed() if one.event.verb == "report"][-1]
    kept = [w.sha256 for w in made.writes if not w.shown.endswith(".pdf")]
    return "\n".join(record.objects.get(one).decode() for one in kept)
