"""Known relatives, in either direction."""

from pathlib import Path

import pytest

from filiation.errors import UnreadableError, UsageError
from filiation.readers.answers import read_families


@pytest.mark.parametrize(
    "text",
    [
        '"Llama-3.1-8B" = "llama-3"\nllama = "llama-3"\nyi = "yi"\n',
        'llama-3 = ["Llama-3.1-8B", "llama"]\nyi = ["yi"]\n',
        '{"Llama-3.1-8B": "llama-3", "llama": "llama-3", "yi": "yi"}',
        '{"llama-3": ["Llama-3.1-8B", "llama", "llama"], "yi": ["yi"]}',
    ],
)
def test_both_directions_in_both_formats(tmp_path: Path, text: str) -> None:
    path = tmp_path / "families"
    path.write_text(text)

    assert read_families(path) == {"Llama-3.1-8B": "llama-3", "llama": "llama-3", "yi": "yi"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        ("a = ", "neither a JSON object nor TOML"),
        ("Llama-3.1 = 'llama'", "names that hold a dot need quotes"),
        ('a = "x"\nb = ["c"]', "expected everywhere"),
        ('x = ["a"]\ny = ["a"]', "'a' is in the families 'x' and 'y'"),
        ("x = [3]", "a model without a name"),
        ('{"a": "x", "a": "y"}', "the key 'a' twice"),
        ("{", "not valid JSON"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "families"
    path.write_text(text)
    with pytest.raises(UnreadableError) as caught:
        read_families(path)

    assert expected in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_families(tmp_path / "none")
