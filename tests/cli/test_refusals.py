"""Bad material: each kind gets its own sentence and exit code, and leaves nothing behind."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import builders
from command import CASEBOOK, Command
from filiation.methods import methods_for


def truncated(folder: Path) -> Path:
    path = builders.write_safetensors(folder / "m.safetensors", builders.llama())
    path.write_bytes(path.read_bytes()[:-100])
    return path


def header_longer_than_file(folder: Path) -> Path:
    path = folder / "m.safetensors"
    path.write_bytes((10_000).to_bytes(8, "little") + b'{"a":1}')
    return path


def overlapping(folder: Path) -> Path:
    entry = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    path = folder / "m.safetensors"
    path.write_bytes(builders.with_header({"a": entry, "b": entry}, bytes(16)))
    return path


def not_a_number(folder: Path) -> Path:
    tensors = builders.llama()
    word, array = tensors["model.layers.1.mlp.up_proj.weight"]
    array = array.copy()
    array[3] = np.nan
    tensors["model.layers.1.mlp.up_proj.weight"] = (word, array)
    return builders.write_safetensors(folder / "m.safetensors", tensors)


def not_a_number_in_attention(folder: Path) -> Path:
    tensors = builders.llama()
    word, array = tensors["model.layers.1.self_attn.q_proj.weight"]
    array = array.copy()
    array[2, 5] = np.nan
    tensors["model.layers.1.self_attn.q_proj.weight"] = (word, array)
    return builders.write_safetensors(folder / "m.safetensors", tensors)


def empty_model(folder: Path) -> Path:
    return builders.write_safetensors(folder / "m.safetensors", {})


def disagrees_with_index(folder: Path) -> Path:
    return builders.write_shards(
        folder / "m",
        {"a.safetensors": {"x": builders.f32(2, 2)}, "b.safetensors": {"y": builders.f32(2, 2)}},
        index={"x": "b.safetensors", "y": "a.safetensors"},
    )


def without_weights(folder: Path) -> Path:
    (folder / "m").mkdir()
    (folder / "m" / "config.json").write_text("{}")
    return folder / "m"


def pickled(folder: Path) -> Path:
    path = folder / "m.safetensors"
    path.write_bytes(pickle.dumps({"weights": [1.0] * 100}))
    return path


def missing(folder: Path) -> Path:
    return folder / "nowhere"


def changed_sketch(folder: Path) -> Path:
    path = folder / "m.sketch"
    path.write_bytes(builders.with_header({"__metadata__": {"filiation.sketch": "1"}}))
    return path


(WORDING,) = (m.id for m in methods_for("answers") if m.id.startswith("wording/"))

BAD: tuple[tuple[Callable[[Path], Path], int, str], ...] = (
    (truncated, 3, "truncated"),
    (header_longer_than_file, 3, "the header claims 10000 bytes"),
    (overlapping, 3, "overlap"),
    (not_a_number, 3, "not finite (first in row 3)"),
    (not_a_number_in_attention, 3, "not finite (first in row 2)"),
    (empty_model, 3, "empty model"),
    (disagrees_with_index, 3, "index"),
    (without_weights, 2, "no weights that are read"),
    (pickled, 3, "pickle"),
    (missing, 2, "no such file"),
    (changed_sketch, 3, "not a sketch"),
)


@pytest.mark.parametrize(("make", "code", "words"), BAD, ids=[b[0].__name__ for b in BAD])
@pytest.mark.parametrize("place", ["subject", "source"])
def test_its_own_sentence_and_no_partial_output(
    filiation: Command,
    tmp_path: Path,
    make: Callable[[Path], Path],
    code: int,
    words: str,
    place: str,
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    bad, good = make(tmp_path / "in"), CASEBOOK / "parent"
    subject, source = (bad, good) if place == "subject" else (good, bad)
    done = filiation("examine", subject, "--source", source, "--out", tmp_path / "out" / "case")

    assert done.code == code, done.err
    assert words in done.err
    assert done.err.count("\n") == 1 and done.err.startswith("filiation: ")
    assert done.out == ""
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("make", "code", "words"), BAD[:6], ids=[b[0].__name__ for b in BAD[:6]])
def test_sketch_leaves_nothing_either(
    filiation: Command, tmp_path: Path, make: Callable[[Path], Path], code: int, words: str
) -> None:
    (tmp_path / "out").mkdir()
    done = filiation("sketch", make(tmp_path), "-o", tmp_path / "out" / "m.sketch")

    assert (done.code, words in done.err) == (code, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_case_is_never_overwritten(filiation: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    done = filiation(
        "examine", CASEBOOK / "parent", "--source", CASEBOOK / "parent", "--out", tmp_path
    )

    assert done.code == 2
    assert "not an empty folder" in done.err
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("plan", "code", "words"),
    [
        ({"weights": {"level": 2.0}}, 2, "plan, weights: level is 2.0"),
        ({"weights": {"lvel": 1e-3}}, 2, "lvel"),
        ({"lvel": 1e-3}, 2, "lvel"),
        ({"level": 1e-3}, 2, "plan.json: unknown field 'level', closest is 'weights.level'"),
        ({"weights": {"methods": ["tarot/1"]}}, 2, "tarot/1 is not known"),
        ({"weights": {"methods": ["wording/1"]}}, 2, "wording/1 is not known"),
        ({"weights": {"methods": [WORDING]}}, 2, "reads answers, and is planned for weights"),
        ({"weights": {"methods": []}}, 2, "no method"),
        ({"weights": 3}, 2, "plan.json: weights: found 3, expected a table of fields"),
        ({"answers": {}}, 2, "plan: asks about answers, of which both sides exhibited nothing"),
        ({"questions": 3}, 2, "expected a list of tables that name their kind"),
        ({"questions": [{"level": 1e-3}]}, 2, "expected a list of tables that name their kind"),
        ({"questions": [{"kind": "poems"}]}, 2, "plan: asks about poems"),
        ({"schema_version": 2}, 2, "schema_version is 2, expected 3"),
        ({"seed": 4}, 2, "seed: 5 was given, the plan says 4"),
        (
            {"exhibits": [{"side": "subject", "name": "x", "digest": "00", "kind": "weights"}]},
            3,
            "made for other exhibits",
        ),
        ([1], 2, "expected fields"),
    ],
)
def test_a_plan_that_cannot_be_followed(
    filiation: Command, tmp_path: Path, plan: object, code: int, words: str
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = filiation(
        "examine", CASEBOOK / "merged", "--source", CASEBOOK / "parent",
        "--plan", tmp_path / "plan.json", "--seed", 5, "--out", tmp_path / "case",
    )  # fmt: skip

    assert done.code == code, done.err
    assert words in done.err
    assert not (tmp_path / "case").exists()


def test_verify_of_what_is_not_there(filiation: Command, tmp_path: Path) -> None:
    done = filiation("verify", tmp_path / "nosuch")

    assert done.code == 2
    assert "nosuch: there is no such file or folder, expected the folder of an exam" in done.err


def test_a_survey_of_a_folder_of_models_shows_how_to_name_them(filiation: Command) -> None:
    done = filiation("survey", CASEBOOK)

    assert done.code == 2
    assert f"needs at least two models, found 1: {CASEBOOK}; if" in done.err
    assert f"is a folder of models, name each: {CASEBOOK}/*/" in done.err
