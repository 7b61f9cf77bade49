"""What an examination keeps of a material is what is opened again, and nothing in its place."""

from dataclasses import replace
from pathlib import Path

import pytest

import bpe
from filiation.errors import CaseError
from filiation.examining.tokenizers.plug import READER
from filiation.model.vocabulary import Vocabulary
from filiation.readers.tokenizers.kept import kept_bytes


def written(folder: Path, vocabulary: Vocabulary) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "a.vocabulary.gz"
    path.write_bytes(kept_bytes(vocabulary))
    return path


def test_taken_and_opened_again_under_another_name(tmp_path: Path) -> None:
    path = written(tmp_path, bpe.vocabulary("a", [b"the", b"in"]))
    (taken,) = READER.take(str(path), tmp_path)
    (again,) = READER.reopen(taken.file, [(taken.material.digest, "another")])
    assert again.content == replace(taken.material.content, name="another")
    assert (again.kept, again.notes) == (taken.material.kept, taken.material.notes)
    assert taken.file.name.startswith(taken.material.kept)


def test_a_file_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    wanted = bpe.vocabulary("a", [b"the", b"in"]).digest
    other = written(tmp_path, bpe.vocabulary("b", [b"in", b"the"]))
    with pytest.raises(CaseError, match=r"a: its kept vocabulary is of .* in the place of another"):
        READER.reopen(other, [(wanted, "a")])
