"""The population as it was built into the cache: the files are those its truth tells of.

`make validate` builds a subset first; `FILIATION_POPULATION` names another folder.
"""

import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytestmark = pytest.mark.validate

from casebook.build import is_built  # noqa: E402
from casebook.checkpoint import decode, read_stored  # noqa: E402
from casebook.member import Member  # noqa: E402
from casebook.population import POPULATION  # noqa: E402
from casebook.texts import cache_folder  # noqa: E402
from casebook.truth import Truth, read_truth  # noqa: E402
from casebook.workshop import recipe_of  # noqa: E402
from filiation.readers.weights.checkpoint import open_model  # noqa: E402


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("FILIATION_POPULATION")
    folder = Path(named) if named else cache_folder() / "population"
    if not (folder / "truth.toml").is_file():
        pytest.skip("no population was built; `make population SUBSET=quick` builds a part")
    return folder


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    return read_truth(folder / "truth.toml")


@pytest.fixture(scope="module")
def members(truth: Truth) -> list[Member]:
    return [POPULATION[name] for name in truth.models]


def test_every_model_is_the_one_its_recipe_made(
    folder: Path, truth: Truth, members: list[Member]
) -> None:
    for member in members:
        assert set(member.parents) <= set(truth.models)
        recipe = recipe_of(member, truth.corpus_digest, truth.models)
        assert is_built(folder, truth.models[member.name], recipe), member.name


def test_no_two_models_are_one_file(truth: Truth) -> None:
    assert len({model.sha256 for model in truth.models.values()}) == len(truth.models)


def test_every_model_was_trained(truth: Truth) -> None:
    for name, model in truth.models.items():
        assert model.loss < model.loss_untrained - 1, name


def test_every_model_has_its_shapes_and_opens_by_name(folder: Path, members: list[Member]) -> None:
    for member in members:
        weights = decode(read_stored(folder / member.name / "model.safetensors"))
        assert {name: value.shape for name, value in weights.items()} == member.shape.parameters()
        assert all(np.all(np.isfinite(value)) for value in weights.values()), member.name
        layout = open_model(folder / member.name).layout
        assert not layout.guessed
        experts = getattr(member.shape, "experts", 0) or 1
        assert len(layout.layers) == member.shape.layers * experts, member.name
        units = {matrix.units for layer in layout.layers for matrix in layer.matrices}
        assert units == {member.shape.intermediate}


def test_trained_again_is_near_and_another_seed_is_not(
    folder: Path, truth: Truth, members: list[Member]
) -> None:
    twins = [member for member in members if member.repeats]
    if not twins:
        pytest.skip("no twin was built yet")
    up = "model.layers.1.mlp.up_proj.weight"

    def rows(name: str) -> np.ndarray:
        value = decode(read_stored(folder / name / "model.safetensors"))[up]
        return value / np.linalg.norm(value, axis=1, keepdims=True)

    for twin in twins:
        near = np.median(np.einsum("ij,ij->i", rows(twin.name), rows(twin.repeats)))
        far = np.median(np.einsum("ij,ij->i", rows(twin.name), rows("base-04")))
        assert near > 0.5
        assert abs(far) < 0.1
