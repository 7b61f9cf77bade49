"""What the collecting left in answers of two innocent models accuses nobody; ../shared/cases."""

import lzma
from pathlib import Path

import pytest

from command import Command

CASES = next(
    (c for above in Path(__file__).resolve().parents if (c := above / "shared/cases").is_dir()),
    Path("shared/cases"),
)
pytestmark = [
    pytest.mark.validate,
    pytest.mark.skipif(not CASES.is_dir(), reason="no shared/cases above"),
]

TOLD = {
    "errtext-1": "outputs are texts of errors",
    "footer-1": "first or last line that stands in many, and was taken off",
    "none-1": "100% of them read",
    "special-1": "thoughts or tokens of a template, which were taken out",
    "think-1": "thoughts or tokens of a template, which were taken out",
    "errtext-6-crash": "outputs are texts of errors",
}


@pytest.mark.parametrize("mode", sorted(TOLD))
def test_an_artefact_in_both_supports_nothing_and_is_told(
    filiation: Command, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "open.jsonl"
    path.write_bytes(
        lzma.decompress((CASES / f"answers-artefacts/open-{mode}.jsonl.xz").read_bytes())
    )
    done = filiation(
        "examine", f"{path}#subject", "--source", f"{path}#source", "--control", f"{path}#*",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.conclusion["support"]["toward"] == "neither"
    assert any(TOLD[mode] in note for note in done.conclusion["notes"])
    assert {"wording", "structure"} <= {
        found["method"].partition("/")[0] for found in done.conclusion["findings"]
    }


@pytest.mark.parametrize("name", ["plain", "excel-two", "sci-two"])
def test_a_spreadsheet_in_two_columns_supports_nothing_and_is_told(
    filiation: Command, tmp_path: Path, name: str
) -> None:
    path = CASES / f"tables-excel/{name}.csv"
    done = filiation(
        "examine", f"{path}#m00", "--source", f"{path}#m01", "--control", f"{path}#*",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.conclusion["support"]["toward"] == "neither"
    told = [note for note in done.conclusion["notes"] if "spreadsheet" in note]
    assert len(told) == (0 if name == "plain" else 2)
