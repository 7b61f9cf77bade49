"""The suite, its sketches and one study of all of it, made once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders import write_folder
from filiation.model.ancestry import Ancestry
from filiation.model.study import Study
from filiation.populations import planting
from filiation.populations import study as running
from filiation.readers.populations.ancestry import read_ancestry
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from populations.suite import ORIGINALS, RULES, born, described, noisy, permuted, run


@contextmanager
def few_planted() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (planting, running):
            patch.setattr(module, "SHARES", (0.1, 1.0))
            patch.setattr(module, "COSINES", (0.75,))
        patch.setattr(planting, "PAIRS", 3)
        yield


@pytest.fixture(autouse=True)
def small_table() -> Iterator[None]:
    with few_planted():
        yield


@pytest.fixture(scope="session")
def study(ancestry: Ancestry, sketches: dict[str, Path]) -> Study:
    """Of everything."""
    with few_planted():
        return run(ancestry, sketches)


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    told = []
    for n in range(ORIGINALS):
        weights = born(n)
        write_folder(folder / f"base-{n}", weights)
        told.append(described(f"base-{n}"))
        if n < 3:
            write_folder(folder / f"noisy-{n}", noisy(weights, n))
            told.append(described(f"noisy-{n}", parents=[f"base-{n}"], operation="noise"))
    write_folder(folder / "permuted", permuted(born(0), 9))
    told.append(described("permuted", parents=["base-0"], operation="units permuted"))
    (folder / "truth.toml").write_text("\n".join(told))
    (folder / "rules.toml").write_text(RULES)
    return folder


@pytest.fixture(scope="session")
def sketches(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sketches")
    _, there = read_ancestry(suite)
    for name in there:
        take_sketch(open_model(suite / name), folder / name, workers=1)
    return {name: folder / name for name in there}


@pytest.fixture(scope="session")
def ancestry(suite: Path) -> Ancestry:
    return read_ancestry(suite)[0]
