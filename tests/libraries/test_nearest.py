"""What a library says of a scanned model: kind, direction, and no more than a table where it is."""

from pathlib import Path

import numpy as np
import pytest

import toys
from filiation.libraries.nearest import relatives_in_library
from filiation.libraries.store import Library
from filiation.model.scan import Relative
from toys import Toy


def kept(toy: Toy, folder: Path) -> Path:
    path = folder / f"{toy.name}.sketch"
    toys.take_sketch(toy, path)
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library", create=True)
    library.add("parent", kept(toys.born(1), tmp_path))
    return library


def asked(library: Library, toy: Toy) -> tuple[Relative, ...]:
    with library:
        return relatives_in_library(
            library, toys.sketch(toy), most=3, level=0.01, seed=0, step=lambda doing: None
        )


def test_a_stranger_has_no_relative(library: Library) -> None:
    assert asked(library, toys.born(2)) == ()


def test_a_table_alone_is_told_as_a_table(library: Library) -> None:
    other = toys.changed(toys.born(2), "other", {"embed": toys.born(1).arrays["embed"]})
    assert [one.kind for one in asked(library, other)] == ["embeddings-only"]


def test_a_model_that_is_in_the_library_is_compared_with_none(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filiation.libraries.nearest.search_library", None)
    (found,) = asked(library, toys.born(1))
    assert (found.name, found.kind, found.log_p) == ("parent", "identical", None)


def test_a_child(library: Library) -> None:
    rng = np.random.default_rng(0)
    near = {
        name: (array + 0.02 * array.std() * rng.standard_normal(array.shape)).astype(np.float32)
        for name, array in toys.born(1).arrays.items()
    }
    (found,) = asked(library, toys.changed(toys.born(1), "child", near))
    assert found.name == "parent" and found.log_p is not None and found.log_p < -20
    assert found.kind not in ("unknown", "unrelated", "identical")
