"""Functions put into other classes on record: signed, shown beside the proposed, derived again."""

import json
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter")

from cli.case.conftest import does
from coded import functions, laid

TABLE = '[[fragment]]\nid = "{}"\nclass = "interface"\nwhy = "{}"\n'


def test_a_moved_function_is_signed_shown_and_derived_again(tmp_path: Path) -> None:
    taken = "".join(functions(1, 6))
    for name, seed in (("source", 2), ("subject", 3), ("given", 4)):
        own = "".join(functions(seed))
        laid(tmp_path / name, {f"{name}.py": (taken if name != "given" else "") + own})
    case = str(tmp_path / "case")
    does(tmp_path, "open", case, "--title", "T", "--lead", "tribunal", "--received", "2026-03-02",
         "--jurisdiction", "GB")  # fmt: skip
    does(tmp_path, "party", case, "acme", "--role", "claimant")
    does(tmp_path, "claim", case, "--by", "acme", "Theirs was made from ours.")
    for name in ("source", "subject", "given"):
        does(tmp_path, "add", case, str(tmp_path / name), "--name", name, "--from", "acme",
             "--how", "handed over")  # fmt: skip
    does(tmp_path, "plan", case, "--subject", "subject", "--source", "source", "--component",
         "given")  # fmt: skip
    does(tmp_path, "examine", case)

    known: set[Path] = set()

    def ledger() -> dict[str, dict[str, object]]:
        does(tmp_path, "report", case)
        (found,) = {*(tmp_path / "case").rglob("*report*.json")} - known
        known.add(found)
        told = json.loads(found.read_bytes())["conclusions"][0]["filtration"]["matched"]
        return {one["id"]: one for one in told}

    before = ledger()
    assert len(before) == 6 and {one["class"] for one in before.values()} == {"remaining"}
    one = next(iter(before))
    table = tmp_path / "classes.toml"
    table.write_text(TABLE.format(one, "the protocol prescribes it"))
    said = does(tmp_path, "reclass", case, str(table))
    assert "put 1 functions" in said and "stay beside" in said
    after = ledger()
    assert (after[one]["class"], after[one]["proposed"]) == ("interface", "remaining")
    moved = after[one]["moved"]
    assert isinstance(moved, dict) and "tribunal, event" in moved["by"]
    again = does(tmp_path, "replay", case)
    assert "other" not in again.lower() and again.count("the same") >= 3
