"""The committed casebook is what its truth says, and what the family says it should be."""

import json
from dataclasses import replace

import numpy as np
import pytest

from casebook.checkpoint import EightBit, FourBit, Half, decode, digest_of, read_stored
from casebook.family import FAMILY
from casebook.operations import mix
from casebook.truth import read_truth, write_truth

MEMBERS = FAMILY.members
NAMES = [member.name for member in MEMBERS]
PRESERVING = [member.name for member in MEMBERS if member.function_preserving]
TOKENS = np.random.default_rng(0).integers(0, 768, 48)


@pytest.fixture(scope="module")
def truth(casebook):
    return read_truth(casebook / "truth.toml")


@pytest.fixture
def stored(casebook):
    return lambda name: read_stored(casebook / name / "model.safetensors")


def test_folders_truth_and_family_name_the_same_models(casebook, truth):
    folders = {path.name for path in casebook.iterdir() if path.is_dir()}
    assert folders == set(truth.models) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_file_is_the_one_recorded(name, casebook, truth):
    assert digest_of(casebook / name / "model.safetensors") == truth.models[name].sha256


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_recipe_is_the_familys(member, truth):
    parents = tuple(truth.models[parent].sha256 for parent in member.parents)
    recorded = truth.models[member.name]
    assert recorded.recipe == member.recipe(truth.corpus_digest, parents), "build again"
    assert recorded.parents == member.parents
    assert recorded.weights_shared == member.weights_shared


def test_parents_are_made_before_their_children():
    for place, member in enumerate(MEMBERS):
        assert set(member.parents) <= set(NAMES[:place])


def test_every_line_of_descent_ends_in_an_independent_model(truth):
    for name in truth.models:
        generation = {name}
        for _ in truth.models:
            generation = {parent for child in generation for parent in truth.models[child].parents}
        assert not generation, f"{name} descends from itself"


def test_size_is_at_most_15_megabytes(casebook):
    assert sum(path.stat().st_size for path in casebook.rglob("*") if path.is_file()) <= 15e6


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_tensors_config_and_tokenizer_agree(member, casebook, stored):
    config = json.loads((casebook / member.name / "config.json").read_text())
    assert config.items() >= member.shape.config().items()
    assert config.items() >= member.encoding.config().items()
    assert config["dtype"] == member.encoding.dtype
    found = {name: value.shape for name, value in decode(stored(member.name)).items()}
    assert found == member.shape.parameters()
    vocabulary = json.loads((casebook / member.name / "tokenizer.json").read_text())["model"]
    assert sorted(vocabulary["vocab"].values()) == list(range(config["vocab_size"]))
    assert len(vocabulary["merges"]) == config["vocab_size"] - 257


def test_models_of_one_vocabulary_have_one_tokenizer(casebook):
    of_size = {member.shape.vocabulary: set() for member in MEMBERS}
    for member in MEMBERS:
        text = (casebook / member.name / "tokenizer.json").read_bytes()
        of_size[member.shape.vocabulary].add(text)
    assert {size: len(found) for size, found in of_size.items()} == dict.fromkeys(of_size, 1)


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_values_are_finite_and_encoded_as_said(member, stored):
    tensors = stored(member.name)
    assert all(np.all(np.isfinite(value)) for value in decode(tensors).values())
    dtypes = {value.dtype.name for value in tensors.values()}
    expected = {
        Half: {"float16"},
        EightBit: {"float16", "int8", "float32"},
        FourBit: {"bfloat16"},
    }
    assert dtypes == expected[type(member.encoding)]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "merged"])
def test_model_has_learned(name, truth):
    model = truth.models[name]
    assert model.loss < model.loss_untrained - 2
    assert model.loss < 3.5


@pytest.mark.parametrize("name", ["fine-tuned", "continued"])
def test_further_training_helps_on_its_own_text(name, truth):
    assert truth.models[name].loss < truth.models[name].loss_parent - 0.03


def test_drift_is_as_stated(truth):
    assert truth.models["fine-tuned"].median_row_cosine > 0.95
    assert 0.5 <= truth.models["continued"].median_row_cosine <= 0.75


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("stranger") or n == "distilled"])
def test_independent_rows_do_not_point_along_the_parents(name, stored):
    parent, other = decode(stored("parent")), decode(stored(name))
    for layer in range(4):
        up = f"model.layers.{layer}.mlp.up_proj.weight"
        a, b = (w[up] / np.linalg.norm(w[up], axis=1, keepdims=True) for w in (parent, other))
        assert abs(np.median(np.einsum("ij,ij->i", a, b))) < 0.1


@pytest.mark.parametrize("name", PRESERVING)
def test_published_logits_are_the_parents(name, stored, truth, numpy_logits):
    shape = FAMILY["parent"].shape
    wanted = numpy_logits(shape, decode(stored("parent")), TOKENS)
    found = numpy_logits(shape, decode(stored(name)), TOKENS)
    assert np.abs(found - wanted).max() < 0.05
    assert np.abs(found - np.roll(wanted, 1, axis=0)).max() > 5
    assert truth.models[name].max_logit_difference < 0.05
    assert truth.models[name].max_logit_difference_unrounded < 5e-4


def test_disguised_copies_share_no_row_by_index(stored):
    up = "model.layers.2.mlp.up_proj.weight"
    parent = decode(stored("parent"))[up]
    for name in ("permuted", "rotated", "rescaled"):
        same = np.all(decode(stored(name))[up] == parent, axis=1)
        assert same.sum() <= 5


def test_merge_is_the_mean_of_what_is_published(stored):
    parents = [decode(stored(name)) for name in ("parent", "stranger-2")]
    mean = Half().store(mix(parents, (0.5, 0.5)))
    found = stored("merged")
    assert all(np.array_equal(found[name], value) for name, value in mean.items())


@pytest.mark.parametrize("name", ["quantised-8bit", "quantised-4bit"])
def test_quantised_copy_stays_near_the_parent(name, stored, truth):
    up = "model.layers.0.mlp.up_proj.weight"
    parent, copy = decode(stored("parent"))[up], decode(stored(name))[up]
    error = np.linalg.norm(copy - parent) / np.linalg.norm(parent)
    assert 1e-4 < error < 0.15
    assert truth.models[name].loss < truth.models[name].loss_parent + 0.1


def test_truth_is_read_as_written(truth, tmp_path):
    path = tmp_path / "truth.toml"
    path.write_text(write_truth(truth), encoding="utf-8")
    assert read_truth(path) == truth
    changed = replace(truth, python_version="0")
    path.write_text(write_truth(changed), encoding="utf-8")
    assert read_truth(path) != truth


def test_readme_names_every_model_and_the_python(casebook, truth):
    readme = (casebook / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in NAMES)
    assert f"Python {truth.python_version}" in readme
